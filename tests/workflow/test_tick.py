"""The passing of time, written into the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from firebreak.domain.events import EventKind
from firebreak.store import db, log, models, queries
from firebreak.workflow import record, tick
from tests.notify.conftest import BOTH, database_url, desk, postgres_template, sqlite_template
from tests.notify.desk import MINUTE, NOW, Desk

__all__ = ["database_url", "desk", "postgres_template", "sqlite_template"]
kind = pytest.fixture(params=BOTH)(lambda request: request.param)
ALARMS = (EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED)


def alarms(reference: str) -> list[tuple[str, str, timedelta]]:
    incident = log.load(reference)
    assert incident is not None
    rung = [fact.event for fact in incident.facts if fact.event.kind in ALARMS]
    return [(event.kind.partition(":")[2], event.data["clock"], event.at - NOW) for event in rung]


def due(desk: Desk) -> list[str]:
    with desk.app.app_context():
        return queries.due_incidents(desk.now)


def pass_time(desk: Desk, length: timedelta) -> list[str]:
    desk.now += length
    with desk.app.app_context():
        return tick.tick(desk.now)


def test_a_clock_warns_at_three_quarters_and_rings_at_its_end(desk: Desk) -> None:
    reference = desk.open(None, severity="serious").reference
    pass_time(desk, 12 * MINUTE)
    pass_time(desk, 3 * MINUTE)
    warned, rung = timedelta(minutes=11, seconds=15), 15 * MINUTE
    assert alarms(reference) == [("warned", "acknowledge", warned), ("breached", "acknowledge", rung)]


def test_a_worker_that_slept_records_the_breach_at_the_time_it_fell_due(desk: Desk) -> None:
    reference = desk.open(None, severity="critical").reference
    pass_time(desk, timedelta(hours=1))
    expected = [("breached", "acknowledge", 10 * MINUTE), ("breached", "first_response", 30 * MINUTE)]
    assert alarms(reference) == expected


def test_nothing_rings_twice_or_keeps_the_worker_busy(desk: Desk) -> None:
    reference = desk.open(None).reference
    pass_time(desk, timedelta(days=9))
    count = len(alarms(reference))
    pass_time(desk, MINUTE)
    assert (due(desk), len(alarms(reference))) == ([], count)


def test_a_hint_in_the_past_is_put_right(desk: Desk) -> None:
    reference = desk.open(None).reference
    with db.engine.begin() as connection:
        connection.execute(sa.update(models.IncidentRow).values(next_due=NOW))
    assert due(desk) == [reference]
    pass_time(desk, timedelta())
    assert due(desk) == []


def test_a_clock_that_was_stopped_does_not_ring(desk: Desk) -> None:
    reference = desk.open(None, severity="watch").reference
    record.post_statement(reference, "x", "We hear you.", "", 1, NOW)
    pass_time(desk, timedelta(days=3))
    assert alarms(reference) == []


def test_an_incident_that_fails_is_named_and_the_others_ring(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = desk.open(None).reference, desk.open(None, report="Another storm").reference
    ring = tick.ring
    monkeypatch.setattr(tick, "ring", lambda reference, now: 1 / 0 if reference == first else ring(reference, now))
    assert pass_time(desk, 12 * MINUTE) == [first]
    assert len(alarms(second)) == 1
    assert f"the clocks of {first} could not be looked at" in caplog.text
