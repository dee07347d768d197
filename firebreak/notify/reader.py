"""Times as the receiver of a message reads them. There is no request here, so all of it comes from the account."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_skeleton
from flask_babel import gettext as _

from firebreak.store.outbox import Person

LOCALES = {"en": "en", "fr": "fr", "zh": "zh_Hans_CN"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Babel's locale, the zone, and the skeleton of a time of day."""

    locale: str
    zone: ZoneInfo
    time: str

    def clock(self, at: datetime) -> str:
        """The time of day, such as "22:43 UTC+1": letters such as CST mean several zones."""
        # Babel may put a narrow no-break space before AM and PM, which some mail programs show as a box.
        shown = str(format_skeleton(self.time, at.astimezone(self.zone), locale=self.locale)).replace("\u202f", " ")
        return f"{shown} {_offset(at.astimezone(self.zone))}"

    def when(self, at: datetime) -> str:
        """Day and time, such as "Sat, 21 Nov 2026, 22:43 UTC+1", in the order of the language in force."""
        day = str(format_skeleton("yMMMEd", at.astimezone(self.zone), locale=self.locale))
        return str(_("%(day)s, %(time)s", day=day, time=self.clock(at)))


def reader_of(person: Person | None, settings: Mapping[str, Any]) -> Reader:
    """By account, else by the desk."""
    languages = (person.language if person else "", settings.get("language", ""))
    locale = next((LOCALES[wish] for wish in languages if wish in LOCALES), "en")
    zones = (person.zone if person else "", settings.get("zone", ""))
    return Reader(locale, _zone(zones), "hm" if person and person.clock == "12h" else "Hm")


def _zone(names: tuple[str, ...]) -> ZoneInfo:
    for name in filter(None, names):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(name)
    return ZoneInfo("UTC")


def _offset(at: datetime) -> str:
    minutes = int((at.utcoffset() or timedelta()) / timedelta(minutes=1))
    if minutes == 0:
        return UTC.tzname(None)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
