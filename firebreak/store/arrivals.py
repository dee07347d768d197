"""Who comes, and how far the logs are: what every page has to ask first, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from firebreak.store import db, models
from firebreak.store.accounts import Account

_desk, _stream = aliased(models.Stream), aliased(models.Stream)
_beat = sa.select(sa.func.max(models.WorkerBeat.at)).scalar_subquery()
SEEN = (
    *("id", "email", "name", "phone", "zone", "language", "clock", "access", "active", "fs_uniquifier"),
    *("tf_primary_method", "tf_totp_secret"),
)
"""What pages ask of the account behind them; its own pages and those of signing in read the whole of it."""


def _asked(*of_account: Any) -> sa.Select[Any]:
    heads = (_desk.hash.label("desk"), _beat.label("beat"), _stream.seq.label("seq"), _stream.hash.label("hash"))
    found = sa.select(*of_account, *heads).select_from(Account).outerjoin(_desk, _desk.name == "desk")
    found = found.outerjoin(_stream, _stream.name == sa.bindparam("stream"))
    return found.where(Account.fs_uniquifier == sa.bindparam("session"))


# Made once: to spell a statement out takes longer than to run it.
_WHOLE, _LEAN = _asked(Account), _asked(*(models.table(Account).c[name] for name in SEEN))


@dataclass(frozen=True)
class Arrival:
    """What was true as one request came.

    `desk`: the hash of the administration's log, which moves with every change of people and settings. `beat`: when a
    worker was last alive. `seq` and `hash`: the head of the incident's log, 0 and "" where there is none.
    """

    account: Account
    desk: str
    beat: datetime | None
    seq: int
    hash: str


def arrive(session: str, stream: str, whole: bool = False) -> Arrival | None:
    """The account that signed in with this session, whatever it may still do; `stream` is a reference, or "".

    Where it is not `whole` it has no more than SEEN, belongs to no session of the ORM, and is not to be written.
    """
    asked = {"session": session, "stream": stream}
    if whole:
        row = db.session.execute(_WHOLE, asked).first()
        return _arrival(row[0], row[1:]) if row else None
    with db.engine.connect() as connection:
        row = connection.execute(_LEAN, asked).first()
    return _arrival(_account(tuple(row[: len(SEEN)])), row[len(SEEN) :]) if row else None


def _arrival(account: Account, heads: Sequence[Any]) -> Arrival:
    desk, beat, seq, hash = heads
    return Arrival(account, desk or "", beat, seq or 0, hash or "")


# The row was read just now: only the object made of the same values is used again, which takes longer than reading.
@lru_cache(maxsize=256)
def _account(values: tuple[Any, ...]) -> Account:
    return Account(**dict(zip(SEEN, values, strict=True)))
