"""The review through a browser's eyes: picture, figures, answers, actions, agreement, print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from firebreak import library, printjobs
from firebreak.commands.review import review as command
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.incidents import Incident
from firebreak.store import log
from firebreak.workflow import incidents, record, review, roles, steps
from tests.conftest import NOW, send

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOSTILE = '<script>alert("x")</script> =1+1 \u202eevil 🔥'


@dataclass
class Moved:
    """The time the desk believes it is."""

    now: datetime = NOW


@pytest.fixture
def time() -> Moved:
    return Moved()


@pytest.fixture
def app(desk: Callable[..., Flask], time: Moved) -> Flask:
    return desk({"CLOCK": lambda: time.now})


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def night(app: Flask) -> Iterator[Callable[..., str]]:
    """A storm of five hours, told and (unless `open`) stood down an hour ago; gives its reference."""

    def tell(open: bool = False, report: str = "Moms are furious", **told: Any) -> str:
        with app.app_context():
            start = NOW - 6 * HOUR
            opening = Opening(report=report, channels=("x",), began_at=start - 3 * HOUR, noticed_at=start, **told)
            book = library.get("en", "weekend-firestorm")
            ref = incidents.open_incident(opening, 2, start, playbook=book).reference
            roles.assign(ref, "lead", 2, 2, start + 5 * MINUTE)
            steps.finish(ref, next(iter(log.load(ref).steps)), 2, start + 9 * MINUTE)
            record.post_statement(ref, "x", f"We are here. {report}", "https://example.org/1", 2, start + 2 * HOUR)
            record.record_moment(ref, "contained", 2, start + 4 * HOUR)
            if not open:
                incidents.stand_down(ref, "resolved", "It is over", 2, start + 5 * HOUR)
            return ref

    yield tell


def told(app: Flask, reference: str) -> Incident:
    with app.app_context():
        found = log.load(reference)
        assert found is not None
        return found


def picture(html: str) -> ElementTree.Element:
    """The timeline's SVG, which is well-formed XML."""
    found = re.search(r'<svg class="timeline".*?</svg>', html, re.DOTALL)
    assert found
    return ElementTree.fromstring(found.group())


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- reading ---------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_every_mark_of_the_picture_leads_to_its_entry_and_says_what_it_is(rosa, night):
    reference = night()
    links = picture(rosa.get(f"/incidents/{reference}/review").text).findall(".//a")
    assert len(links) >= 10
    assert all(re.fullmatch(rf"/incidents/{reference}/log/\d+", link.attrib["href"]) for link in links)
    assert all((link.findtext("title") or "").strip() for link in links)


@pytest.mark.one_database
def test_the_table_says_what_the_picture_says(rosa, night):
    page = rosa.get(f"/incidents/{night()}/review").text
    titles = [link.findtext("title") or "" for link in picture(page).findall(".//a")]
    numbered = [re.match(r"(\d+)\. ", title) for title in titles]
    assert {f'id="mark-{each.group(1)}"' in page for each in numbered if each} == {True}


@pytest.mark.one_database
def test_the_picture_needs_no_style_of_its_own(rosa, night):
    drawn = picture(rosa.get(f"/incidents/{night()}/review").text)
    assert not [part for part in drawn.iter() if "style" in part.attrib or part.tag == "style"]


@pytest.mark.one_database
def test_the_figures_stand_beside_the_limits_and_motrin(rosa, night):
    page = text_of(rosa.get(f"/incidents/{night()}/review").text)
    assert "From noticing until our first public word 2 h 1 h" in page and "late" in page
    assert "36 to 48 h" in page and "some mention first posts late on Friday 14, which is not confirmed" in page


@pytest.mark.one_database
def test_a_correction_made_in_the_room_shows_as_one(app, rosa, night):
    reference = night()
    said = told(app, reference).statements[0].seq
    with app.app_context():
        record.correct(reference, said, "Wrong hour", 2, NOW, at=NOW - 5 * HOUR)
    page = rosa.get(f"/incidents/{reference}/review").text
    assert "<em>corrected</em>" in page
    assert any("(corrected)" in (each.text or "") for each in picture(page).iter("title"))


@pytest.mark.one_database
def test_an_open_incident_is_read_and_not_yet_answered(rosa, night):
    reference = night(open=True)
    page = rosa.get(f"/incidents/{reference}/review").text
    assert "written after standing down" in text_of(page) and "Save my answers" not in page
    assert send(rosa, f"/incidents/{reference}/review/answers", **{"review-surprise": "All"}).status_code == 422


