"""From the first sign-in to a first exercise: what is done is read from the desk; all works by plain forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from firebreak.domain.deciding.opening import Opening
from firebreak.domain.reports import Report
from firebreak.store import db
from firebreak.store.accounts import Account
from firebreak.web.advice import advise
from firebreak.web.first_report import REPORTS, WHERE
from firebreak.workflow import incidents, settings, steps
from tests.conftest import NOW, Desk, SignIn, send

pytestmark = pytest.mark.long_on_postgres

OURS = {"desk_name": "Night desk", "zone": "Europe/Paris", "staffed": ["08:00-20:00"] * 5 + ["", ""]}


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Change the desk's settings."""

    def change(**values: object) -> None:
        with app.app_context():
            settings.change(values, 1, NOW)

    return change


def drill(app: Flask, **facts: object) -> str:
    with app.app_context():
        told = Opening("They are angry", "Practice", exercise=True, **facts)
        return incidents.open_incident(told, 1, NOW).reference


def progress(page: str) -> str:
    found = re.search(r"(\d of 5)", page)
    return found[1] if found else ""


@pytest.fixture
def alone(app: Flask) -> Iterator[None]:
    """Nobody but the administrator has an account that works."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.update(Account).where(Account.id != 1).values(active=False))
    yield


# --- steps -----------------------------------------------------------------------------------------


def test_a_fresh_desk_of_one_starts_at_nothing(alone: None, ada: FlaskClient) -> None:
    page = ada.get("/incidents").text
    assert progress(page) == "0 of 5"
    assert "I am alone for now" in page and 'aria-current="step"' in page


def test_each_step_is_done_as_soon_as_the_desk_says_so(
    app: Flask, ada: FlaskClient, change: Callable[..., None]
) -> None:
    seen = [progress(ada.get("/incidents").text)]
    for values in (OURS, {"mail_host": "smtp.example.org"}):
        change(**values)
        seen.append(progress(ada.get("/incidents").text))
    ada_reads = send(ada, "/first-steps/playbook")
    seen.append(progress(ada.get("/incidents").text))
    assert seen == ["1 of 5", "2 of 5", "3 of 5", "4 of 5"]
    assert ada_reads.location == "/playbooks/en/weekend-firestorm"


def test_after_the_exercise_the_guide_is_gone(app: Flask, ada: FlaskClient, change: Callable[..., None]) -> None:
    change(**OURS, mail_host="smtp.example.org", first_steps=["playbook"])
    drill(app)
    assert "first-steps-title" not in ada.get("/incidents").text
    assert progress(ada.get("/first-steps").text) == "5 of 5"


def test_telephone_numbers_of_all_are_as_good_as_mail(app: Flask, ada: FlaskClient) -> None:
    before = progress(ada.get("/incidents").text)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.update(Account).values(phone="+33 1 99 00 00 01"))
    assert (before, progress(ada.get("/incidents").text)) == ("1 of 5", "2 of 5")


def test_usual_hours_need_somebodys_word(ada: FlaskClient, change: Callable[..., None]) -> None:
    change(desk_name="Night desk", zone="Europe/Paris")
    assert "The usual hours are right" in ada.get("/incidents").text
    assert send(ada, "/first-steps/desk/settled").location == "/incidents"
    assert progress(ada.get("/incidents").text) == "2 of 5"


def test_being_alone_and_telling_later_are_answers(alone: None, ada: FlaskClient) -> None:
    for step in ("people", "telling"):
        send(ada, f"/first-steps/{step}/settled", next="/first-steps")
    assert progress(ada.get("/incidents").text) == "2 of 5"


def test_a_step_that_must_be_done_cannot_be_talked_away(ada: FlaskClient) -> None:
    assert send(ada, "/first-steps/exercise/settled").status_code == 404


def test_each_step_leads_to_its_place(ada: FlaskClient) -> None:
    page = ada.get("/first-steps").text
    for path in ("/settings", "/people/add", "/settings/mail", "/first-steps/playbook", "/incidents/new?practice=1"):
        assert f'"{path}"' in page


def test_put_away_it_stays_away_for_the_desk_and_its_page_stays(ada: FlaskClient) -> None:
    send(ada, "/first-steps/away")
    assert "first-steps-title" not in ada.get("/incidents").text
    assert "first-steps-title" in ada.get("/first-steps").text


@pytest.mark.one_database
def test_the_part_of_the_list_that_is_fetched_again_has_no_guide(ada: FlaskClient) -> None:
    assert "first-steps-title" not in ada.get("/incidents?part=1").text


# --- the others ------------------------------------------------------------------------------------


def test_a_responder_gets_two_lines_and_joins_the_exercise(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    rosa = sign_in(client, "rosa")
    before = rosa.get("/incidents").text
    reference = drill(app)
    after = rosa.get("/incidents").text
    assert "Read a playbook" in before and "as soon as it is opened" in before and progress(before) == ""
    assert f'href="/incidents/{reference}">Join the exercise' in after


def test_a_responder_puts_it_away_for_one_browser_alone(app: Flask, ada: FlaskClient, sign_in: SignIn) -> None:
    rosa = sign_in(app.test_client(), "rosa")
    send(rosa, "/first-steps/away")
    assert "first-steps-title" not in rosa.get("/incidents").text
    assert "first-steps-title" in ada.get("/incidents").text


# --- the first exercise ----------------------------------------------------------------------------


def opened(ada: FlaskClient, **fields: str) -> str:
    sent = {"report": REPORTS["en"], "exercise": "y", "severity": "serious", "language": "en", "open": "1", **fields}
    return str(send(ada, "/incidents/new?practice=1", **sent).location)


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_the_form_is_filled_in_the_readers_language(ada: FlaskClient, app: Flask, language: str) -> None:
    send(ada, "/language", language=language)
    page = ada.get("/incidents/new?practice=1").text
    assert REPORTS[language][:20] in page
    assert re.search(r'<input[^>]*name="exercise"[^>]*checked|<input[^>]*checked[^>]*name="exercise"', page)


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_the_invented_report_finds_a_playbook(app: Flask, language: str) -> None:
    with app.test_request_context():
        advice = advise(Report(REPORTS[language], WHERE[language], None, NOW, language))
    assert advice.picked


def test_the_room_of_the_first_exercise_gives_hints_until_they_are_put_away(ada: FlaskClient) -> None:
    room = opened(ada)
    first = ada.get(room).text
    send(ada, "/first-steps/hints/away", next=room)
    assert "Three things to try" in first and "Three things to try" not in ada.get(room).text


def test_a_second_exercise_gives_none(app: Flask, ada: FlaskClient) -> None:
    drill(app)
    assert "Three things to try" not in ada.get(opened(ada)).text


def test_a_hint_is_ticked_once_it_was_tried(app: Flask, ada: FlaskClient) -> None:
    room = opened(ada)
    reference = room.rpartition("/")[2]
    with app.app_context():
        found = incidents.retitle(reference, "Practice", 1, NOW)
        steps.finish(reference, next(iter(found.steps)), 1, NOW)
    hints = ada.get(room).text.partition("first-hints-title")[2].partition("</section>")[0]
    assert hints.count("<svg") == 1


def test_hints_end_with_the_exercise(app: Flask, ada: FlaskClient) -> None:
    room = opened(ada)
    with app.app_context():
        incidents.stand_down(room.rpartition("/")[2], "resolved", "Enough", 1, NOW)
    assert "Three things to try" not in ada.get(room).text
