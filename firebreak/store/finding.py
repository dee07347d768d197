"""Which incidents a list shows: filters, words, and the page after the last one seen.

Every query walks an index from the newest incident down and stops when the page is full, however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index

from firebreak.domain.search import Term
from firebreak.store import db, models
from firebreak.store.search import HEADING, LIMITED, SHIFT, SearchText, seq_of

PAGE = 50
MOST_COUNTED = 1000
"""A number for people: a list that is longer is "1000 and more"."""
NEAR = 2000
"""So many of the newest incidents are searched first: a common word fills the page from them alone."""

row = models.table(models.IncidentRow)
channels = models.table(models.IncidentChannel)
persons = models.table(models.IncidentPerson)
BITS: Any = sa.literal_column(str(SHIFT))
words = sa.table("search_words", sa.column("id"), sa.column("words"))

Index("incident_by_number", row.c.number, unique=True)
for _name in ("state", "severity", "scenario", "exercise"):
    Index(f"incident_by_{_name}", row.c[_name], row.c.number)
Index("incident_channel_by_channel", channels.c.channel, channels.c.number)
Index("incident_person_by_person", persons.c.person, persons.c.number)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; what is left out narrows nothing. `person` holds any role. Terms that are none (a
    search for "!") find nothing."""

    state: str = ""
    severity: str = ""
    scenario: str = ""
    channel: str = ""
    person: int | None = None
    exercise: bool | None = None
    terms: tuple[Term, ...] | None = None


@dataclass(frozen=True)
class Hit:
    """An entry in which words were found: its number, its kind, and all it says."""

    seq: int
    kind: str
    text: str


@dataclass(frozen=True)
class Standing:
    """How many incidents are open (counted up to MOST_COUNTED), how many clocks of the newest of them are overdue (of a
    page, so that it costs the same at any size), and the number that NEAR incidents lie above."""

    open: int
    breached: int
    near: int


def incidents(
    wanted: Wanted, before: int | None = None, limit: int = PAGE, standing: Standing | None = None
) -> list[Any]:
    """Rows of `incident`, the newest first; `before` is the number of the last row already seen, as it was for
    `standing`, which is asked for where it is not known."""
    if wanted.terms is None:
        return list(db.session.execute(_listed(wanted, before, limit, db.engine.dialect.name)))
    if not wanted.terms:
        return []
    near = (standing or stand(before)).near
    found = _searched(wanted, near, before, limit) if near else []
    return found if len(found) >= limit else _searched(wanted, 0, before, limit)


def stand(before: int | None = None) -> Standing:
    """As of now, below number `before`."""
    return Standing(*map(int, db.session.execute(_standing(before, MOST_COUNTED, NEAR)).one()))


@lru_cache(maxsize=128)
def _standing(before: int | None, most: int, newest: int) -> sa.Select[Any]:
    some = sa.select(row.c.number).where(row.c.state == "open").limit(most).subquery()
    count = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    burning = _newest(sa.select(row.c.breached).where(row.c.state == "open"), row, None, PAGE).subquery()
    breached = sa.select(sa.func.coalesce(sa.func.sum(burning.c.breached), 0)).scalar_subquery()
    near = _newest(sa.select(row.c.number), row, before, 1).offset(newest).scalar_subquery()
    return sa.select(count, breached, sa.func.coalesce(near, 0))


# --- filters ---------------------------------------------------------------------------------------


# Kept for each database: to spell it out takes longer than to run it.
@lru_cache(maxsize=128)
def _listed(wanted: Wanted, before: int | None, limit: int, _dialect: str) -> sa.Select[Any]:
    """Open incidents are few: they are walked themselves. All others by a person or a channel, where one is named."""
    source = row if wanted.state == "open" else persons if wanted.person else channels if wanted.channel else row
    if source is row:
        found = sa.select(row).where(*_conditions(wanted, _leader(wanted)))
        return _newest(found, row, before, limit)
    numbers = sa.select(source.c.number).join(row, row.c.number == source.c.number).distinct()
    own = persons.c.person == wanted.person if source is persons else channels.c.channel == wanted.channel
    rest = replace(wanted, person=None) if source is persons else replace(wanted, channel="")
    page = _newest(numbers.where(own, *_conditions(rest)), source, before, limit)
    return sa.select(row).where(row.c.number.in_(page)).order_by(row.c.number.desc())


def _newest(found: sa.Select[Any], source: sa.Table, before: int | None, limit: int) -> sa.Select[Any]:
    found = found.where(source.c.number < before) if before is not None else found
    return found.order_by(source.c.number.desc()).limit(limit)


