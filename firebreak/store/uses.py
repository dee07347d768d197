"""Which incidents used which version of a playbook: a projection of the log, and what pages ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.store import Base, db, models
from firebreak.store.types import text, utc

NAMED = 5
"""Incidents named beside a version; the others are counted."""


class IncidentPlaybook(Base):
    """A version that an incident chose, in force or since replaced, and when it chose it last."""

    __tablename__ = "incident_playbook"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    scenario: Mapped[text]
    language: Mapped[text]
    number: Mapped[int]
    exercise: Mapped[bool]
    at: Mapped[utc]
    __table_args__ = (
        Index("incident_playbook_by_number", "scenario", "language", "number"),
        Index("incident_playbook_by_time", "scenario", "language", "exercise", "at"),
    )


@dataclass(frozen=True)
class Use:
    """An incident that chose a playbook; `hash` is the version it chose last."""

    reference: str
    title: str
    state: str
    severity: str
    exercise: bool
    opened_at: datetime
    hash: str


@dataclass(frozen=True)
class Uses:
    """How many incidents chose a version, and the newest of them."""

    count: int
    references: tuple[str, ...]


@dataclass(frozen=True)
class LastUse:
    """When a playbook was last chosen in an exercise, and in earnest."""

    exercise: datetime | None = None
    earnest: datetime | None = None

    @property
    def at(self) -> datetime | None:
        return max(filter(None, (self.exercise, self.earnest)), default=None)


NEVER = LastUse()
Book = tuple[str, str]
"""Language and scenario."""


def of(language: str, scenario: str, limit: int) -> list[Use]:
    """The newest incidents that chose this playbook in any version, each once."""
    kept, row = models.table(IncidentPlaybook), models.table(models.IncidentRow)
    mine = sa.and_(kept.c.scenario == scenario, kept.c.language == language)
    # Twice as many as are shown: an incident that used two versions has two rows.
    some = sa.select(kept).where(mine).order_by(kept.c.number.desc()).limit(2 * limit).subquery()
    newest = sa.func.row_number().over(partition_by=some.c.reference, order_by=(some.c.at.desc(), some.c.hash))
    ranked = sa.select(some.c.reference, some.c.hash, newest.label("place")).subquery()
    facts = (row.c.title, row.c.state, row.c.severity, row.c.exercise, row.c.opened_at)
    query = sa.select(row.c.reference, *facts, ranked.c.hash).join(ranked, ranked.c.reference == row.c.reference)
    found = query.where(ranked.c.place == 1).order_by(row.c.number.desc()).limit(limit)
    return [Use(*each) for each in db.session.execute(found)]


def by_version(language: str, scenario: str) -> Mapping[str, Uses]:
    """Content hash -> the incidents that chose that version, for all versions that were chosen."""
    kept = models.table(IncidentPlaybook).c
    count = sa.func.count().over(partition_by=kept.hash).label("count")
    place = sa.func.row_number().over(partition_by=kept.hash, order_by=kept.number.desc()).label("place")
    mine = sa.select(kept.hash, kept.reference, kept.number, count, place)
    ranked = mine.where(kept.scenario == scenario, kept.language == language).subquery()
    newest = sa.select(ranked).where(ranked.c.place <= NAMED).order_by(ranked.c.number.desc())
    rows: dict[str, list[Any]] = {}
    for row in db.session.execute(newest):
        rows.setdefault(row.hash, []).append(row)
    return {hash: Uses(found[0].count, tuple(row.reference for row in found)) for hash, found in rows.items()}


def last() -> Mapping[Book, LastUse]:
    """Every playbook that was ever chosen -> when it was last."""
    kept = models.table(IncidentPlaybook).c
    return _last(sa.select(kept.language, kept.scenario, kept.exercise, sa.func.max(kept.at).label("at")))


def last_of(language: str, scenario: str) -> LastUse:
    """When this one was last chosen."""
    kept = models.table(IncidentPlaybook).c
    found = sa.select(kept.language, kept.scenario, kept.exercise, sa.func.max(kept.at).label("at"))
    mine = found.where(kept.scenario == scenario, kept.language == language)
    return _last(mine).get((language, scenario), NEVER)


def _last(found: Any) -> dict[Book, LastUse]:
    kept = models.table(IncidentPlaybook).c
    times: dict[Book, dict[str, datetime]] = {}
    for row in db.session.execute(found.group_by(kept.scenario, kept.language, kept.exercise)):
        times.setdefault((row.language, row.scenario), {})["exercise" if row.exercise else "earnest"] = row.at
    return {book: LastUse(**each) for book, each in times.items()}
