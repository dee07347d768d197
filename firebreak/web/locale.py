"""Language, zone and clock of the reader, and the filters that show times in them.

A language is en, fr or zh everywhere in the house; Babel's name for zh is zh_Hans_CN, a page's is zh-Hans.
Browser tags are mapped here: Babel fails on `zh-CN` and would miss the catalogue for `zh`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_skeleton
from flask import Blueprint, Flask, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_babel import gettext as _

from firebreak.web import here
from firebreak.web.access import current_person, signed_in
from firebreak.web.going import back

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "fr": "Français", "zh": "中文"})
LOCALES: Mapping[str, str] = MappingProxyType({"en": "en", "fr": "fr", "zh": "zh_Hans_CN"})
HTML_LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "en", "fr": "fr", "zh": "zh-Hans"})
CLOCKS = ("24h", "12h")

blueprint = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    """Babel with our selectors, the filters, and `html_language`, `languages`, `reader_language`, `reader_zone`."""
    Babel(app, locale_selector=lambda: LOCALES[language()], timezone_selector=lambda: str(zone()))
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(
        when=when, when_short=when_short, clock_time=clock_time, weekday=weekday, duration=duration, since=since
    )
    app.jinja_env.globals.update(languages=LANGUAGES, reader_language=language, reader_zone=zone, now=here.now)
    app.jinja_env.globals["html_language"] = lambda: HTML_LANGUAGES[language()]


# --- choosing --------------------------------------------------------------------------------------


def language() -> str:
    """The reader's: by account, then the switch, then the browser, then the desk. One of LANGUAGES."""
    if not has_request_context():
        return "en"
    wishes = (current_person().language if signed_in() else "", session.get("language", ""), _by_browser())
    return next((wish for wish in (*wishes, here.desk()["language"]) if wish in LANGUAGES), "en")


def _by_browser() -> str:
    """The first of the browser's languages that we speak; "" for none."""
    tags = (tag.replace("_", "-").split("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in tags if tag in LANGUAGES), "")


def zone() -> ZoneInfo:
    """The reader's: by account, then the desk's."""
    if not has_request_context():
        return ZoneInfo("UTC")
    for name in (current_person().zone if signed_in() else "", here.desk()["zone"]):
        with suppress(ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(name)
    return ZoneInfo("UTC")


def clock() -> str:
    """`24h` or `12h`, by account."""
    return current_person().clock if has_request_context() and signed_in() else "24h"


@blueprint.post("/language")
def switch() -> ResponseReturnValue:
    """The switch for people who are not signed in; an account's own language goes before it."""
    wish = request.form.get("language", "")
    if wish in LANGUAGES:
        session["language"] = wish
    return redirect(back(), 303)


# --- showing ---------------------------------------------------------------------------------------


def when(at: datetime | None) -> str:
    """Date, time and zone: "Sat, Nov 21, 2026, 22:43 UTC+1"; "" for None."""
    return f"{_date(at, 'yMMMEd')}, {clock_time(at)} {zone_label(at)}" if at else ""


def when_short(at: datetime | None) -> str:
    """Day and time without the zone: "Nov 21, 22:43"; "" for None."""
    return f"{_date(at, 'MMMd')}, {clock_time(at)}" if at else ""


def weekday(at: datetime | None) -> str:
    """Day without the time: "Sat, Nov 21"; "" for None."""
    return _date(at, "MMMEd") if at else ""


def clock_time(at: datetime | None) -> str:
    """ "22:43", or "10:43 PM" for people with a 12-hour clock; "" for None."""
    if at is None:
        return ""
    skeleton = "Hm" if clock() == "24h" else "hm"
    # Babel may put a narrow no-break space before AM and PM: the same time is then typed differently by hand.
    return str(format_skeleton(skeleton, _local(at), locale=str(get_locale()))).replace("\u202f", " ")


def zone_label(at: datetime) -> str:
    """ "UTC+1", "UTC-3:30" or "UTC". Letters would not do: CST is a zone in Shanghai and another in Chicago."""
    minutes = int((_local(at).utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def duration(length: timedelta | None) -> str:
    """ "4 h 12 min", "2 d 3 h", "45 s"; the sign is left out, seconds are shown below a minute only; "" for None."""
    if length is None:
        return ""
    minutes, seconds = divmod(int(abs(length).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)d d %(hours)d h", days=days, hours=hours) if hours else _("%(days)d d", days=days)
    if hours:
        both = _("%(hours)d h %(minutes)d min", hours=hours, minutes=minutes)
        return both if minutes else _("%(hours)d h", hours=hours)
    return _("%(minutes)d min", minutes=minutes) if minutes else _("%(seconds)d s", seconds=seconds)


def since(at: datetime | None) -> str:
    """How long ago, as a duration: "4 h 12 min"; "" for None."""
    return duration(max(here.now() - at, timedelta())) if at else ""


def _local(at: datetime) -> datetime:
    return at.astimezone(zone())


def _date(at: datetime, skeleton: str) -> str:
    return str(format_skeleton(skeleton, _local(at), locale=str(get_locale())))
