"""kill -9 of the web server, the worker, all of the desk and PostgreSQL in a storm of real clients.

What was acknowledged is in the log exactly once; what was not is there wholly or not at all.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from firebreak import maintenance
from firebreak.store import db, log, models, projections
from tests import postgres
from tests.faults.desk import RealDesk
from tests.faults.storm import Storm
from tests.stories import REFERENCE

PEOPLE = 4
PARTS = (("web",), ("worker",), ("master",), ())
"""What is killed: a process that answers, the worker, gunicorn's own master, everything."""


def typed() -> list[str]:
    """What was typed in each entry, in the order of the log."""
    bodies = sa.select(models.EntryBody.body).join(models.Entry, models.Entry.id == models.EntryBody.entry_id)
    with db.engine.connect() as connection:
        return list(
            connection.execute(bodies.where(models.Entry.stream == REFERENCE).order_by(models.Entry.seq)).scalars()
        )


def times_in_log(marks: Iterable[str]) -> dict[str, int]:
    """Mark -> in how many entries it is."""
    found: dict[str, int] = dict.fromkeys(marks, 0)
    for body in typed():
        for value in json.loads(body).values():
            if isinstance(value, str) and value in found:
                found[value] += 1
    return found


def announced() -> list[int]:
    """The numbers of all entries that an outbox row speaks of, sorted; each is to be there once."""
    box = models.Outbox
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(box.first_seq, box.last_seq).where(box.stream == REFERENCE)).all()
    return sorted(seq for first, last in rows for seq in range(first, last + 1))


def projected() -> dict[str, list[Any]]:
    """Every row; only the worker's hint of when to look again is no part of what was recorded."""
    with db.engine.connect() as connection:
        tables = (models.table(model) for model in projections.TABLES)
        wanted = {t.name: sa.select(*(column for column in t.c if column.name != "next_due")) for t in tables}
        return {name: sorted(map(str, connection.execute(query).all())) for name, query in wanted.items()}


def the_record_is_whole(storm: Storm) -> None:
    log._cache.clear()
    found = times_in_log(storm.sent)
    assert {mark for mark in storm.acknowledged if found[mark] != 1} == set()
    assert {mark for mark in found if found[mark] > 1} == set()
    assert [finding.broken for finding in maintenance.verify() if finding.broken] == []
    incident = log.load(REFERENCE)
    assert incident and announced() == list(range(1, incident.seq + 1))
    before = projected()
    maintenance.rebuild(datetime.now(UTC))
    assert projected() == before


def strike(real: RealDesk, *parts: str) -> None:
    """Kill it, and see it come back: by itself, or started anew when all of it is gone."""
    real.kill(*parts)
    if not parts or "parent" in parts:
        real.start()
    real.ready()


def rage(storm: Storm, blow: Callable[[], object], chance: random.Random) -> None:
    """A storm, and in the middle of it the blow; afterwards everything must be in order."""
    storm.begin()
    try:
        storm.until(more=chance.randint(5, 25))
        blow()
        storm.until(more=3)
    finally:
        storm.end()
    the_record_is_whole(storm)


@pytest.fixture
def storm(real: RealDesk) -> Storm:
    rosa = real.person("rosa")
    return Storm([rosa] * PEOPLE)


@pytest.fixture
def blows(real: RealDesk, request: pytest.FixtureRequest) -> list[Callable[[], None]]:
    """Ways of being killed: each of PARTS, and the database's server where there is one."""
    found: list[Callable[[], None]] = [partial(strike, real, *parts) for parts in PARTS]
    if db.engine.dialect.name == "postgresql":
        found.append(partial(crash, request.getfixturevalue("cluster")))
    return found


def crash(cluster: postgres.Cluster) -> None:
    cluster.crash()
    cluster.resume()


@pytest.mark.long_on_postgres
def test_whatever_is_killed_in_a_storm_what_was_acknowledged_stays(
    storm: Storm, blows: list[Callable[[], None]]
) -> None:
    chance = random.Random(len(blows))
    for blow in blows[1:]:
        rage(storm, blow, chance)
    assert set(storm.refused.values()) <= {503}


@pytest.mark.long
def test_fifty_kills_lose_nothing(storm: Storm, blows: list[Callable[[], None]]) -> None:
    chance = random.Random(50)
    for number in range(50):
        rage(storm, blows[number % len(blows)], chance)
    assert set(storm.refused.values()) <= {503}
