from __future__ import annotations

from dataclasses import replace

import pytest

from firebreak.domain.deciding import closing, mending, opening, record, roles, steps
from firebreak.domain.events import DESK_KINDS, Entry, Event, EventKind
from firebreak.domain.folding import apply, effective, replay
from firebreak.domain.incidents import Incident
from tests.stories import ADA, HOUR, MINUTE, NOW, OTHER_STEPS, REFERENCE, ROSA, Story, opened, playbook

K = EventKind
STORM, FLOOD = playbook(), playbook("flood", OTHER_STEPS)


def long_night() -> Story:
    """A story with a mend of every sort in it."""
    story = opened(STORM)
    story.do(roles.assign_role, "lead", ROSA)
    story.do(steps.finish_step, "pause-scheduled", note="By phone")
    said = story.wait(MINUTE).do(record.post_statement, "x", "Sorry", "", next_update_at=story.now + HOUR)[0]
    story.do(mending.correct, said.seq, "Wrong channel", codes={"channel": "weibo"}, at=NOW)
    lead = story.do(roles.assign_role, "lead", ADA)[0]
    story.do(mending.strike, lead.seq, "A slip")
    story.do(opening.choose_playbook, FLOOD)
    story.do(mending.erase, [1], "A name")
    return story


def test_folding_one_by_one_equals_replaying_all() -> None:
    story = long_night()
    again = replay(story.entries)
    assert (again, again.facts) == (story.incident, story.incident.facts)


@pytest.mark.parametrize("cut", range(1, 12))
def test_any_beginning_of_the_log_folds_the_same_both_ways(cut: int) -> None:
    entries = long_night().entries
    incident = replay(entries[:cut])
    for entry in entries[cut:]:
        incident = apply(incident, entry)
    assert incident == replay(entries)


def test_an_empty_log_is_an_empty_incident() -> None:
    assert replay([], "FB-2026-009") == Incident("FB-2026-009")


def test_folding_goes_by_number_and_never_by_time() -> None:
    story = opened(STORM).wait(HOUR)
    story.do(steps.finish_step, "name-lead")
    story.do(steps.reopen_step, "name-lead", "")
    story.do(steps.set_aside_step, "name-lead", "No need", at=NOW - HOUR)
    assert story.incident.steps["name-lead"].state == "not_applicable"


def test_folding_works_without_bodies() -> None:
    entries = long_night().entries
    bare = [replace(e, erased=True, event=replace(e.event, data=e.event.codes)) for e in entries]
    told, full = replay(bare), replay(entries)
    assert (told.steps, told.roles, told.clocks, told.moments) == (full.steps, full.roles, full.clocks, full.moments)


def test_a_change_of_playbook_keeps_every_tick() -> None:
    story = opened(STORM)
    story.do(steps.finish_step, "pause-scheduled")
    before = story.incident.steps["pause-scheduled"]
    story.do(opening.choose_playbook, FLOOD)
    after = story.incident.steps["pause-scheduled"]
    assert (after.state, after.at, after.by, after.seq) == (before.state, before.at, before.by, before.seq)


def test_changing_the_playbook_twice_and_back_brings_its_steps_and_ticks_back() -> None:
    story = opened(STORM)
    story.do(steps.finish_step, "advert", choice="pull")
    story.do(opening.choose_playbook, FLOOD)
    assert not story.incident.steps["advert"].current
    story.do(opening.choose_playbook, STORM)
    back = story.incident.steps["advert"]
    assert (back.current, back.state, back.choice) == (True, "done", "pull")


def test_a_step_is_due_from_the_choice_of_a_late_playbook() -> None:
    story = opened().wait(HOUR)
    story.do(opening.choose_playbook, STORM)
    assert story.incident.steps["name-lead"].due == NOW + HOUR + 5 * MINUTE


def test_the_steps_of_the_new_playbook_come_first_and_own_steps_stay() -> None:
    story = opened(STORM)
    story.do(steps.add_step, "Call the shop", "care", HOUR, "first-hour", False)
    story.do(opening.choose_playbook, FLOOD)
    assert list(story.incident.steps) == ["pause-scheduled", "call-lawyer", "name-lead", "advert", "own-1"]
    assert story.incident.steps["own-1"].current


