"""What the passing of time brings: warnings and breaches, written into the log as anything else is."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from firebreak.domain import clocks
from firebreak.domain.events import Entry
from firebreak.store import log, outbox, queries

logger = logging.getLogger(__name__)
PATIENCE = timedelta(minutes=1)


def tick(now: datetime, without: Collection[str] = ()) -> list[str]:
    """Ring every clock that has come due. Returns the references that failed, each of them logged; the rest went on."""
    failed = []
    for reference in queries.due_incidents(now):
        if reference not in without and not _rung(reference, now):
            failed.append(reference)
    return failed


def _rung(reference: str, now: datetime) -> bool:
    try:
        ring(reference, now)
    except outbox.AWAY:
        raise
    except Exception:
        logger.exception("the clocks of %s could not be looked at", reference)
        return False
    return True


def ring(reference: str, now: datetime) -> list[Entry]:
    """Record the alarms of one incident that have come due; none twice, however many workers look."""
    with log.changing(reference, now) as change:
        rung = change.record(clocks.alarms(change.incident, now))
        if not rung:
            outbox.look_again(change.connection, reference, _ahead(clocks.next_alarm(change.incident, now), now))
    return rung


def _ahead(hint: datetime | None, now: datetime) -> datetime | None:
    """A hint that stayed in the past would have the worker look every second for ever."""
    return max(hint, now + PATIENCE) if hint and hint <= now else hint
