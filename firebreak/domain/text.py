"""What a typed text may hold, and how times are written in the log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from firebreak.domain.refusal import Refused

LONGEST_TEXT = 1_000_000
LONGEST_LINE = 10_000
CLOCK_SKEW = timedelta(minutes=2)
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def clean(text: str | None, field: str, longest: int = LONGEST_TEXT) -> str:
    """The text as typed, line ends as newlines. Refuses what no database can keep, with its position (from 1)."""
    kept = (text or "").replace("\r\n", "\n")
    if len(kept) > longest:
        raise Refused("too_long", field=field, length=len(kept), longest=longest)
    if bad := _UNKEEPABLE.search(kept):
        raise Refused("bad_character", field=field, position=bad.start() + 1, code=f"U+{ord(bad.group()):04X}")
    return kept


def required(text: str | None, field: str, longest: int = LONGEST_TEXT) -> str:
    """As `clean`, and refuses an empty text."""
    kept = clean(text, field, longest)
    if not kept.strip():
        raise Refused("required", field=field)
    return kept


def happened(at: datetime | None, now: datetime) -> datetime:
    """When it happened: `now` where nothing was said or a watch runs up to two minutes ahead."""
    if at is None or now < at <= now + CLOCK_SKEW:
        return now
    if at > now:
        raise Refused("in_future", at=at, now=now)
    if at < EARLIEST:
        raise Refused("too_early", at=at)
    return at


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds, the one form in which the log holds a time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str | None) -> datetime | None:
    """The aware UTC time behind a stamp; None for None."""
    return None if text is None else datetime.fromisoformat(text)
