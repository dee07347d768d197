"""The incident room through a browser's eyes: what it shows, what its forms do, what it refuses."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.incidents import Incident
from firebreak.store import log
from firebreak.workflow import incidents, record
from tests.conftest import NOW, send, token

pytestmark = pytest.mark.long_on_postgres

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
HOSTILE = '<script>alert("x")</script> =1+1 \u202eevil 🔥'


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    """The desk at a fixed time."""
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def storm(app: Flask) -> Callable[..., str]:
    """Opens an incident an hour ago and returns its reference; settings of `Opening` may be given."""

    def make(**told: Any) -> str:
        with app.app_context():
            start = NOW - timedelta(hours=1)
            facts = {
                "report": "Moms are furious",
                "channels": ("x", "facebook"),
                "began_at": start - timedelta(hours=3),
            }
            playbook = library.get("en", told.pop("scenario", "weekend-firestorm"))
            return incidents.open_incident(Opening(**(facts | told)), 2, start, playbook=playbook).reference

    return make


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    """A responder's browser."""
    return sign_in(client, "rosa")


@pytest.fixture
def now_in(app: Flask) -> Callable[[str], Incident]:
    """The incident as its log tells it now."""

    def load(reference: str) -> Incident:
        with app.app_context():
            found = log.load(reference)
            assert found is not None
            return found

    return load


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_room_says_how_long_nothing_was_said(rosa, storm):
    page = text_of(rosa.get(f"/incidents/{storm()}").text)
    assert "4 h without a public word" in page
    assert "Nobody leads yet" in page


def test_one_tap_takes_the_lead_and_stops_the_first_clock(rosa, storm, now_in):
    reference = storm()
    assert send(rosa, f"/incidents/{reference}/roles/lead/take").status_code == 303
    assert now_in(reference).lead == 2
    assert "Hand over" in rosa.get(f"/incidents/{reference}").text


def test_a_step_is_ticked_with_one_button_that_holds_no_token_of_its_own(rosa, storm, now_in):
    reference = storm()
    step = next(step for step in now_in(reference).steps.values() if not step.decision)
    assert send(rosa, f"/incidents/{reference}/steps/{step.id}/done").status_code == 303
    assert now_in(reference).steps[step.id].state == "done"


def test_every_button_without_a_form_of_its_own_names_the_pages_one_form(rosa, storm):
    page = rosa.get(f"/incidents/{storm()}").text
    assert page.count('<form id="act"') == 1
    assert re.findall(r'<button(?=[^>]*formaction)(?![^>]*form="act")[^>]*class="tick', page) == []


def test_a_decision_asks_for_its_option_before_it_is_settled(rosa, storm, now_in):
    reference = storm()
    step = next(step for step in now_in(reference).steps.values() if step.decision)
    answer = send(rosa, f"/incidents/{reference}/steps/{step.id}/done")
    assert answer.status_code == 422
    assert "Choose one of the options first" in answer.text
    send(rosa, f"/incidents/{reference}/steps/{step.id}/done", **{"done-choice": step.options[0]})
    assert now_in(reference).steps[step.id].choice == step.options[0]


def test_a_step_set_aside_without_a_reason_keeps_its_page_and_says_why(rosa, storm):
    reference = storm()
    answer = send(rosa, f"/incidents/{reference}/steps/advert/not-applicable", **{"aside-reason": " "})
    assert answer.status_code == 422
    assert "Reason: write something here." in answer.text


def test_a_step_of_ones_own_is_due_from_now(rosa, storm, now_in):
    reference = storm()
    told = {"step-title": "Phone the network", "step-role": "partner", "step-due": "1h30m", "step-phase": "first-hour"}
    assert send(rosa, f"/incidents/{reference}/steps", **told).status_code == 303
    assert now_in(reference).steps["own-1"].due == NOW + timedelta(minutes=90)


