"""The pages of the pack: choosing, printing from the browser, asking for a PDF, its progress and its download."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import prints, system
from firebreak.store import jobs
from firebreak.workflow import settings
from tests.conftest import NOW, Desk, SignIn, send
from tests.stories import ADA, ROSA
from tests.web import shelf

pytestmark = pytest.mark.one_database
BOTH = ["weekend-firestorm", "employee-leak"]


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "playbooks"))


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A responder's browser."""
    return sign_in(client, "rosa")


def ask(client: FlaskClient, **fields: Any) -> Any:
    return send(client, "/pack", **{"scenarios": BOTH, "language": "fr", "paper": "Letter", "pdf": "1", **fields})


@pytest.fixture
def job(app: Flask, rosa: FlaskClient) -> Callable[[], jobs.Job]:
    """The job that Rosa has asked for, as it is now."""
    number = int(ask(rosa).location.rpartition("/")[2])

    def now() -> jobs.Job:
        with app.app_context():
            found = jobs.find(number)
        assert found is not None
        return found

    return now


# --- choosing --------------------------------------------------------------------------------------


def test_all_scenarios_are_ticked_at_first(rosa: FlaskClient) -> None:
    assert rosa.get("/pack").text.count("checked") == len(BOTH) + 2


def test_asking_for_a_pdf_puts_it_on_the_workers_list(job: Callable[[], jobs.Job]) -> None:
    assert job().params == {"scenarios": BOTH, "language": "fr", "paper": "Letter"}
    assert (job().state, job().kind, job().asked_by) == ("waiting", "pack", ROSA)


def test_the_other_button_leads_to_the_page_to_print(rosa: FlaskClient) -> None:
    answer = ask(rosa, pdf="", page="1")
    assert answer.status_code == 303 and answer.location.startswith("/pack/print?scenarios=weekend-firestorm")


@pytest.mark.parametrize("wrong", [{"scenarios": []}, {"scenarios": ["x"]}, {"language": "de"}, {"paper": "A0"}])
def test_what_cannot_be_printed_is_told_beside_the_form(rosa: FlaskClient, wrong: dict[str, Any]) -> None:
    assert ask(rosa, **wrong).status_code == 422


def test_a_machine_that_cannot_make_pdfs_names_the_packages(rosa: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing", lambda group: ["libpango-1.0-0", "fonts-noto-cjk"])
    assert "apt-get install libpango-1.0-0 fonts-noto-cjk" in rosa.get("/pack").text
    assert rosa.get("/pack/print").status_code == 200


@pytest.mark.parametrize("path", ["/pack", "/pack/print", "/pack/jobs/1", "/pack/jobs/1/pdf"])
def test_phone_numbers_are_not_for_observers(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    assert sign_in(client, "oscar").get(path).status_code == 403


# --- the page to print -----------------------------------------------------------------------------


@pytest.fixture
def page(rosa: FlaskClient, app: Flask) -> Callable[..., str]:
    with app.app_context():
        channels = [{"channel": "x", "owner": ROSA, "address": "@us"}]
        settings.change({"desk_name": "The <b>desk</b>", "channels": channels}, ADA, NOW)
    return lambda query="": rosa.get(f"/pack/print{query}").text


def test_the_page_has_all_parts_in_their_order(page: Callable[..., str]) -> None:
    text = page()
    ids = [
        "cover",
        "calls",
        "which",
        "sheet-employee-leak",
        "long-employee-leak",
        "sheet-weekend-firestorm",
        "blank-log",
    ]
    places = [text.index(f'id="{id}"') for id in ids]
    assert places == sorted(places)


def test_the_page_holds_the_chosen_scenarios_only(page: Callable[..., str]) -> None:
    text = page("?scenarios=employee-leak")
    assert "sheet-employee-leak" in text and "sheet-weekend-firestorm" not in text


def test_a_step_stands_on_the_sheet_and_in_the_long_form_with_its_guidance(page: Callable[..., str]) -> None:
    text = page("?scenarios=weekend-firestorm")
    assert text.count("Pause every scheduled post") == 2 and text.count("Because a joke would hurt.") == 1


def test_what_people_typed_cannot_run(page: Callable[..., str]) -> None:
    text = page()
    assert "The &lt;b&gt;desk" in text and "<script>alert" not in text and 'href="javascript' not in text


def test_words_are_in_the_language_of_the_pack_and_scenarios_in_their_own(page: Callable[..., str]) -> None:
    text = page("?language=zh")
    assert '<html lang="zh-Hans">' in text and 'id="sheet-employee-leak" lang="en"' in text


def test_letter_is_another_sheet_of_style(page: Callable[..., str]) -> None:
    assert "pack-letter.css" in page("?paper=Letter") and "pack-letter.css" not in page("?paper=A4")


@pytest.mark.parametrize("query", ["?scenarios=x", "?language=de", "?paper=A0"])
def test_a_page_of_nothing_is_not_found(rosa: FlaskClient, query: str) -> None:
    assert rosa.get(f"/pack/print{query}").status_code == 404


# --- the PDF ---------------------------------------------------------------------------------------


def test_while_it_is_made_the_page_looks_again_and_tells_how_far_it_is(
    app: Flask, rosa: FlaskClient, job: Callable[[], jobs.Job]
) -> None:
    with app.app_context():
        taken = jobs.claim(NOW)
        assert taken and jobs.report(taken, 42, NOW)
    answer = rosa.get(f"/pack/jobs/{job().id}")
    assert answer.headers["Refresh"] == "2" and "42 %" in answer.text


def test_when_it_is_there_it_can_be_downloaded(app: Flask, rosa: FlaskClient, job: Callable[[], jobs.Job]) -> None:
    with app.app_context():
        taken = jobs.claim(NOW)
        assert taken and jobs.finish(taken, prints.keep(b"%PDF-1.7 pack"), "firebreak-pack-x", 12, 13, NOW)
    assert "Refresh" not in rosa.get(f"/pack/jobs/{job().id}").headers
    answer = rosa.get(f"/pack/jobs/{job().id}/pdf", buffered=True)
    assert (answer.data, answer.content_type) == (b"%PDF-1.7 pack", "application/pdf")
    assert "firebreak-pack-x.pdf" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("reason", ["no_pdf apt-get install libpango-1.0-0", "gone", "broke_off", "fault"])
def test_when_it_failed_the_page_says_why(
    app: Flask, rosa: FlaskClient, job: Callable[[], jobs.Job], reason: str
) -> None:
    with app.app_context():
        taken = jobs.claim(NOW)
        assert taken and jobs.fail(taken, reason, NOW)
    text = rosa.get(f"/pack/jobs/{job().id}").text
    assert "notice-danger" in text and reason.partition(" ")[2] in text


@pytest.mark.parametrize("path", ["/pack/jobs/9", "/pack/jobs/9/pdf", "/pack/jobs/99999999999", "/pack/jobs/x"])
def test_a_job_that_is_not_there_is_not_found(rosa: FlaskClient, path: str) -> None:
    assert rosa.get(path).status_code == 404


def test_a_pdf_that_is_not_made_yet_is_not_found(rosa: FlaskClient, job: Callable[[], jobs.Job]) -> None:
    assert rosa.get(f"/pack/jobs/{job().id}/pdf").status_code == 404
