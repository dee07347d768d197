"""Durations as people write them in playbooks and settings: `10m`, `2h`, `1h30m`, `3d`."""

from __future__ import annotations

import re
from datetime import timedelta

_WRITTEN = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?")


def parse(text: str) -> timedelta:
    """The duration behind `1d2h30m`: days, hours, minutes, in that order, any of them. ValueError otherwise."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not match.group():
        raise ValueError(f"{text!r} is not a duration such as 10m, 2h, 1h30m or 3d")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def spell(duration: timedelta) -> str:
    """The shortest text that parses to the same duration, in whole minutes (seconds are dropped)."""
    if duration < timedelta(0):
        raise ValueError("a duration is never negative")
    hours, minutes = divmod(duration // timedelta(minutes=1), 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"