@pytest.mark.one_database
def test_what_was_typed_is_escaped_in_picture_table_and_answers(app, rosa, night):
    reference = night(report=HOSTILE, title=HOSTILE)
    with app.app_context():
        record.make_decision(reference, HOSTILE, "", HOSTILE, HOSTILE, 2, NOW)
        review.answer(reference, {"surprise": HOSTILE}, 2, NOW)
    for path in ("review", "review/print", "brief"):
        assert "<script>alert" not in rosa.get(f"/incidents/{reference}/{path}").text


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["review", "review/print", "brief", "brief.txt", "actions/a-1"])
def test_an_unknown_incident_is_a_404(rosa, path):
    assert rosa.get(f"/incidents/FB-2026-999/{path}").status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("began", [timedelta(minutes=2), timedelta(days=10), timedelta(days=9000)])
def test_every_length_of_incident_has_a_picture(app, rosa, began):
    with app.app_context():
        opening = Opening(report="Old", began_at=NOW - began, noticed_at=NOW)
        reference = incidents.open_incident(opening, 2, NOW).reference
    page = rosa.get(f"/incidents/{reference}/review")
    assert page.status_code == 200 and picture(page.text) is not None


# --- writing ---------------------------------------------------------------------------------------


def test_several_people_answer_and_a_later_answer_takes_the_place_of_the_earlier(app, client, sign_in, night):
    reference = night()
    for who, text in (("rosa", "The phone"), ("paul", "The agency"), ("rosa", "The phone list")):
        sent = send(sign_in(client, who), f"/incidents/{reference}/review/answers", **{"review-surprise": text})
        assert sent.status_code == 303
    assert {answer.text for answer in told(app, reference).answers} == {"The agency", "The phone list"}
    assert sum(fact.event.kind == "review:answered" for fact in told(app, reference).facts) == 3


@pytest.mark.one_database
def test_an_emptied_answer_is_not_lost_and_says_how_to_take_it_back(app, rosa, night):
    reference = night()
    send(rosa, f"/incidents/{reference}/review/answers", **{"review-q1": "Two hours"})
    answer = send(rosa, f"/incidents/{reference}/review/answers", **{"review-q1": "", "review-q2": "Typed meanwhile"})
    assert answer.status_code == 422
    assert "strike it out" in answer.text and "Typed meanwhile" in answer.text


def test_the_review_is_not_agreed_while_an_action_has_no_owner_or_no_date(app, rosa, night):
    reference = night()
    send(rosa, f"/incidents/{reference}/review/actions", **{"action-what": "Night numbers", "action-owner": "0"})
    refused = send(rosa, f"/incidents/{reference}/review/agree")
    assert refused.status_code == 422 and "1 open action has no owner or no date" in refused.text
    change = {"action-what": "Night numbers", "action-owner": "4", "action-due": "2026-03-20"}
    assert send(rosa, f"/incidents/{reference}/actions/a-1", **change).status_code == 303
    assert send(rosa, f"/incidents/{reference}/review/agree").status_code == 303
    assert told(app, reference).agreed_by == 2
    assert "Agreed by Rosa" in text_of(rosa.get(f"/incidents/{reference}/review").text)


@pytest.mark.one_database
def test_an_agreed_review_is_opened_again_with_a_reason(app, rosa, night):
    reference = night()
    send(rosa, f"/incidents/{reference}/review/agree")
    assert send(rosa, f"/incidents/{reference}/review/answers", **{"review-surprise": "Late"}).status_code == 422
    assert send(rosa, f"/incidents/{reference}/review/reopen", **{"reopen-reason": ""}).status_code == 422
    assert send(rosa, f"/incidents/{reference}/review/reopen", **{"reopen-reason": "More came"}).status_code == 303
    assert "reviewed" not in told(app, reference).moments


@pytest.mark.one_database
def test_the_playbook_that_would_have_been_right_is_named_and_shown_in_review_print_and_room(app, rosa, night):
    reference = night()
    page = rosa.get(f"/incidents/{reference}/review").text
    assert re.search(r'<option selected value="weekend-firestorm">[^<]*\(the one used\)', page)
    send(rosa, f"/incidents/{reference}/review/playbook", **{"judge-scenario": "angry-backlash"})
    assert told(app, reference).judged == "angry-backlash"
    for path in ("/review", "/review/print"):
        assert "Would have been right Angry backlash" in text_of(rosa.get(f"/incidents/{reference}{path}").text)
    room = text_of(rosa.get(f"/incidents/{reference}").text)
    assert "Rosa said which playbook would have been right: Angry backlash" in room


def test_none_of_them_may_have_been_right(app, rosa, night):
    reference = night()
    send(rosa, f"/incidents/{reference}/review/playbook", **{"judge-scenario": "none"})
    assert told(app, reference).judged == "none"
    assert "Would have been right None of them" in text_of(rosa.get(f"/incidents/{reference}/review").text)


