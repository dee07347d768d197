"""What the desk's settings mean to the domain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firebreak.domain.hours import BadHours, StaffedHours, default_hours, parse_weekly


def staffed_hours(settings: Mapping[str, Any]) -> StaffedHours:
    """When the desk is staffed, by its settings; the default where they cannot be read."""
    return _hours(str(settings["zone"]), str(settings["country"]), tuple(map(str, settings["staffed"])))


@lru_cache(maxsize=8)
def _hours(zone: str, country: str, staffed: tuple[str, ...]) -> StaffedHours:
    try:
        ZoneInfo(zone)
        return StaffedHours(zone, country, parse_weekly(dict(enumerate(staffed))))
    except (BadHours, ZoneInfoNotFoundError, ValueError):
        return default_hours()
