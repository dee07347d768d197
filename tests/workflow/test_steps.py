from __future__ import annotations

import pytest
from flask import Flask

from firebreak.domain.refusal import Refused
from firebreak.store import log
from firebreak.workflow import incidents, steps
from tests.stories import ADA, HOUR, NOW, REFERENCE, ROSA, SEEN, playbook


@pytest.fixture(autouse=True)
def incident(inside: Flask) -> None:
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


def test_a_tick_is_stored_before_it_is_returned() -> None:
    told = steps.finish(REFERENCE, "name-lead", ROSA, NOW, note="Rosa")
    log._cache.clear()
    assert log.load(REFERENCE) == told


def test_two_people_ticking_one_step_leave_the_first_ones_tick() -> None:
    steps.finish(REFERENCE, "name-lead", ROSA, NOW)
    assert steps.finish(REFERENCE, "name-lead", ADA, NOW + HOUR).steps["name-lead"].by == ROSA


def test_a_tick_can_be_told_later() -> None:
    assert steps.finish(REFERENCE, "name-lead", ROSA, NOW, at=NOW - HOUR).steps["name-lead"].at == NOW - HOUR


def test_a_decision_says_which() -> None:
    assert steps.finish(REFERENCE, "advert", ROSA, NOW, choice="keep").steps["advert"].choice == "keep"


def test_a_step_is_set_aside_and_opened_again() -> None:
    aside = steps.set_aside(REFERENCE, "name-lead", "Alone", ADA, NOW)
    again = steps.reopen(REFERENCE, "name-lead", "Not alone any more", ADA, NOW)
    assert [found.steps["name-lead"].state for found in (aside, again)] == ["not_applicable", "open"]


def test_a_step_of_ones_own_is_added_taken_and_done() -> None:
    steps.add(REFERENCE, "Call the shop", "care", HOUR, "first-hour", True, ADA, NOW)
    steps.assign(REFERENCE, "own-1", ROSA, ADA, NOW)
    own = steps.finish(REFERENCE, "own-1", ROSA, NOW).steps["own-1"]
    assert (own.person, own.state, own.due) == (ROSA, "done", NOW + HOUR)


def test_a_refused_tick_stores_nothing() -> None:
    before = log.load(REFERENCE)
    with pytest.raises(Refused):
        steps.finish(REFERENCE, "nothing", ADA, NOW)
    assert log.load(REFERENCE) == before
