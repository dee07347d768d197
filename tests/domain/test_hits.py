"""How often the first suggestion was right: what counts, and what is a miss."""

from __future__ import annotations

from typing import Any

from firebreak.domain.hits import Suggested, Tally, count
from tests.stories import DAY, NOW

STORM, LEAK, RECALL, RUMOUR = "weekend-firestorm", "employee-leak", "product-safety", "false-rumour"
RANKED = ((STORM, 0.6), (LEAK, 0.2), (RECALL, 0.1), (RUMOUR, 0.05))


def told(chosen: str | None = STORM, judged: str | None = None, **facts: Any) -> Suggested:
    """An incident for which the storm was suggested first."""
    facts = {"reference": "FB-2026-001", "opened_at": NOW, "language": "en", "ranked": RANKED, **facts}
    return Suggested(chosen=chosen, judged=judged, **facts)


def test_what_was_used_is_what_people_judged_and_else_what_was_chosen_last() -> None:
    assert told(STORM, LEAK).used == LEAK
    assert told(STORM).used == STORM


def test_a_first_suggestion_that_was_used_is_right() -> None:
    assert count([told(), told(LEAK), told(RUMOUR)]).whole == Tally(incidents=3, first=1, within=2)


def test_a_report_that_was_left_alone_rightly_counts_as_right() -> None:
    found = count([told(None, "none", none=0.7)])
    assert found.by_scenario() == {"none": Tally(1, 1, 1, left_alone=1)}
    assert not found.misses


def test_a_crisis_that_was_left_alone_is_a_miss_though_it_was_shown_too() -> None:
    found = count([told(none=0.5)])
    assert found.by_scenario() == {STORM: Tally(1, 0, 1, left_alone=1)}
    assert [miss.first for miss in found.misses] == ["none"]


def test_a_storm_that_was_none_is_a_miss() -> None:
    found = count([told(STORM, "none")])
    assert found.by_scenario()["none"] == Tally(incidents=1)
    assert len(found.misses) == 1


def test_exercises_and_incidents_opened_without_suggestions_do_not_count() -> None:
    found = count([told(LEAK, exercise=True), told(LEAK, ranked=())])
    assert (found.whole, found.misses, found.open) == (Tally(), (), 0)


def test_an_incident_without_a_playbook_or_a_judgement_is_open_and_not_wrong() -> None:
    found = count([told(None), told()])
    assert (found.whole.incidents, found.misses, found.open) == (1, (), 1)


def test_counts_are_by_what_was_used_and_by_language() -> None:
    found = count([told(), told(language="fr"), told(LEAK, language="fr")])
    assert list(found.by_scenario().items()) == [(STORM, Tally(2, 2, 2)), (LEAK, Tally(1, 0, 1))]
    assert list(found.by_language().items()) == [("fr", Tally(2, 1, 2)), ("en", Tally(1, 1, 1))]


def test_no_crisis_stands_last_however_often_it_was() -> None:
    assert list(count([told(), *[told(judged="none")] * 3]).by_scenario()) == [STORM, "none"]


def test_misses_come_newest_first() -> None:
    old, new = told(LEAK, reference="old", opened_at=NOW - DAY), told(LEAK, reference="new")
    assert [miss.reference for miss in count([old, new, told()]).misses] == ["new", "old"]
