"""What an open room is told after something happened: rows, parts, words to read aloud, or to fetch itself anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import log
from firebreak.workflow import incidents, people, record, roles, settings, steps
from tests.conftest import NOW

pytestmark = pytest.mark.long_on_postgres


@pytest.fixture
def clock() -> list[Any]:
    """The time of the desk, to be moved by tests."""
    return [NOW]


@pytest.fixture
def app(desk: Callable[..., Flask], clock: list[Any]) -> Flask:
    return desk({"CLOCK": lambda: clock[0]})


@pytest.fixture
def storm(app: Flask) -> str:
    """The reference of an incident opened an hour ago, with a playbook."""
    with app.app_context():
        told = Opening("Moms are furious", channels=("x", "facebook"))
        playbook = library.get("en", "weekend-firestorm")
        return incidents.open_incident(told, 2, NOW - timedelta(hours=1), playbook=playbook).reference


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def head(app: Flask, storm: str) -> Callable[[], int]:
    """The number of the newest entry."""

    def seq() -> int:
        with app.app_context():
            found = log.load(storm)
            assert found
            return found.seq

    return seq


def page_of(client: FlaskClient, reference: str, **query: Any) -> str:
    return str(client.get(f"/incidents/{reference}", query_string=query).text)


def changes(client: FlaskClient, reference: str, after: int) -> Any:
    answer = client.get(f"/incidents/{reference}/changes?after={after}")
    assert answer.status_code == 200, answer.status
    return answer.json


def element(page: str, id: str) -> str:
    """From the tag with this id to the end of its line, roughly: enough to compare a beginning."""
    found = re.search(rf'<[a-z0-9]+[^>]*\bid="{id}".*', page)
    assert found, id
    return found[0]


def free_step(app: Flask, reference: str) -> str:
    """A step without a decision."""
    with app.app_context():
        found = log.load(reference)
        assert found
        return next(step.id for step in found.steps.values() if not step.decision)


def test_nothing_new_is_an_empty_answer(rosa, storm, head):
    answer = rosa.get(f"/incidents/{storm}/changes?after={head()}")
    assert (answer.status_code, answer.data) == (204, b"")


def test_an_unknown_incident_has_no_changes(rosa):
    assert rosa.get("/incidents/FB-2026-999/changes?after=1").status_code == 404


def test_the_page_says_where_its_changes_begin(rosa, storm, head):
    assert f'data-reference="{storm}" data-seq="{head()}"' in page_of(rosa, storm)


def test_a_tick_brings_its_row_and_its_line_of_the_checklist(app, rosa, storm, head):
    before, step = head(), free_step(app, storm)
    with app.app_context():
        steps.finish(storm, step, 2, NOW)
    found = changes(rosa, storm, before)
    assert f'id="entry-{before + 1}"' in found["rows"] and "step-done" in found["parts"][f"step-{step}"]
    assert (found["seq"], found["reload"]) == (before + 1, False)


def test_what_is_sent_is_what_the_page_shows(app, rosa, storm, head):
    before, step = head(), free_step(app, storm)
    with app.app_context():
        steps.finish(storm, step, 2, NOW)
        roles.assign(storm, "lead", 2, 2, NOW)
    found, page = changes(rosa, storm, before), page_of(rosa, storm)
    assert [id for id, html in found["parts"].items() if html not in page] == []
    assert all(line in page for line in found["rows"].split("</li>") if line.strip())


def test_every_part_is_in_the_page_once_and_holds_nothing_that_is_typed_into(app, rosa, storm):
    from firebreak.web import room, room_parts

    with app.test_request_context():
        parts = room_parts.parts(room.find(storm), True)
    page = page_of(rosa, storm)
    assert [id for id in parts if page.count(f'id="{id}"') != 1] == []
    assert [id for id, html in parts.items() if re.search(r"<(form|input|textarea|select)\b", html)] == []


def test_an_observer_is_sent_no_buttons(app, client, sign_in, storm, head):
    before, step = head(), free_step(app, storm)
    with app.app_context():
        steps.finish(storm, step, 2, NOW)
        roles.assign(storm, "lead", 2, 2, NOW)
    found = changes(sign_in(client, "oscar"), storm, before)
    assert "<button" not in "".join(found["parts"].values()) + found["rows"]


@pytest.mark.parametrize("change", ["channel", "playbook", "stand_down", "step", "statement"])
def test_other_sections_ask_for_the_whole_page(app, rosa, storm, head, change):
    before = head()
    with app.app_context():
        match change:
            case "channel":
                incidents.add_channel(storm, "tiktok", 2, NOW)
            case "playbook":
                incidents.choose_playbook(storm, library.get("en", "influencer-dispute") or library.every()[0], 2, NOW)
            case "stand_down":
                incidents.stand_down(storm, "false_alarm", "Nothing", 2, NOW)
            case "step":
                steps.add(storm, "Call them", "lead", timedelta(hours=1), "first-hour", False, 2, NOW)
            case "statement":
                record.post_statement(storm, "reddit", "We are sorry.", "", 2, NOW)
    assert changes(rosa, storm, before)["reload"] is True


def test_someone_far_behind_fetches_the_page(app, rosa, storm, head):
    before = head()
    with app.app_context():
        for number in range(51):
            record.add_note(storm, f"Note {number}", 2, NOW)
    assert changes(rosa, storm, before)["reload"] is True


def test_an_entry_struck_out_is_sent_again(app, rosa, storm, head):
    with app.app_context():
        seq = record.add_note(storm, "Wrong", 2, NOW).seq
        record.strike(storm, seq, "Not so", 2, NOW)
    rows = changes(rosa, storm, seq)["rows"]
    assert "entry-struck" in rows and f'id="entry-{seq}"' in rows


def test_what_was_erased_is_sent_again_without_it(app, rosa, storm, head):
    with app.app_context():
        seq = record.add_note(storm, "Her name is Wanda", 2, NOW).seq
    changes(rosa, storm, seq - 1), page_of(rosa, storm)
    with app.app_context():
        record.erase(storm, [seq], "Personal data", 1, NOW)
    assert "Wanda" not in page_of(rosa, storm) + str(changes(rosa, storm, seq)) + str(changes(rosa, storm, seq - 1))


def test_what_happened_is_said_in_a_short_sentence(app, rosa, storm, head):
    before = head()
    with app.app_context():
        roles.assign(storm, "lead", 2, 2, NOW)
    said = {"seq": head(), "by": 2, "text": "Rosa took the role Incident lead"}
    assert changes(rosa, storm, before)["said"] == [said]


def test_a_clock_that_rang_is_an_alarm(app, rosa, storm, head, clock):
    before = head()
    clock[0] = NOW + timedelta(hours=5)
    with app.app_context():
        from firebreak.workflow.tick import tick

        tick(clock[0])
    found = changes(rosa, storm, before)
    assert "Overdue: Somebody takes the lead" in [each["text"] for each in found["alarms"]]
    assert found["title"].startswith("(")


def test_many_entries_are_counted_and_not_read_out(app, rosa, storm, head):
    before = head()
    with app.app_context():
        for number in range(5):
            record.add_note(storm, f"Note {number}", 2, NOW)
    said = changes(rosa, storm, before)["said"]
    assert [each["text"] for each in said] == [""] * 5 and len({each["seq"] for each in said}) == 5


# --- what is kept can not lie ----------------------------------------------------------------------


def test_a_page_made_for_one_reader_is_shown_to_the_next_with_a_token_of_their_own(rosa, app, sign_in, storm):
    from firebreak.web.room_page import TOKEN

    other = sign_in(app.test_client(), "paul")
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', page_of(each, storm))) for each in (rosa, other)]
    assert [len(each) for each in tokens] == [1, 1]
    assert tokens[0] != tokens[1] and TOKEN not in tokens[0] | tokens[1]


def test_a_correction_is_on_the_next_page(app, rosa, storm):
    with app.app_context():
        seq = record.add_note(storm, "Three stores", 2, NOW).seq
    page_of(rosa, storm)
    with app.app_context():
        record.correct(storm, seq, "Counted again", 2, NOW, body={"text": "Four stores"})
    page = page_of(rosa, storm)
    assert "Four stores" in page and "Three stores" not in page


def test_an_entry_struck_out_is_marked_on_the_next_page(app, rosa, storm):
    with app.app_context():
        seq = record.add_note(storm, "Three stores", 2, NOW).seq
    page_of(rosa, storm)
    with app.app_context():
        record.strike(storm, seq, "Not so", 2, NOW)
    assert "entry-struck" in page_of(rosa, storm)


def test_a_new_name_is_on_the_next_page(app, rosa, storm):
    with app.app_context():
        roles.assign(storm, "lead", 2, 2, NOW)
    page_of(rosa, storm)
    with app.app_context():
        people.change_details(2, {"name": "Rosalind"}, 1, NOW)
    page = page_of(rosa, storm).split('<div class="room"')[1]
    assert "Rosalind took the role" in page and "Rosa took" not in page


@pytest.mark.parametrize(("detail", "seen"), [("language", "Chronomètres"), ("zone", "06:40"), ("clock", "9:40")])
def test_another_language_zone_or_clock_of_ones_own_counts_at_once(app, rosa, storm, detail, seen):
    with app.app_context():
        roles.assign(storm, "lead", 2, 2, NOW)
    before = page_of(rosa, storm)
    with app.app_context():
        people.change_details(2, {detail: {"language": "fr", "zone": "Asia/Tokyo", "clock": "12h"}[detail]}, 2, NOW)
    assert seen not in before and seen in page_of(rosa, storm)


def test_access_taken_away_counts_at_once(app, rosa, storm):
    assert "Take the lead" in page_of(rosa, storm)
    with app.app_context():
        people.give_access(2, "observer", 1, NOW)
    assert "Take the lead" not in page_of(rosa, storm)


def test_a_setting_counts_at_once(app, rosa, storm):
    page_of(rosa, storm)
    with app.app_context():
        settings.change({"brands": ["Northwind Shoes"]}, 1, NOW)
    assert "Northwind Shoes" in page_of(rosa, storm)


def test_a_disabled_person_sees_nothing_more(app, rosa, storm):
    page_of(rosa, storm)
    with app.app_context():
        people.disable(2, 1, NOW)
    assert rosa.get(f"/incidents/{storm}").status_code == 303
    assert rosa.get(f"/incidents/{storm}/changes?after=1").status_code == 303


def test_words_of_time_grow_old_by_ten_seconds_at_most(app, rosa, storm, clock):
    before = page_of(rosa, storm)
    clock[0] = NOW + timedelta(minutes=7)
    assert element(before, "room-alarm") == element(page_of(rosa, storm), "room-alarm")
    assert "1 h 7 min" in page_of(rosa, storm)


def test_who_was_told_has_a_page(rosa, storm):
    assert "Nobody has been told" in rosa.get(f"/incidents/{storm}/told").text


def test_a_reader_ahead_of_a_restored_log_fetches_the_page(rosa, storm, head):
    assert changes(rosa, storm, head() + 7)["reload"] is True


def test_only_parts_that_differ_are_sent(app, rosa, storm, head):
    page_of(rosa, storm)
    before = head()
    with app.app_context():
        record.add_note(storm, "Seen", 2, NOW)
    assert changes(rosa, storm, before)["parts"] == {}