def test_a_length_of_time_that_cannot_be_read_is_said_with_what_was_typed(rosa, storm):
    answer = send(rosa, f"/incidents/{storm()}/steps", **{"step-title": "Phone", "step-due": "soon"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert "like 30m, 2h" in answer.text


def test_a_posted_statement_starts_the_clock_of_its_promise(rosa, storm, now_in):
    reference = storm()
    told = {"statement-x-text": "We hear you.", "statement-x-promise": "120", "statement-x-url": "https://x.com/us/1"}
    assert send(rosa, f"/incidents/{reference}/statements/x", **told).status_code == 303
    assert now_in(reference).clocks["next_update"].due == NOW + timedelta(hours=2)


def test_a_backdated_statement_counts_in_the_readers_zone(app, rosa, storm, now_in):
    reference = storm()
    told = {"statement-x-text": "We hear you.", "statement-x-at": "2026-03-07T21:05"}
    send(rosa, f"/incidents/{reference}/statements/x", **told)
    assert now_in(reference).moments["first_response"] == NOW.replace(hour=21, minute=5)


def test_a_time_that_has_not_come_is_refused_and_the_text_stays(rosa, storm):
    told = {"statement-x-text": "Kept as typed", "statement-x-at": "2026-03-08T21:05"}
    answer = send(rosa, f"/incidents/{storm()}/statements/x", **told)
    assert answer.status_code == 422
    assert "has not come yet" in answer.text
    assert "Kept as typed" in answer.text


def test_a_statement_too_long_for_its_platform_is_recorded_and_said(rosa, storm, now_in):
    reference = storm()
    page = send(rosa, f"/incidents/{reference}/statements/x", follow=True, **{"statement-x-text": "a" * 300})
    assert "counts 300 characters" in page.text
    assert len(now_in(reference).statements) == 1


def test_a_link_that_is_no_web_address_is_refused(rosa, storm):
    told = {"statement-x-text": "We hear you.", "statement-x-url": "javascript:alert(1)"}
    assert "must start with http" in send(rosa, f"/incidents/{storm()}/statements/x", **told).text


def test_a_holding_text_is_filled_as_far_as_the_desk_knows(rosa, storm):
    page = rosa.get(f"/incidents/{storm()}").text
    area = re.search(r'<textarea[^>]*name="statement-x-text"[^>]*>(.*?)</textarea>', page, re.S)
    assert area is not None
    assert "{{ brand }}" not in area[1]
    assert "Firebreak" in area[1]


def test_hostile_text_is_shown_as_it_was_typed(rosa, storm, now_in):
    reference = storm(report=HOSTILE, title=HOSTILE)
    send(rosa, f"/incidents/{reference}/notes", **{"note-text": HOSTILE})
    page = rosa.get(f"/incidents/{reference}").text
    assert "<script>alert" not in page
    assert now_in(reference).title == HOSTILE


def test_a_character_no_database_keeps_is_refused_with_its_position(rosa, storm):
    answer = send(rosa, f"/incidents/{storm()}/notes", **{"note-text": "ab\0c"})
    assert answer.status_code == 422
    assert "at position 3" in answer.text


def test_a_file_comes_back_as_a_download_that_can_do_nothing(rosa, storm, now_in):
    reference = storm()
    fields = {"csrf_token": token(rosa), "note-text": "Seen", "note-files": (io.BytesIO(PNG), "../evil.exe")}
    rosa.post(f"/incidents/{reference}/notes", data=fields, content_type="multipart/form-data")
    sha = now_in(reference).facts[-1].event.data["files"][0]["sha256"]
    answer = rosa.get(f"/incidents/{reference}/files/{sha}", buffered=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=evil.exe.png"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert rosa.get(f"/incidents/{storm()}/files/{sha}").status_code == 404


def test_a_program_is_refused_by_its_content(rosa, storm):
    fields = {"csrf_token": token(rosa), "note-files": (io.BytesIO(b"MZ\x90\0" * 20), "holiday.png")}
    answer = rosa.post(f"/incidents/{storm()}/notes", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "of a kind we do not keep" in answer.text


def test_standing_down_names_the_critical_steps_still_open(rosa, storm, now_in):
    reference = storm()
    answer = send(rosa, f"/incidents/{reference}/stand-down", **{"stand_down-outcome": "resolved"})
    assert answer.status_code == 422
    assert "critical steps are still open" in answer.text
    send(rosa, f"/incidents/{reference}/stand-down", **{"stand_down-outcome": "resolved", "stand_down-reason": "Calm"})
    assert now_in(reference).outcome == "resolved"


def test_a_duplicate_names_an_incident_that_exists(rosa, storm, now_in):
    reference, told = storm(), {"stand_down-outcome": "duplicate", "stand_down-reason": "Same storm"}
    answer = send(rosa, f"/incidents/{reference}/stand-down", **told, **{"stand_down-duplicate_of": "FB-2026-999"})
    assert "There is no incident FB-2026-999" in answer.text
    send(rosa, f"/incidents/{reference}/stand-down", **told, **{"stand_down-duplicate_of": storm().lower()})
    assert now_in(reference).duplicate_of == "FB-2026-002"


def test_a_stood_down_incident_offers_to_open_again_with_a_reason(rosa, storm, now_in):
    reference = storm(scenario="none")
    send(rosa, f"/incidents/{reference}/stand-down", **{"stand_down-outcome": "false_alarm"})
    assert "Stood down" in rosa.get(f"/incidents/{reference}").text
    assert send(rosa, f"/incidents/{reference}/reopen").status_code == 422
    send(rosa, f"/incidents/{reference}/reopen", **{"reopen-reason": "It grows again"})
    assert now_in(reference).state == "open"


def test_a_watch_has_one_big_button_to_escalate(rosa, storm, now_in):
    reference = storm(severity="watch")
    assert "Escalate to serious" in rosa.get(f"/incidents/{reference}").text
    send(rosa, f"/incidents/{reference}/escalate")
    assert now_in(reference).severity == "serious"


def test_changing_the_playbook_keeps_the_ticks_of_the_earlier_one_in_sight(app, rosa, storm, now_in):
    reference = storm()
    gone = next(id for id, step in now_in(reference).steps.items() if not step.decision and "video" not in id)
    send(rosa, f"/incidents/{reference}/steps/{gone}/done")
    assert send(rosa, f"/incidents/{reference}/playbook", **{"playbook-playbook": "employee-leak"}).status_code == 303
    assert now_in(reference).steps[gone].state == "done"
    assert "From the earlier playbook" in rosa.get(f"/incidents/{reference}").text


def test_a_correction_keeps_what_was_written_first_in_sight(app, rosa, storm, now_in):
    reference = storm()
    send(rosa, f"/incidents/{reference}/statements/x", **{"statement-x-text": "Frist words"})
    seq = next(fact.seq for fact in now_in(reference).facts if fact.event.kind == "statement:posted")
    told = {"correct-new_text": "First words", "correct-new_channel": "x", "correct-reason": "Typo"}
    assert send(rosa, f"/incidents/{reference}/log/{seq}/correct", **told).status_code == 303
    assert now_in(reference).statements[0].text == "First words"
    assert "<s>Frist words</s>" in rosa.get(f"/incidents/{reference}/log/{seq}").text


def test_when_it_began_is_corrected_at_entry_one_and_the_silence_follows(rosa, storm):
    reference = storm()
    told = {"correct-new_began_at": "2026-03-07T20:10", "correct-new_noticed_at": "2026-03-07T20:40"}
    told |= {
        "correct-new_report": "Moms are furious",
        "correct-new_title": "Moms are furious",
        "correct-reason": "Asked",
    }
    send(rosa, f"/incidents/{reference}/log/1/correct", **told)
    assert "1 h 30 min without a public word" in text_of(rosa.get(f"/incidents/{reference}").text)


def test_a_struck_entry_stays_readable_and_no_longer_counts(rosa, storm, now_in):
    reference = storm()
    send(rosa, f"/incidents/{reference}/moments/contained")
    seq = next(fact.seq for fact in now_in(reference).facts if fact.event.kind == "moment:recorded")
    send(rosa, f"/incidents/{reference}/log/{seq}/strike", **{"strike-reason": "Too early"})
    assert "contained" not in now_in(reference).moments
    assert "entry-struck" in rosa.get(f"/incidents/{reference}").text


def test_only_an_administrator_erases_and_is_asked_once_more(app, client, sign_in, storm, now_in):
    reference = storm()
    with app.app_context():
        record.add_note(reference, "A private name", 2, NOW)
    seq = now_in(reference).seq
    assert send(sign_in(client, "rosa"), f"/incidents/{reference}/log/{seq}/erase").status_code == 403
    ada = sign_in(client, "ada")
    assert "This is for good" in ada.get(f"/incidents/{reference}/log/{seq}/erase").text
    send(ada, f"/incidents/{reference}/log/{seq}/erase", **{"erase-reason": "Asked to"})
    assert "A private name" not in ada.get(f"/incidents/{reference}").text


def test_an_observer_sees_everything_and_no_button(client, sign_in, storm, now_in):
    reference, oscar = storm(), sign_in(client, "oscar")
    page = oscar.get(f"/incidents/{reference}").text
    room = page.split('<main id="content"')[1].split("</main>")[0]
    assert "Moms are furious" in room
    assert "<button" not in room
    assert send(oscar, f"/incidents/{reference}/roles/lead/take").status_code == 403


def test_an_exercise_says_so_on_every_page_of_it(rosa, storm):
    reference = storm(exercise=True)
    pages = ("", "/steps/advert", "/roles/lead", "/log/1")
    assert all("EXERCISE" in rosa.get(f"/incidents/{reference}{path}").text for path in pages)


def test_the_log_can_be_filtered(app, rosa, storm):
    reference = storm()
    with app.app_context():
        record.add_note(reference, "Only a note", 2, NOW)
        record.record_moment(reference, "withdrew", 2, NOW)
    logged = rosa.get(f"/incidents/{reference}?show=notes").text.split('id="log"')[1]
    assert "Only a note" in logged
    assert "entry-moment" not in logged


def test_the_title_counts_the_clocks_that_are_overdue(rosa, storm):
    assert re.search(r"<title>\(\d\) FB-2026-001", rosa.get(f"/incidents/{storm()}").text)


def test_a_role_is_handed_over_to_a_person(rosa, storm, now_in, person):
    reference = storm()
    send(rosa, f"/incidents/{reference}/roles/lead/take")
    send(rosa, f"/incidents/{reference}/roles/lead", **{"role-person": str(person("paul").id)})
    assert now_in(reference).lead == person("paul").id


def test_who_hands_over_has_to_choose_somebody(rosa, storm, now_in):
    reference = storm()
    send(rosa, f"/incidents/{reference}/roles/lead/take")
    answer = send(rosa, f"/incidents/{reference}/roles/lead", **{"role-person": ""})
    assert answer.status_code == 422 and "Choose who takes it" in answer.text
    assert now_in(reference).lead == 2


def test_the_second_person_to_tick_learns_whose_tick_stands(app, rosa, sign_in, storm, now_in):
    reference = storm()
    path = f"/incidents/{reference}/steps/pause-scheduled/done"
    send(rosa, path)
    answer = send(sign_in(app.test_client(), "ada"), path, follow=True)
    assert "Already done by Rosa" in text_of(answer.text)
    assert now_in(reference).steps["pause-scheduled"].by == 2


def test_a_stale_page_does_not_snatch_the_lead_from_who_just_took_it(app, rosa, sign_in, storm, now_in):
    reference = storm()
    path = f"/incidents/{reference}/roles/lead/take"
    send(rosa, path)
    ada = sign_in(app.test_client(), "ada")
    assert "has it already" in send(ada, path, follow=True).text
    assert now_in(reference).lead == 2
    send(ada, path, instead="2")
    assert now_in(reference).lead == 1


def test_what_a_holding_text_leaves_to_the_person_is_named_beside_it(rosa, storm):
    assert "Replace {{ link }}, {{ subject }} before you post." in rosa.get(f"/incidents/{storm()}").text


def test_a_marker_nobody_replaced_is_pointed_out_and_never_blocks_a_true_record(rosa, storm, now_in):
    reference = storm()
    told = {"statement-x-text": "We hear you about {{ subject }}."}
    answer = send(rosa, f"/incidents/{reference}/statements/x", **told)
    assert answer.status_code == 422 and "The text still says {{ subject }}" in answer.text
    assert not now_in(reference).statements
    send(rosa, f"/incidents/{reference}/statements/x", **told, **{"statement-x-as_it_is": "y"})
    assert now_in(reference).statements[0].text == "We hear you about {{ subject }}."


def test_the_step_due_first_is_said_on_top(rosa, storm, now_in):
    reference = storm()
    assert 'href="#step-page-roles"' in rosa.get(f"/incidents/{reference}").text
    send(rosa, f"/incidents/{reference}/steps/page-roles/done")
    assert 'href="#step-capture-evidence"' in rosa.get(f"/incidents/{reference}").text