@pytest.mark.parametrize("scenario", ["", "<b>", "no-such-playbook"])
def test_a_playbook_that_nobody_wrote_is_not_taken_for_the_right_one(app, rosa, night, scenario):
    reference = night()
    answer = send(rosa, f"/incidents/{reference}/review/playbook", **{"judge-scenario": scenario})
    assert answer.status_code == 422 and "Playbook: choose one from the list." in answer.text
    assert told(app, reference).judged is None


def test_the_right_playbook_is_asked_after_standing_down_and_until_the_review_is_agreed(app, rosa, night):
    open_one, reference = night(open=True), night()
    with app.app_context():
        review.agree(reference, "", 2, NOW)
    for each in (open_one, reference):
        assert "review/playbook" not in rosa.get(f"/incidents/{each}/review").text
        answer = send(rosa, f"/incidents/{each}/review/playbook", **{"judge-scenario": "angry-backlash"})
        assert answer.status_code == 422


def test_a_bad_date_is_told_and_what_was_typed_stays(rosa, night):
    sent = {"action-what": "Night numbers", "action-owner": "2", "action-due": "tomorrow"}
    answer = send(rosa, f"/incidents/{night()}/review/actions", **sent)
    assert answer.status_code == 422
    assert "Write the date like 2026-11-28." in answer.text and "Night numbers" in answer.text


def test_open_actions_of_all_incidents_are_listed_the_longest_overdue_first(app, rosa, night):
    first, drill = night(), night(exercise=True)
    with app.app_context():
        review.add_action(first, "Later", 2, date(2026, 4, 1), 2, NOW)
        review.add_action(first, "Some day", None, None, 2, NOW)
        review.add_action(drill, "Long ago", 4, date(2026, 1, 1), 2, NOW)
        review.add_action(drill, "Closed", 4, date(2025, 1, 1), 2, NOW)
        review.close_action(drill, "a-2", "done", "", 2, NOW)
    page = text_of(rosa.get("/actions").text)
    assert page.index("Long ago") < page.index("Later") < page.index("Some day")
    assert "overdue" in page and "Exercise" in page and "Closed" not in page


@pytest.mark.one_database
def test_a_dropped_action_says_why(app, rosa, night):
    reference = night()
    send(rosa, f"/incidents/{reference}/review/actions", **{"action-what": "A drill", "action-owner": "2"})
    path = f"/incidents/{reference}/actions/a-1/close"
    assert send(rosa, path, **{"close-outcome": "dropped", "close-note": ""}).status_code == 422
    assert send(rosa, path, **{"close-outcome": "dropped", "close-note": "Too dear"}).status_code == 303
    assert "Too dear" in rosa.get(f"/incidents/{reference}/actions/a-1").text


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["review/answers", "review/playbook", "review/actions", "review/agree", "brief"])
def test_an_observer_reads_and_writes_nothing(client, sign_in, night, path):
    reference = night()
    oscar = sign_in(client, "oscar")
    assert oscar.get(f"/incidents/{reference}/review").status_code == 200
    assert send(oscar, f"/incidents/{reference}/{path}").status_code == 403


# --- on paper --------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_the_print_carries_the_head_of_the_log(app, rosa, night):
    reference = night()
    page = rosa.get(f"/incidents/{reference}/review/print").text
    assert re.search(r"<code>[0-9a-f]{64}</code>", page) and "<form" not in page


@pytest.mark.one_database
def test_a_pdf_is_asked_of_the_worker(rosa, night):
    reference = night()
    asked = send(rosa, f"/incidents/{reference}/review/pdf")
    assert asked.status_code == 303
    waiting = rosa.get(asked.location)
    assert "It is being made" in waiting.text and waiting.headers["Refresh"] == "2"


@pytest.mark.pdf
@pytest.mark.one_database
def test_the_worker_prints_what_was_asked_for_and_it_is_handed_out(app, rosa, night):
    asked = send(rosa, f"/incidents/{night(title='Slings')}/review/pdf")
    with app.app_context():
        assert printjobs.Printer(lambda: NOW)()
    assert "It is ready" in rosa.get(asked.location).text
    pdf = PdfReader(BytesIO(rosa.get(f"{asked.location}/file", buffered=True).data))
    assert "Slings" in pdf.pages[0].extract_text() and pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.pdf
@pytest.mark.one_database
def test_the_command_writes_the_review_in_a_language(database, tmp_path, monkeypatch, night):
    reference, target = night(), tmp_path / "review.pdf"
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(command, [reference, "--output", str(target), "--lang", "fr"])
    assert done.exit_code == 0, done.output
    assert PdfReader(target).trailer["/Root"]["/Lang"].startswith("fr")
    assert "there is no incident" in CliRunner().invoke(command, ["FB-2026-999", "-o", str(target)]).output
