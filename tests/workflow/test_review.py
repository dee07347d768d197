from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from firebreak.domain.refusal import Refused
from firebreak.store import log, queries
from firebreak.workflow import incidents, record, review
from tests.stories import ADA, DAY, HOUR, NOW, PAUL, REFERENCE, ROSA, SEEN, playbook

QUESTIONS = (
    "- [ ] Breathe {#breathe role=lead due=5m}\n\n## Review questions\n\n- Who saw it first?\n- What was luck?\n"
)
FRIDAY = date(2026, 3, 20)
LATER = NOW + DAY


@pytest.fixture(autouse=True)
def incident(inside: Flask) -> None:
    """Stood down after an hour, with a playbook that asks two questions."""
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook("storm", QUESTIONS))
    incidents.stand_down(REFERENCE, "resolved", "Over", ADA, NOW + HOUR)


def loaded() -> object:
    log._cache.clear()
    return log.load(REFERENCE)


def test_the_questions_are_those_of_the_playbook_version_used() -> None:
    found = log.load(REFERENCE)
    assert found and review.questions_listed(found) == ("Who saw it first?", "What was luck?")


def test_answers_of_one_form_are_entries_of_their_own() -> None:
    before = log.load(REFERENCE)
    after = review.answer(REFERENCE, {"q1": "A customer", "q2": "The weather", "surprise": ""}, ROSA, LATER)
    assert before and after.seq == before.seq + 2
    assert after == loaded()


def test_one_wrong_question_keeps_the_whole_form_out() -> None:
    with pytest.raises(Refused):
        review.answer(REFERENCE, {"q1": "A customer", "q3": "Not asked"}, ROSA, LATER)
    assert loaded().answers == ()  # type: ignore[attr-defined]


def test_an_unknown_incident_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        review.agree("FB-2026-999", "", ADA, LATER)


def test_open_actions_are_listed_by_date_and_closed_ones_are_gone() -> None:
    for what, due in (("No date", None), ("Later", date(2026, 4, 1)), ("Soon", FRIDAY), ("Done", FRIDAY)):
        review.add_action(REFERENCE, what, PAUL, due, ADA, LATER)
    review.close_action(REFERENCE, "a-4", "done", "", ADA, LATER)
    assert [action.what for action, _row in queries.open_actions()] == ["Soon", "Later", "No date"]


def test_an_erased_action_loses_its_words_in_the_list_too() -> None:
    added = review.add_action(REFERENCE, "Speak with Karl", PAUL, FRIDAY, ADA, LATER)
    record.erase(REFERENCE, [added.seq], "", ADA, LATER)
    ((action, _row),) = queries.open_actions()
    assert (action.what, action.owner) == ("", PAUL)


def test_exercises_and_false_alarms_are_left_out_of_what_is_usual() -> None:
    for number, (told, outcome) in enumerate(((SEEN, "false_alarm"), (replace(SEEN, exercise=True), "resolved")), 2):
        incidents.open_incident(told, ADA, NOW)
        incidents.stand_down(f"FB-2026-{number:03d}", outcome, "Over", ADA, NOW + HOUR)
    assert len(queries.earlier_moments("FB-2026-999")) == 1
    assert queries.earlier_moments(REFERENCE) == []


def test_agreeing_is_a_moment_of_the_incident() -> None:
    review.agree(REFERENCE, "", PAUL, LATER)
    assert queries.moments([REFERENCE])[REFERENCE]["reviewed"] == LATER
