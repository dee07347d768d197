"""What the machine's clock does to the record: how far it is behind, and what waits for a time that it took back."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from firebreak.store import db, models
from firebreak.store.engine import WRITES

TOLERATED = timedelta(minutes=1)
"""Machines that share a database may be apart by so much."""


def behind(now: datetime) -> timedelta | None:
    """By how much `now` lies before the newest entry was recorded; None when it does not, by more than a minute."""
    entry = models.Entry
    newest = sa.select(entry.recorded_at).order_by(entry.id.desc()).limit(1)
    with db.engine.connect() as connection:
        recorded = connection.execute(newest).scalar()
    return recorded - now if recorded and recorded - now > TOLERATED else None


def set_back(now: datetime) -> None:
    """The clock was set back: messages that wait for their next try, and the worker's next looks, are due at once.

    They would wait as much longer as the clock went back. A try too early costs nothing, one too late may.
    """
    delivery, incident = models.Delivery, models.IncidentRow
    waiting = sa.update(delivery).where(delivery.state == "pending", delivery.next_try_at > now)
    looks = sa.update(incident).where(incident.state == "open", incident.next_due > now)
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(waiting.values(next_try_at=now))
        connection.execute(looks.values(next_due=now))