def test_striking_the_tick_opens_the_step() -> None:
    story = opened(STORM)
    seq = story.do(steps.finish_step, "name-lead")[0].seq
    story.do(mending.strike, seq, "Not yet")
    assert story.incident.steps["name-lead"].state == "open"


def test_striking_the_second_lead_gives_the_role_back_to_the_first() -> None:
    story = opened()
    story.do(roles.assign_role, "lead", ADA)
    seq = story.wait(MINUTE).do(roles.assign_role, "lead", ROSA)[0].seq
    story.do(mending.strike, seq, "A slip")
    assert (story.incident.lead, story.incident.moments["acknowledged"]) == (ADA, NOW)


def test_striking_the_only_lead_takes_the_acknowledgement_back() -> None:
    story = opened()
    seq = story.do(roles.assign_role, "lead", ADA)[0].seq
    story.do(mending.strike, seq, "A slip")
    assert "acknowledged" not in story.incident.moments
    assert story.status("acknowledge") == "running"


def test_the_last_correction_wins_and_none_undoes_another() -> None:
    story = opened()
    seq = story.do(record.post_statement, "x", "One", "")[0].seq
    story.do(mending.correct, seq, "Text", body={"text": "Two"})
    story.do(mending.correct, seq, "Time", at=NOW - MINUTE)
    story.do(mending.correct, seq, "Text again", body={"text": "Three"})
    assert [(s.text, s.at) for s in story.incident.statements] == [("Three", NOW - MINUTE)]


def test_the_earliest_value_of_a_moment_counts() -> None:
    story = opened().wait(HOUR)
    story.do(record.record_moment, "contained")
    story.do(record.record_moment, "contained", at=NOW + MINUTE)
    assert story.incident.moments["contained"] == NOW + MINUTE


def test_reopening_takes_the_outcome_and_the_end_back() -> None:
    story = opened()
    story.do(closing.stand_down, "duplicate", "Same", duplicate_of="FB-2026-009")
    story.do(closing.reopen, "Not the same")
    assert (story.incident.outcome, story.incident.duplicate_of, "stood_down" in story.incident.moments) == (
        None,
        None,
        False,
    )


def test_a_second_standing_down_is_the_end() -> None:
    story = opened()
    story.do(closing.stand_down, "resolved", "Over")
    story.wait(HOUR).do(closing.reopen, "Not over")
    story.wait(HOUR).do(closing.stand_down, "resolved", "Over now")
    assert story.incident.moments["stood_down"] == NOW + 2 * HOUR


def test_erasing_entry_1_leaves_its_times_and_no_word() -> None:
    story = opened()
    story.do(mending.erase, [1], "A name")
    assert (story.incident.title, story.incident.report) == ("", "")
    assert story.incident.fact(1).event.body == {}  # type: ignore[union-attr]
    assert story.incident.moments["noticed"] == NOW


def test_a_corrected_entry_is_shown_with_what_was_written_first() -> None:
    story = opened()
    seq = story.do(record.add_note, "First", "<p>First</p>", ())[0].seq
    story.do(mending.correct, seq, "Typo", body={"text": "Second"})
    assert story.incident.fact(seq).event.data["text"] == "First"  # type: ignore[union-attr]
    assert list(effective(story.incident.facts))[seq - 1].event.data["text"] == "Second"


def test_an_alarm_for_an_older_due_time_marks_nothing() -> None:
    story = opened()
    old = {"clock": "acknowledge", "due": "2026-03-07T00:00:00.000000+00:00"}
    story.tell([Event(K.CLOCK_BREACHED, story.now, None, old)])
    assert not story.incident.clocks["acknowledge"].breached


@pytest.mark.parametrize("kind", sorted(DESK_KINDS))
def test_an_entry_of_the_desk_does_not_belong_to_an_incident(kind: EventKind) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        apply(opened().incident, Entry(9, REFERENCE, 9, NOW, Event(kind, NOW, None)))
