"""The story of one desk as its file tells it, with every hour put on the calendar before `now`.

Hours in the files: `now-1h50m`; `day-1 15:10`, the desk's local time that many days ago; `sat-3 23:12`, the third
Saturday before today. Within an incident: `+12m` after its opening, `+2d@09:30` at that local hour two days later.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firebreak.domain import durations

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOCAL = re.compile(r"(day|mon|tue|wed|thu|fri|sat|sun)-(\d+) (\d\d:\d\d)")
_AFTER = re.compile(r"\+(\d+)d@(\d\d:\d\d)")
HEAD = frozenset({"key", "at", "by", "title", "report", "log"})


@dataclass(frozen=True, order=True)
class Beat:
    """Something that somebody does at `at`: `kind` is the word of the file, `words` the whole line."""

    at: datetime
    place: int
    incident: str
    by: str
    kind: str
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """`settings` and `people` as the file has them, `beats` in order of time, none of them later than `now`."""

    language: str
    zone: ZoneInfo
    settings: Mapping[str, Any]
    people: tuple[Mapping[str, Any], ...]
    incidents: tuple[Mapping[str, Any], ...]
    beats: tuple[Beat, ...]


def read(language: str) -> dict[str, Any]:
    """The file of a language, as it stands."""
    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))


def load(language: str, now: datetime) -> Story:
    """The month before `now` (aware)."""
    told = read(language)
    zone = ZoneInfo(told["desk"]["zone"])
    found = [beat for incident in told["incident"] for beat in _beats(incident, zone, now)]
    ordered = sorted((beat for beat in found if beat.at <= now), key=lambda beat: (beat.at, beat.place))
    people, incidents = tuple(told["person"]), tuple(told["incident"])
    return Story(language, zone, told["desk"], people, incidents, tuple(ordered))


def _beats(incident: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> list[Beat]:
    opened = calendar(incident["at"], zone, now)
    first = Beat(opened, 0, incident["key"], incident["by"], "open", incident)
    rest = [_beat(incident["key"], place, line, opened, zone) for place, line in enumerate(incident["log"], 1)]
    return [first, *rest]


def _beat(key: str, place: int, line: Mapping[str, Any], opened: datetime, zone: ZoneInfo) -> Beat:
    return Beat(after(line["at"], opened, zone), place, key, line["by"], kind_of(line), line)


KINDS = (
    *("own_step", "role", "sweep", "done", "aside", "say", "note", "decide", "moment", "severity", "channel"),
    *("correct", "strike", "brief", "down", "answer", "action", "close", "agree", "title"),
)
"""What a line of a log may do; the first of these words that it holds is its kind."""


def kind_of(line: Mapping[str, Any]) -> str:
    return next(kind for kind in KINDS if kind in line)


def calendar(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The UTC time of an opening."""
    if text.startswith("now-"):
        return (now - durations.parse(text.removeprefix("now-"))).astimezone(UTC)
    found = _LOCAL.fullmatch(text)
    if not found:
        raise ValueError(text)
    name, count, clock = found[1], int(found[2]), time.fromisoformat(found[3])
    today = now.astimezone(zone).date()
    back = count if name == "day" else _since(name, today.weekday()) + 7 * (count - 1)
    return datetime.combine(today - timedelta(days=back), clock, zone).astimezone(UTC)


def _since(name: str, weekday: int) -> int:
    """Days since the last such weekday before today, 1 to 7."""
    return (weekday - WEEKDAYS.index(name) - 1) % 7 + 1


def after(text: str, opened: datetime, zone: ZoneInfo) -> datetime:
    """The UTC time of a line that counts from the opening of its incident."""
    found = _AFTER.fullmatch(text)
    if not found:
        return opened + durations.parse(text.removeprefix("+"))
    day = opened.astimezone(zone).date() + timedelta(days=int(found[1]))
    return datetime.combine(day, time.fromisoformat(found[2]), zone).astimezone(UTC)