def _leader(wanted: Wanted) -> str:
    """The column whose index is walked."""
    if wanted.state == "open":
        return "state"
    named = (name for name in ("scenario", "severity") if getattr(wanted, name))
    return next(named, "exercise" if wanted.exercise else "state")


def _conditions(wanted: Wanted, leader: str = "") -> list[sa.ColumnElement[bool]]:
    """All filters. SQLite keeps no count of values and would guess: it is left no other index than the leader's."""
    values = {"state": wanted.state, "severity": wanted.severity, "scenario": wanted.scenario}
    kept: dict[str, Any] = {name: value for name, value in values.items() if value}
    kept |= {} if wanted.exercise is None else {"exercise": wanted.exercise}
    found = [(row.c[name] if name == leader else _unindexed(row.c[name])) == value for name, value in kept.items()]
    if wanted.person:
        found.append(_has(persons, persons.c.person == wanted.person))
    if wanted.channel:
        found.append(_has(channels, channels.c.channel == wanted.channel))
    return found


def _unindexed(column: Any) -> Any:
    return sa.func.coalesce(column, column) if _sqlite() else column


def _has(table: sa.Table, condition: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(table.c.reference == row.c.reference, condition)


# --- words -----------------------------------------------------------------------------------------


def _searched(wanted: Wanted, floor: int, before: int | None, limit: int) -> list[Any]:
    """Incidents from number `floor` to below `before` that have every term somewhere."""
    first, *others = wanted.terms or ()
    ids = (floor << SHIFT, (before or 1 << 31) << SHIFT)
    id, number = _id(), _number()
    found = _holding(first, number, *ids)
    for other in others:
        found = found.where(_among(number, _holding(other, number, *ids)))
    if wanted.state == "open":
        found = found.where(_among(number, sa.select(row.c.number).where(*_conditions(wanted, "state"))))
    elif conditions := _conditions(wanted):
        found = found.where(sa.exists().where(row.c.number == number, *conditions))
    newest = id if _sqlite() else number
    page = found.distinct().order_by(newest.desc()).limit(limit)
    return list(db.session.execute(sa.select(row).where(row.c.number.in_(page)).order_by(row.c.number.desc())))


def hits(terms: Sequence[Term], numbers: Sequence[int]) -> dict[int, list[Hit]]:
    """Number of an incident -> the newest text that has each term, without repetition; headings are left out."""
    if not terms or not numbers:
        return {}
    ids = (min(numbers) << SHIFT, (max(numbers) + 1) << SHIFT)
    number = _number()
    newest = [
        _holding(term, sa.func.max(_id()).label("id"), *ids).where(number.in_(numbers)).group_by(number)
        for term in terms
    ]
    kept = models.table(SearchText).c
    texts = sa.select(kept.id, kept.kind, kept.text).where(kept.id.in_(sa.union_all(*newest)), kept.kind != HEADING)
    found: dict[int, list[Hit]] = {}
    for each in db.session.execute(texts.order_by(kept.id.desc())):
        found.setdefault(each.id >> SHIFT, []).append(Hit(seq_of(each.id), each.kind, each.text))
    return found


def _holding(term: Term, what: Any, first: int, last: int) -> sa.Select[Any]:
    """`what` of the texts that have the term, for ids from the first to below the last."""
    limited = sa.select(models.table(SearchText).c.id).where(LIMITED)
    match, id = _fts5(term) if _sqlite() else _tsquery(term), _id()
    return sa.select(what).select_from(words).where(match, id >= first, id < last, id.not_in(limited))


def _among(number: Any, numbers: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """As a set that is made once. PostgreSQL would rather join, by a guess at how often a word's beginning occurs, and
    compare every text with every other."""
    return number.in_(numbers).is_(True)  # type: ignore[no-any-return]


def _sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _id() -> Any:
    return sa.literal_column("search_words.rowid" if _sqlite() else "search_words.id", sa.BigInteger)


def _number() -> Any:
    return _id().op(">>")(BITS)


def _fts5(term: Term) -> sa.ColumnElement[bool]:
    phrase = f'"{" ".join(term.words)}"{" *" if term.open else ""}'
    return sa.literal_column("search_words").op("MATCH", is_comparison=True)(phrase)


def _tsquery(term: Term) -> sa.ColumnElement[bool]:
    from sqlalchemy.dialects.postgresql import TSQUERY

    phrase = " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.open else "")
    return words.c.words.op("@@", is_comparison=True)(sa.cast(phrase, TSQUERY))
