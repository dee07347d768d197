"""Opening an incident: what is proposed, what is kept, and that nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library, trained
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.incidents import Incident
from firebreak.store import log, queries
from firebreak.workflow import incidents
from tests.conftest import NOW, Desk, SignIn, send
from tests.web import shelf

pytestmark = pytest.mark.long_on_postgres

STORM = "Moms are offended by our sling advert on Twitter, nobody at work answers. A firestorm."
MINUTE = timedelta(minutes=1)


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "playbooks"))


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "rosa")


Open = Callable[..., Incident]


@pytest.fixture
def opened(app: Flask, rosa: FlaskClient) -> Open:
    """Sends the form and gives the incident it opened."""

    def open_by_form(report: str = STORM, **fields: Any) -> Incident:
        answer = send(rosa, "/incidents/new", report=report, open="", **{"key": "k", **fields})
        assert answer.status_code == 303, answer.text
        with app.app_context():
            found = log.load(answer.location.rsplit("/", 1)[1])
        assert found is not None
        return found

    return open_by_form


def advice(rosa: FlaskClient, report: str = STORM, **fields: Any) -> str:
    return unescape(send(rosa, "/incidents/suggest", report=report, **fields).text)


def value(html: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    return found[1] if found else ""


def checked(html: str, name: str) -> list[str]:
    boxes = re.findall(rf'<input[^>]*name="{name}"[^>]*>', html)
    return [re.search('value="([^"]*)"', box)[1] for box in boxes if " checked" in box]  # type: ignore[index]


# --- the shortest way ------------------------------------------------------------------------------


def test_a_report_alone_opens_an_incident_with_the_playbook_that_fits(opened: Open) -> None:
    incident = opened()
    assert incident.playbook and incident.playbook.scenario == "weekend-firestorm"


def test_title_severity_channels_and_times_are_proposed(opened: Open) -> None:
    incident = opened()
    assert (incident.severity, incident.channels, incident.title) == (
        "critical",
        ("x",),
        "Moms are offended by our sling advert on Twitter, nobody at work answers. A…",
    )
    assert (incident.moments["noticed"], "began" in incident.moments) == (NOW, False)


def test_the_answer_leads_to_the_room(rosa: FlaskClient) -> None:
    answer = send(rosa, "/incidents/new", report=STORM)
    assert (answer.status_code, answer.location) == (303, "/incidents/FB-2026-001")


def test_what_a_person_says_goes_before_what_is_proposed(opened: Open) -> None:
    incident = opened(title="Slings", severity="watch", playbook="employee-leak", exercise="y", language="en")
    assert incident.playbook and incident.playbook.scenario == "employee-leak"
    assert (incident.title, incident.severity, incident.exercise) == ("Slings", "watch", True)


def test_an_incident_may_be_opened_without_a_playbook(opened: Open) -> None:
    assert opened(playbook="none").playbook is None


def test_another_playbook_may_be_chosen(opened: Open) -> None:
    incident = opened(playbook="another", another="employee-leak")
    assert incident.playbook and incident.playbook.scenario == "employee-leak"


def test_an_unknown_playbook_opens_without_one(opened: Open) -> None:
    assert opened(playbook="../../etc").playbook is None


def test_the_version_chosen_can_be_read_after_its_file_is_gone(app: Flask, opened: Open, tmp_path: Path) -> None:
    incident = opened()
    (tmp_path / "playbooks/en/weekend-firestorm.md").write_text("gone")
    app.extensions.pop("library")
    with app.app_context():
        assert incident.playbook and library.version(incident.playbook.hash)


def test_the_log_keeps_the_ranking_and_whether_the_desk_was_staffed(opened: Open) -> None:
    data = opened().facts[0].event.data
    assert (data["matches"][0][0], data["cover"]) == ("weekend-firestorm", "weekend")


def test_times_are_read_in_the_readers_zone(opened: Open) -> None:
    began = opened(began_at="2026-03-07T20:10").moments["began"]
    assert began == NOW.replace(hour=20, minute=10)


def test_a_place_in_words_becomes_its_channel(opened: Open) -> None:
    assert set(opened("They are angry", places="insta, 微博").channels) == {"instagram", "weibo"}


def test_a_place_nobody_knows_is_kept_in_the_report(opened: Open) -> None:
    incident = opened("They are angry", places="Mastodon")
    assert incident.channels == ("other",) and "Mastodon" in incident.report


def test_a_channel_that_was_unticked_is_not_ticked_again(opened: Open) -> None:
    assert opened(seen="x").channels == ()


# --- twice -----------------------------------------------------------------------------------------


def test_a_double_tap_opens_one_incident(opened: Open) -> None:
    assert opened().reference == opened().reference


def test_another_text_under_the_same_key_is_not_lost(opened: Open) -> None:
    assert opened("First").reference != opened("Second").reference


def test_two_people_with_the_same_words_open_their_own(app: Flask, sign_in: SignIn, opened: Open) -> None:
    first = opened()
    answer = send(sign_in(app.test_client(), "paul"), "/incidents/new", report=STORM, key="k")
    assert answer.location.rsplit("/", 1)[1] != first.reference


# --- refused ---------------------------------------------------------------------------------------


WRONG = {
    "a report of nothing": ({"report": "  "}, "write something here"),
    "a beginning that has not come": ({"began_at": "2026-03-08T20:00"}, "has not come yet"),
    "a beginning after it was noticed": (
        {"began_at": "2026-03-07T21:00", "noticed_at": "2026-03-07T20:00"},
        "cannot begin",
    ),
    "a time that is none": ({"began_at": "yesterday"}, "Write the date and time like"),
    "a character nobody can store": ({"report": "a\0b"}, "position 2"),
    "a severity that is none": ({"severity": "huge"}, "choose one from the list"),
    "a language that is none": ({"language": "xx"}, "choose one from the list"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_refusal_says_why_and_keeps_everything_typed(rosa: FlaskClient, wrong: str) -> None:
    fields, reason = WRONG[wrong]
    sent = {
        "report": STORM,
        "title": "My title",
        "places": "insta",
        "playbook": "employee-leak",
        "exercise": "y",
        **fields,
    }
    answer = send(rosa, "/incidents/new", **sent)
    text = unescape(answer.text)
    assert (answer.status_code, reason in text) == (422, True)
    assert all(each in text for each in ("My title", "insta", sent["report"]))
    assert checked(text, "playbook") in (["employee-leak"], ["another"])


def test_a_refused_time_is_marked_at_its_own_field(rosa: FlaskClient) -> None:
    text = send(rosa, "/incidents/new", report=STORM, began_at="2026-03-08T20:00").text
    assert 'id="began_at-error"' in text and 'id="noticed_at-error"' not in text


def test_a_watch_that_runs_a_minute_ahead_is_set_to_now(opened: Open) -> None:
    assert opened(noticed_at="2026-03-07T21:41").moments["noticed"] == NOW


def test_an_observer_opens_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "oscar")
    assert [send(client, f"/incidents/{page}", report=STORM).status_code for page in ("new", "suggest")] == [403, 403]


def test_a_form_without_its_token_opens_nothing(app: Flask, rosa: FlaskClient) -> None:
    assert rosa.post("/incidents/new", data={"report": STORM}).status_code == 400
    with app.test_request_context():
        assert queries.incidents() == []


# --- advice ----------------------------------------------------------------------------------------


def test_the_form_has_a_key_of_its_own_each_time(rosa: FlaskClient) -> None:
    first, second = (value(rosa.get("/incidents/new").text, "key") for _ in range(2))
    assert len(first) > 16 and first != second


def test_advice_comes_with_a_score_and_reasons_in_words(rosa: FlaskClient) -> None:
    text = advice(rosa, began_at="2026-03-07T02:10")
    assert "very likely" in text and re.search(r"\b[6-9]\d%", text) and "“nobody at work”" in text


def test_the_hour_and_the_place_are_told_as_they_are_known(rosa: FlaskClient) -> None:
    text = advice(rosa, "Moms are furious on Twitter since last night, our team is away", began_at="2026-03-07T02:10")
    assert "on X" in text and "began Saturday 02:10, at the weekend" in text


def test_the_best_fit_is_ticked(rosa: FlaskClient) -> None:
    text = advice(rosa)
    assert (checked(text, "playbook"), value(text, "auto")) == (["weekend-firestorm"], "weekend-firestorm")


def test_what_the_desk_ticked_follows_the_text(rosa: FlaskClient) -> None:
    text = advice(rosa, "A leaked memo, a leaked memo is out", playbook="weekend-firestorm", auto="weekend-firestorm")
    assert checked(text, "playbook") == ["employee-leak"]


@pytest.mark.parametrize("choice", ["weekend-firestorm", "none", "another"])
def test_what_a_person_ticked_stays(rosa: FlaskClient, choice: str) -> None:
    text = advice(rosa, "A leaked memo, a leaked memo is out", playbook=choice, auto="")
    assert (checked(text, "playbook"), value(text, "auto")) == ([choice], "")


def test_a_choice_that_is_no_longer_suggested_stays_in_sight(rosa: FlaskClient) -> None:
    text = advice(rosa, " ", playbook="weekend-firestorm", auto="")
    assert checked(text, "playbook") == ["another"]
    assert '<option selected value="weekend-firestorm">' in text


def test_ordinary_business_is_called_so_with_the_words_that_say_it(rosa: FlaskClient) -> None:
    text = advice(rosa, "One parcel came late, the customer asks where it is")
    assert re.search("This looks like ordinary business: .*“parcel”", text)
    assert checked(text, "playbook") == ["none"]


def test_an_incident_is_opened_even_where_the_trained_table_is_lost(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(trained, "FILE", tmp_path / "lost.bin")
    trained.table.cache_clear()
    assert opened().playbook is None


def test_no_words_give_no_advice(rosa: FlaskClient) -> None:
    assert "appear here while you type" in advice(rosa, " ")


def test_the_suggest_button_brings_the_form_back_with_everything_typed(rosa: FlaskClient) -> None:
    text = send(rosa, "/incidents/new", report=STORM, title="Mine", suggest="1", key="my-key").text
    assert "very likely" in text and 'value="Mine"' in text and value(text, "key") == "my-key"
    assert checked(text, "channels") == ["x"]


def test_hostile_text_is_shown_harmless(rosa: FlaskClient) -> None:
    text = send(rosa, "/incidents/new", report='"><script>alert(1)</script>', suggest="1").text
    assert "<script>alert" not in text


def test_a_very_long_report_gets_advice_all_the_same(rosa: FlaskClient) -> None:
    assert "very likely" in advice(rosa, f"{STORM}\n{'word ' * 100_000}{STORM}")


# --- already open ----------------------------------------------------------------------------------


def test_an_open_incident_that_speaks_of_the_same_is_pointed_out(rosa: FlaskClient, opened: Open) -> None:
    reference = opened().reference
    assert f'href="/incidents/{reference}"' in advice(rosa, "moms offended, our sling advert")


def test_an_incident_of_something_else_is_not_pointed_out(rosa: FlaskClient, opened: Open) -> None:
    opened("The website of the shop is down since the update")
    assert "Already open?" not in advice(rosa)


@pytest.mark.parametrize("age", [8 * 24 * 60, None])
def test_old_and_stood_down_incidents_are_not_pointed_out(app: Flask, rosa: FlaskClient, age: int | None) -> None:
    with app.test_request_context():
        found = incidents.open_incident(Opening(STORM), 2, NOW - (age or 1) * MINUTE)
        if age is None:
            incidents.stand_down(found.reference, "false_alarm", "", 2, NOW)
    assert "Already open?" not in advice(rosa)
