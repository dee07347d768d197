"""Many hands at once, on both databases: one of them wins, nothing is lost, nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from firebreak import maintenance
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.store import db, log, reading
from firebreak.workflow import incidents, record, roles, steps, tick
from tests.stories import ADA, HOUR, NOW, REFERENCE, ROSA, SEEN, playbook

HANDS = 40


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


def at_once(app: Flask, wish: Callable[[int], Any], hands: int = HANDS) -> list[Any]:
    """Every hand's answer: what the wish returned, or the exception it met."""
    start = Barrier(hands)

    def one(number: int) -> Any:
        with app.app_context():
            start.wait()
            try:
                return wish(number)
            except Exception as error:
                return error

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def kinds(kind: str) -> int:
    with db.engine.connect() as connection:
        return sum(entry.event.kind == kind for entry in reading.entries(connection, REFERENCE))


def in_order() -> bool:
    return not any(finding.broken for finding in maintenance.verify())


def test_forty_hands_on_one_step_leave_one_tick(app: Flask, incident: Incident) -> None:
    answers = at_once(app, lambda number: steps.finish(REFERENCE, "name-lead", number, NOW))
    assert {answer.steps["name-lead"].by for answer in answers} == {log.load(REFERENCE).steps["name-lead"].by}  # type: ignore[union-attr]
    assert (kinds("step:done"), in_order()) == (1, True)


def test_forty_notes_are_forty_entries(app: Flask, incident: Incident) -> None:
    at_once(app, lambda number: record.add_note(REFERENCE, f"Note {number}", number, NOW))
    assert (kinds("note:added"), log.load(REFERENCE).seq, in_order()) == (HANDS, incident.seq + HANDS, True)  # type: ignore[union-attr]


def test_a_double_tap_opens_one_incident(app: Flask, inside: Flask) -> None:
    opened = at_once(app, lambda _: incidents.open_incident(SEEN, ADA, NOW, key="tap").reference, 8)
    assert (set(opened), in_order()) == ({REFERENCE}, True)


def test_openings_at_once_have_numbers_of_their_own_without_a_gap(app: Flask, inside: Flask) -> None:
    opened = at_once(app, lambda _: incidents.open_incident(SEEN, ADA, NOW).reference, 12)
    assert sorted(opened) == [f"FB-2026-{number:03d}" for number in range(1, 13)]


def test_refused_openings_among_good_ones_leave_no_gap(app: Flask, inside: Flask) -> None:
    def wish(number: int) -> str:
        return incidents.open_incident(replace(SEEN, report="x" * (number % 2)), ADA, NOW).reference

    opened = at_once(app, wish, 12)
    assert sum(isinstance(answer, Refused) for answer in opened) == 6
    assert sorted(a for a in opened if isinstance(a, str)) == [f"FB-2026-{number:03d}" for number in range(1, 7)]


def test_of_two_who_take_the_lead_the_second_took_it_over(app: Flask, incident: Incident) -> None:
    at_once(app, lambda number: roles.assign(REFERENCE, "lead", (ADA, ROSA)[number], (ADA, ROSA)[number], NOW), 2)
    with db.engine.connect() as connection:
        taken = [e.event.data for e in reading.entries(connection, REFERENCE) if e.event.kind == "role:assigned"]
    assert [data["previous"] for data in taken] == [None, taken[0]["person"]]


def test_a_tick_and_a_stand_down_never_both_win_out_of_order(app: Flask, incident: Incident) -> None:
    wishes = [
        lambda: incidents.stand_down(REFERENCE, "resolved", "Over", ADA, NOW),
        lambda: steps.finish(REFERENCE, "name-lead", ADA, NOW),
    ]
    answers = at_once(app, lambda number: wishes[number](), 2)
    step = log.load(REFERENCE).steps["name-lead"]  # type: ignore[union-attr]
    assert isinstance(answers[1], Refused) == (step.state == "open")


def test_two_workers_ring_each_clock_once(app: Flask, incident: Incident) -> None:
    at_once(app, lambda _: tick.tick(NOW + HOUR), 4)
    assert kinds("clock:breached") == len(
        {"acknowledge", "first_response", "first_response:x", "first_response:facebook"}
    )


def test_the_lists_are_rebuilt_while_others_write(app: Flask, incident: Incident) -> None:
    def wish(number: int) -> Any:
        if number % 4 == 0:
            return maintenance.rebuild(NOW)
        if number % 4 == 1:
            return incidents.open_incident(SEEN, ADA, NOW)
        return steps.add(REFERENCE, f"Step {number}", "care", HOUR, "first-hour", True, ADA, NOW)

    answers = at_once(app, wish, 16)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert in_order()


def test_verify_finds_nothing_broken_while_others_write(app: Flask, incident: Incident) -> None:
    def wish(number: int) -> Any:
        if number % 2:
            return [record.add_note(REFERENCE, "Note", ADA, NOW) for _ in range(5)]
        return [finding.broken for _ in range(5) for finding in maintenance.verify()]

    assert {broken for found in at_once(app, wish, 8)[::2] for broken in found} == {""}
