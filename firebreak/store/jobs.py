"""PDFs to be made: asked for by a page, claimed by one worker at a time, kept for a week.

Every claim is a conditional write. A worker that dies leaves its lease to end; then another one starts anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.domain.events import EventKind
from firebreak.store import db, models
from firebreak.store.engine import WRITES

LEASE = timedelta(minutes=3)
"""Every report of progress begins it anew, so it bounds the time of one page and not of the whole."""
KEPT = timedelta(days=7)
MOST_TRIES = 3
UNDONE = ("waiting", "working")
ERASURES = (EventKind.ENTRY_ERASED, EventKind.PERSON_ERASED)
WORKER_DIED = "broke_off"

_row = models.PrintJob


@dataclass(frozen=True, slots=True)
class Job:
    """A PDF asked for. States: waiting, working (`progress` in percent), done (`result`, `pages`, `size` in bytes),
    failed (`reason`: a code, perhaps followed by a space and a detail)."""

    id: int
    kind: str
    params: Mapping[str, Any]
    state: str
    progress: int
    tries: int
    result: str | None
    name: str
    pages: int
    size: int
    reason: str | None
    asked_by: int | None
    asked_at: datetime
    done_at: datetime | None

    @property
    def undone(self) -> bool:
        return self.state in UNDONE


_COLUMNS = [getattr(_row, name) for name in Job.__dataclass_fields__]


@contextmanager
def _writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        yield connection


# --- for pages -------------------------------------------------------------------------------------


def ask(kind: str, params: Mapping[str, Any], by: int | None, now: datetime) -> int:
    """Put a PDF on the list and return its number; a second tap gives the number of the first."""
    wanted = {"kind": kind, "params": dict(params), "asked_by": by, "asked_at": now}
    new = {"state": "waiting", "progress": 0, "tries": 0, "name": "", "pages": 0, "size": 0}
    with _writing() as connection:
        alike = next((j.id for j in _jobs(connection, kind) if j.undone and (j.params, j.asked_by) == (params, by)), 0)
        made: Any = alike or connection.execute(sa.insert(models.table(_row)).values(wanted | new)).inserted_primary_key
    return int(alike or made[0])


def find(id: int) -> Job | None:
    """One job; None when there is none, or no longer. On a connection of its own, so that it is never an old state."""
    with db.engine.connect() as connection:
        row = connection.execute(sa.select(*_COLUMNS).where(_row.id == id)).first() if id < 2**31 else None
    return Job(*row) if row else None


def recent(kind: str) -> list[Job]:
    """The jobs of one kind, newest first."""
    with db.engine.connect() as connection:
        return _jobs(connection, kind)


def _jobs(connection: Connection, kind: str) -> list[Job]:
    found = sa.select(*_COLUMNS).where(_row.kind == kind).order_by(_row.id.desc())
    return [Job(*row) for row in connection.execute(found)]


# --- for the worker --------------------------------------------------------------------------------


def claim(now: datetime) -> Job | None:
    """Take the oldest job that nobody is at; None when there is none. Given up after MOST_TRIES broken starts."""
    # A lease that ends later than any that could be given now was taken before the clock was set back.
    ended = sa.or_(_row.lease_until <= now, _row.lease_until > now + LEASE)
    free = sa.or_(_row.state == "waiting", sa.and_(_row.state == "working", ended))
    with db.engine.connect() as connection:
        ids = list(connection.execute(sa.select(_row.id).where(free).order_by(_row.id)).scalars())
    return next((job for job in (_claim(id, free, now) for id in ids) if job), None)


def _claim(id: int, free: Any, now: datetime) -> Job | None:
    ours = sa.update(_row).where(_row.id == id, free)
    spent = _row.tries >= MOST_TRIES
    over = ours.where(spent).values(state="failed", reason=WORKER_DIED, lease_until=None, done_at=now)
    taken = ours.values(state="working", progress=0, tries=_row.tries + 1, lease_until=now + LEASE)
    with _writing() as connection:
        connection.execute(over)
        row = connection.execute(taken.returning(*_COLUMNS)).first()
    return Job(*row) if row else None


def report(job: Job, percent: int, now: datetime) -> bool:
    """How far it is; False when another worker has taken the job since, or it is gone."""
    return _change(job, progress=percent, lease_until=now + LEASE)


def finish(job: Job, result: str, name: str, pages: int, size: int, now: datetime) -> bool:
    """The bytes are in place under the hash `result`. False as for `report`."""
    facts = {"result": result, "name": name, "pages": pages, "size": size}
    return _change(job, state="done", progress=100, lease_until=None, done_at=now, **facts)


def fail(job: Job, reason: str, now: datetime) -> bool:
    """Given up for good; False as for `report`."""
    return _change(job, state="failed", reason=reason, lease_until=None, done_at=now)


def _change(job: Job, **values: Any) -> bool:
    ours = sa.update(_row).where(_row.id == job.id, _row.state == "working", _row.tries == job.tries)
    with _writing() as connection:
        return connection.execute(ours.values(**values)).rowcount == 1


def forget(now: datetime) -> None:
    """Drop what is older than a week, and what was asked for before a person or a text was erased: it may hold them."""
    with db.engine.connect() as connection:
        erasures = sa.select(sa.func.max(models.Entry.recorded_at)).where(models.Entry.kind.in_(ERASURES))
        erased = connection.execute(erasures).scalar()
        oldest = max(filter(None, (now - KEPT, erased)))
        if not connection.execute(sa.select(_row.id).where(_row.asked_at <= oldest).limit(1)).first():
            return
    with _writing() as connection:
        connection.execute(sa.delete(_row).where(_row.asked_at <= oldest))


def results() -> set[str]:
    """The hashes of every file that a job still names."""
    with db.engine.connect() as connection:
        return set(connection.execute(sa.select(_row.result).where(_row.result.is_not(None))).scalars())  # type: ignore[arg-type]
