"""When the desk is staffed: hours a weekday in the desk's zone, and public holidays of its country.

A day's hours are typed as `09:00-12:30, 14:00-18:00`; an empty text is a day off. `24:00` ends a day and is held as
`time(0)`. A range over midnight is written on its two days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

Ranges = tuple[tuple[time, time], ...]
"""Hours of one day, sorted, not overlapping: ((start, end), …); an end of time(0) is midnight at the day's end."""

WEEKDAYS = range(7)
_MIDNIGHT = time(0)
_YEAR_AHEAD = 366
_CLOCK = r"(\d{1,2})(?:[:.h：](\d{2})?)?"
_RANGE = re.compile(rf"\s*{_CLOCK}\s*[-–—~～至]\s*{_CLOCK}\s*")
_BETWEEN_RANGES = re.compile(r"[,;，；、\n]")
_CALENDAR_LANGUAGES = {"en": ("en_US", "en_GB"), "fr": ("fr", "fr_FR"), "zh": ("zh_CN", "zh_TW", "zh_HK")}


class BadHours(ValueError):
    """Hours that cannot be read.

    `code` is `hours_unreadable`, `hours_backwards` (the end is not after the start) or `hours_overlap`;
    `text` is the part at fault; `weekday` (0 = Monday) is set when a whole week was read.
    """

    def __init__(self, code: str, text: str, weekday: int | None = None) -> None:
        super().__init__(code)
        self.code, self.text, self.weekday = code, text, weekday


@dataclass(frozen=True)
class StaffedHours:
    """Hours of a desk: `zone` is an IANA name, `country` an ISO code or "", `weekly` maps a weekday (0 = Monday)."""

    zone: str
    country: str
    weekly: Mapping[int, Ranges]

    def cover(self, at: datetime) -> str:
        """`staffed`, `holiday`, `weekend` (a day without hours) or `night` (a working day, outside its hours)."""
        local = at.astimezone(ZoneInfo(self.zone))
        if self.holiday(at):
            return "holiday"
        ranges = self.weekly.get(local.weekday(), ())
        if not ranges:
            return "weekend"
        return "staffed" if any(_within(local.time(), span) for span in ranges) else "night"

    def holiday(self, at: datetime, language: str = "en") -> str | None:
        """Name of the public holiday at that moment on the desk's calendar, in `language` where the calendar has it."""
        return self._holiday_on(at.astimezone(ZoneInfo(self.zone)).date(), language)

    def next_opening(self, at: datetime) -> datetime | None:
        """The first staffed moment not before `at`, in UTC; None when no hours come within a year."""
        if self.cover(at) == "staffed":
            return at.astimezone(UTC)
        return next((opening for opening in self._openings(at) if opening > at), None)

    def _openings(self, at: datetime) -> Iterator[datetime]:
        """Starts of the ranges from the local day of `at` on, for a year, holidays left out."""
        zone = ZoneInfo(self.zone)
        today = at.astimezone(zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(_YEAR_AHEAD)):
            if not self._holiday_on(day, "en"):
                for start, _end in self.weekly.get(day.weekday(), ()):
                    yield datetime.combine(day, start, zone).astimezone(UTC)

    def _holiday_on(self, day: date, language: str) -> str | None:
        return _calendar(self.country, day.year, language).get(day) if self.country else None


def default_hours() -> StaffedHours:
    """Monday to Friday, 09:00 to 18:00 UTC, no public holidays: a desk nobody has set up yet."""
    return StaffedHours("UTC", "", MappingProxyType({day: ((time(9), time(18)),) for day in range(5)}))


def parse_weekly(texts: Mapping[int, str]) -> dict[int, Ranges]:
    """Read the settings form, one text a weekday (0 = Monday); raises BadHours with its weekday."""
    weekly: dict[int, Ranges] = {}
    for day in WEEKDAYS:
        try:
            weekly[day] = parse_day(texts.get(day, ""))
        except BadHours as bad:
            raise BadHours(bad.code, bad.text, day) from None
    return weekly


def spell_weekly(weekly: Mapping[int, Ranges]) -> dict[int, str]:
    """The settings form of hours; `parse_weekly` reads it back the same."""
    return {day: spell_day(weekly.get(day, ())) for day in WEEKDAYS}


def parse_day(text: str) -> Ranges:
    """Read `09:00-12:30, 14:00-18:00`, also `9-18` and `9h-12h30`; "" is a day off. Raises BadHours."""
    parts = (part for part in _BETWEEN_RANGES.split(text) if part.strip())
    ranges = tuple(sorted(_parse_range(part) for part in parts))
    for (_start, end), (following, _end) in pairwise(ranges):
        if end == _MIDNIGHT or following < end:
            raise BadHours("hours_overlap", text.strip())
    return ranges


def spell_day(ranges: Ranges) -> str:
    """`09:00-12:30, 14:00-18:00`; a day off is ""."""
    return ", ".join(f"{start:%H:%M}-{'24:00' if end == _MIDNIGHT else f'{end:%H:%M}'}" for start, end in ranges)


def _parse_range(part: str) -> tuple[time, time]:
    found = _RANGE.fullmatch(part)
    if not found:
        raise BadHours("hours_unreadable", part.strip())
    start, end = _minutes(found[1], found[2], part), _minutes(found[3], found[4], part)
    if end <= start:
        raise BadHours("hours_backwards", part.strip())
    return _time(start), _time(end)


def _minutes(hour: str, minute: str | None, part: str) -> int:
    """Minutes since midnight, 0 to 1440."""
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > 24 * 60:
        raise BadHours("hours_unreadable", part.strip())
    return total


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _within(clock: time, span: tuple[time, time]) -> bool:
    start, end = span
    return start <= clock and (clock < end or end == _MIDNIGHT)


@lru_cache(maxsize=64)
def _calendar(country: str, year: int, language: str) -> Mapping[date, str]:
    """Public holidays of a year by date; empty for a country the holidays library does not know."""
    from holidays import country_holidays  # only now: a start is quicker by as much as the first page takes

    try:
        known = country_holidays(country, years=year).supported_languages
    except NotImplementedError:
        return {}
    wanted = (*_CALENDAR_LANGUAGES.get(language, ()), *_CALENDAR_LANGUAGES["en"])
    chosen = next((name for name in wanted if name in known), None)
    return dict(country_holidays(country, years=year, language=chosen).items())
