"""Counters of the rate limits: a fixed window from the first count on, shared by every process."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from firebreak.store import db, engine
from firebreak.store.engine import WRITES
from firebreak.store.models import RateCount


def _over(seconds: int, now: datetime) -> sa.ColumnElement[bool]:
    """Whether a window has ended, or began in the future: then the machine's clock was set back since."""
    return sa.or_(RateCount.expires_at <= now, RateCount.expires_at > now + timedelta(seconds=seconds))


def count(key: str, seconds: int, amount: int, now: datetime) -> int:
    """Add `amount` and return the sum. A window that is over starts again; the rows of other such windows go."""
    new = engine.insert(RateCount, db.engine.dialect.name).values(
        key=key, value=amount, expires_at=now + timedelta(seconds=seconds)
    )
    over = _over(seconds, now)
    counted = new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "value": sa.case((over, new.excluded.value), else_=RateCount.value + new.excluded.value),
            "expires_at": sa.case((over, new.excluded.expires_at), else_=RateCount.expires_at),
        },
    )
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        value = int(connection.execute(counted.returning(RateCount.value)).scalar_one())
        if value == amount:
            connection.execute(sa.delete(RateCount).where(RateCount.expires_at <= now, RateCount.key != key))
    return value


def advance(key: str, value: int, seconds: int, now: datetime) -> bool:
    """Keep a value that only grows, for so many seconds; False when it was there already, or a greater one."""
    new = engine.insert(RateCount, db.engine.dialect.name).values(
        key=key, value=value, expires_at=now + timedelta(seconds=seconds)
    )
    grown = new.on_conflict_do_update(
        index_elements=["key"],
        set_={"value": new.excluded.value, "expires_at": new.excluded.expires_at},
        where=sa.or_(RateCount.value < new.excluded.value, _over(seconds, now)),
    )
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        return connection.execute(grown.returning(RateCount.value)).first() is not None


def get(key: str, now: datetime, seconds: int = 0) -> tuple[int, datetime] | None:
    """Value and end of the window; None when nothing counts any more. `seconds`: the window's length, where known."""
    over = _over(seconds, now) if seconds else RateCount.expires_at <= now
    wanted = sa.select(RateCount.value, RateCount.expires_at).where(RateCount.key == key, sa.not_(over))
    with db.engine.connect() as connection:
        row = connection.execute(wanted).first()
    return (row.value, row.expires_at) if row else None


def forget(key: str | None = None) -> int:
    """Forget one counter, or all; how many there were."""
    gone = sa.delete(RateCount)
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        return int(connection.execute(gone if key is None else gone.where(RateCount.key == key)).rowcount)
