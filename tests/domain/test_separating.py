from __future__ import annotations

from itertools import permutations

import pytest

from firebreak import trained
from firebreak.domain import separating
from firebreak.domain.model import NONE

SCENARIOS = [scenario for scenario in trained.table().classes if scenario != NONE]


def test_every_scenario_has_a_hallmark_of_its_own() -> None:
    assert sorted(separating.HALLMARKS) == SCENARIOS
    assert len(set(separating.QUESTIONS)) == len(SCENARIOS) + 1


def test_for_every_close_pair_there_is_a_question_whose_answers_speak_for_one_of_them() -> None:
    for first, second in permutations(SCENARIOS, 2):
        asked = separating.question([(first, 0.4), (second, 0.35)], {})
        assert asked
        settled = [
            {each for each in (first, second) if separating.against(each, {asked: said})} for said in (True, False)
        ]
        assert sorted(map(len, settled)) == [1, 1] and settled[0] != settled[1], (first, second)


def test_a_question_that_was_answered_is_not_asked_again() -> None:
    best = [("employee-leak", 0.4), ("misdirected-post", 0.35)]
    assert separating.question(best, {}) == "own_account"
    assert separating.question(best, {"own_account": False}) is None


@pytest.mark.parametrize("best", [[], [("employee-leak", 0.9)], [("employee-leak", 0.8), ("false-rumour", 0.15)]])
def test_nothing_is_asked_where_nothing_is_close(best: list[tuple[str, float]]) -> None:
    assert separating.question(best, {}) is None


def test_beside_a_playbook_nobody_trained_the_other_ones_hallmark_is_asked() -> None:
    assert separating.question([("our-own", 0.4), ("service-outage", 0.3)], {}) == "not_working"
    assert separating.question([("our-own", 0.4), ("our-other", 0.3)], {}) is None


def test_a_yes_speaks_for_its_scenario_and_against_the_rest() -> None:
    assert separating.backs("service-outage", "not_working", True)
    assert not separating.against("service-outage", {"not_working": True})
    assert separating.against("data-exposure", {"not_working": True}) == 1
    assert separating.against("service-outage", {"not_working": False}) == 1
