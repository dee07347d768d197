"""The log: the only writer of incidents, and the only commit.

`changing` locks a stream, folds what is new, takes the events that were decided, appends them, refreshes the
projections, puts one outbox row, commits, and only then announces.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak import signals
from firebreak.domain.deciding import settled
from firebreak.domain.events import DESK_KINDS, Entry, Event
from firebreak.domain.folding import apply, replay
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.store import chain, db, models, projections, reading, search
from firebreak.store.engine import WRITES, insert_once

DESK = "desk"
REFERENCE = re.compile(r"FB-[0-9]{4}-[0-9]{3,9}")
KEPT = 256

# Made once: to spell a statement out takes longer than to run it.
_HEAD = sa.select(models.Stream.seq, models.Stream.hash).where(models.Stream.name == sa.bindparam("stream"))
_LOCKED_HEAD = _HEAD.with_for_update()
_ENTRY = sa.insert(models.Entry).returning(models.Entry.id)
_BODY = sa.insert(models.EntryBody)
_OUTBOX = sa.insert(models.Outbox)
_MOVED = sa.update(models.table(models.Stream)).where(models.table(models.Stream).c.name == sa.bindparam("stream"))


@dataclass
class Change:
    """One transaction on one stream: decide on `incident`, hand the events to `record`."""

    connection: Connection
    stream: str
    now: datetime
    head: tuple[int, str]
    incident: Incident
    entries: list[Entry] = field(default_factory=list)
    before: Incident | None = None

    def record(self, events: Sequence[Event]) -> list[Entry]:
        """Append the events, and every clock they set or move. Nothing is stored before the block ends."""
        wanted = _of_the_desk(events) if self.stream == DESK else settled(self.incident, events, self.now)
        if wanted and self.before is None and self.stream != DESK:
            self.before = self.incident
        return [self._append(event) for event in wanted]

    def _append(self, event: Event) -> Entry:
        seq, previous = self.head
        row, body = chain.row_of(self.stream, seq + 1, event, self.now, previous)
        id = self.connection.execute(_ENTRY, row).scalar_one()
        self.connection.execute(_BODY, {"entry_id": id, **body})
        entry = Entry(id, self.stream, seq + 1, self.now, event)
        self.head = (seq + 1, row["hash"])
        self.entries.append(entry)
        if self.stream != DESK:
            self.incident = apply(self.incident, entry)
        return entry

    def empty_bodies(self, seqs: Sequence[int]) -> None:
        """Erase what was typed in these entries. The triggers allow emptying and nothing else."""
        ids = sa.select(models.Entry.id).where(models.Entry.stream == self.stream, models.Entry.seq.in_(seqs))
        emptied = sa.update(models.EntryBody).where(models.EntryBody.entry_id.in_(ids))
        self.connection.execute(emptied.values(salt=None, body=None))


def _of_the_desk(events: Sequence[Event]) -> list[Event]:
    """The audit log is no incident, whatever a form says. LookupError, as for any unknown reference."""
    if any(event.kind not in DESK_KINDS for event in events):
        raise LookupError(DESK)
    return list(events)


@contextmanager
def changing(stream: str, now: datetime) -> Iterator[Change]:
    """A transaction on `stream`, which must exist. Commits when the block ends well; announces after that."""
    with _writing() as connection:
        change = _locked(connection, stream, now)
        yield change
        _finish(change)
    _tell(change)


@contextmanager
def opening(year: int, now: datetime, key: str = "", sent: str | None = None) -> Iterator[Change]:
    """A transaction on a new incident: the next reference of the desk's year, FB-2026-014.

    A `key` that has opened an incident before gives that incident, with nothing to do; with another `sent` (a hash
    of what was asked for) it is refused: key_reused. Counting first makes two openings wait for each other, so the
    second one sees the first one's key.
    """
    with _writing() as connection:
        counting = connection.begin_nested()
        number = _next(connection, f"incident-{year}")
        opened = sa.select(models.Opening.reference, models.Opening.sent).where(models.Opening.key == key)
        known = connection.execute(opened).first()
        if known and known.sent != sent:
            raise Refused("key_reused", reference=known.reference)
        if known:
            counting.rollback()
            change = _locked(connection, known.reference, now)
        else:
            change = _new(connection, f"FB-{year}-{number:03d}", key, sent, now)
        yield change
        _finish(change)
    _tell(change)


def _new(connection: Connection, stream: str, key: str, sent: str | None, now: datetime) -> Change:
    connection.execute(sa.insert(models.Stream).values(name=stream, seq=0, hash=chain.GENESIS))
    if key:
        connection.execute(sa.insert(models.Opening).values(key=key, reference=stream, sent=sent))
    return Change(connection, stream, now, (0, chain.GENESIS), Incident(stream))


@contextmanager
def _writing() -> Iterator[Connection]:
    """A connection of its own, so that a page's read transaction is never turned into a write."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        yield connection


def _next(connection: Connection, name: str) -> int:
    """Counted in the transaction that uses it: a number is never given out twice, nor left out."""
    counted = sa.update(models.Counter).where(models.Counter.name == name).values(value=models.Counter.value + 1)
    value = connection.execute(counted.returning(models.Counter.value)).scalar()
    if value is None:
        insert_once(connection, models.Counter, name=name, value=0)
        return _next(connection, name)
    return int(value)


def _known_form(stream: str) -> bool:
    """Whether it may be a reference: PostgreSQL fails on NUL, and every database on lone surrogates."""
    return REFERENCE.fullmatch(stream) is not None


def _locked(connection: Connection, stream: str, now: datetime) -> Change:
    if stream != DESK and not _known_form(stream):
        raise LookupError(stream)
    row = connection.execute(_LOCKED_HEAD, {"stream": stream}).first()
    if row is None and stream == DESK:
        insert_once(connection, models.Stream, name=DESK, seq=0, hash=chain.GENESIS)
        row = connection.execute(_LOCKED_HEAD, {"stream": stream}).one()
    if row is None:
        raise LookupError(stream)
    incident = Incident(stream) if stream == DESK else _fresh(connection, stream, row.seq, row.hash)
    return Change(connection, stream, now, (row.seq, row.hash), incident)


def _finish(change: Change) -> None:
    if not change.entries:
        return
    seq, last = change.head
    change.connection.execute(_MOVED, {"stream": change.stream, "seq": seq, "hash": last})
    if change.stream != DESK:
        projections.follow(change.connection, change.before or change.incident, change.incident, change.now)
        search.write(change.connection, change.incident, change.entries)
        row = {"stream": change.stream, "first_seq": change.entries[0].seq, "last_seq": seq, "created_at": change.now}
        change.connection.execute(_OUTBOX, row)


def _tell(change: Change) -> None:
    if change.entries and change.stream != DESK:
        _remember(change.incident, change.head[1])
    signals.announce(change.entries)


# --- reading ---------------------------------------------------------------------------------------


_cache: OrderedDict[tuple[str, str], tuple[Incident, str]] = OrderedDict()
_cache_lock = Lock()


# A restore may put another log under the same references: the hash of the last folded entry tells them apart.
def _key(stream: str) -> tuple[str, str]:
    return (db.engine.url.render_as_string(), stream)


def _remember(incident: Incident, head: str) -> None:
    with _cache_lock:
        _cache[_key(incident.reference)] = (incident, head)
        _cache.move_to_end(_key(incident.reference))
        while len(_cache) > KEPT:
            _cache.popitem(last=False)


def known(reference: str, head: str) -> Incident | None:
    """The incident whose last entry has this hash, where this process has it folded. Asks the database nothing."""
    with _cache_lock:
        incident, hash = _cache.get(_key(reference), (None, ""))
    return incident if head and hash == head else None


def _fresh(connection: Connection, stream: str, seq: int, head: str) -> Incident:
    """The incident at `seq`, whose hash is `head`, folding only what the cache does not have."""
    with _cache_lock:
        known, hash = _cache.get(_key(stream), (None, ""))
    if known is not None and known.seq == seq and hash == head:
        return known
    if known is None or known.seq >= seq or reading.hash_at(connection, stream, known.seq) != hash:
        return replay(reading.entries(connection, stream), stream)
    for entry in reading.entries(connection, stream, after=known.seq):
        known = apply(known, entry)
    return known


def load(reference: str) -> Incident | None:
    """The incident as of now; None when there is none."""
    if not _known_form(reference):
        return None
    with db.engine.connect() as connection:
        row = connection.execute(_HEAD, {"stream": reference}).first()
        if row is None:
            return None
        incident = _fresh(connection, reference, row.seq, row.hash)
    _remember(incident, row.hash)
    return incident


def load_all(references: Iterable[str]) -> list[Incident]:
    """Those of these incidents that there are, in that order."""
    return [incident for reference in references if (incident := load(reference))]


Decide = Callable[[Incident], list[Event]]


def record(stream: str, now: datetime, decide: Decide) -> Incident:
    """Lock, decide, store: the whole path of a simple wish. LookupError when there is no such incident."""
    with changing(stream, now) as change:
        change.record(decide(change.incident))
    return change.incident
