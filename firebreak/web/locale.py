"""Language, zone and clock of the reader, and the filters that show times in them.

A language is en, fr or zh everywhere in the house; Babel's name for zh is zh_Hans_CN, a page's is zh-Hans.
Browser tags are mapped here: Babel fails on `zh-CN` and would miss the catalogue for `zh`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_skeleton
from flask import Blueprint, Flask, g, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale, get_translations
from flask_babel import gettext as _
from markupsafe import Markup

from firebreak.store.accounts import Account
from firebreak.web import here
from firebreak.web.access import person_here
from firebreak.web.going import back

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "fr": "Français", "zh": "中文"})
LOCALES: Mapping[str, str] = MappingProxyType({"en": "en", "fr": "fr", "zh": "zh_Hans_CN"})
HTML_LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "en", "fr": "fr", "zh": "zh-Hans"})
CLOCKS = ("24h", "12h")
A_DAY = date(2000, 1, 1)

blueprint = Blueprint("language", __name__)


def init_app(app: Flask) -> None:
    """Babel with our selectors, the filters, and `html_language`, `tongue`, `languages`, `reader_language`,
    `reader_zone`."""
    babel = Babel(app, locale_selector=lambda: LOCALES[language()], timezone_selector=lambda: str(zone()))
    babel.domain_instance = Catalogues()
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(
        when=when, when_short=when_short, clock_time=clock_time, weekday=weekday, duration=duration, since=since
    )
    app.jinja_env.globals.update(languages=LANGUAGES, reader_language=language, reader_zone=zone, now=here.now)
    app.jinja_env.globals["reader_clock"] = clock
    app.jinja_env.globals["html_language"] = lambda: HTML_LANGUAGES[language()]
    app.jinja_env.globals["tongue"] = tongue


# --- choosing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """What the words of a page depend on: whoever has the same is shown the same. `zone` is one that `place` knows."""

    language: str
    clock: str
    zone: str


def reader() -> Reader:
    """The reader of this request, worked out once, and anew when somebody has signed in meanwhile."""
    known: tuple[object, Reader] | None = g.get("reader")
    if known is None or known[0] is not g.get("_login_user"):  # where Flask-Login keeps who came
        person = person_here()
        made = Reader(_language(person), person.clock if person else "24h", _zone(person))
        g.reader = known = (g.get("_login_user"), made)
    return known[1]


def _language(person: Account | None) -> str:
    """By account, then the switch, then the browser, then the desk. One of LANGUAGES."""
    if person and person.language in LANGUAGES:
        return person.language
    wishes = (session.get("language", ""), _by_browser(), here.desk()["language"])
    return next((wish for wish in wishes if wish in LANGUAGES), "en")


def _zone(person: Account | None) -> str:
    """By account, then the desk's."""
    own = person.zone if person else ""
    return own if own and place(own) else desk_zone()


def desk_zone() -> str:
    """The name of the desk's own zone."""
    name = here.desk()["zone"]
    return name if place(name) else "UTC"


@lru_cache(maxsize=1024)
def place(name: str) -> ZoneInfo | None:
    """The zone of that name; None when there is none."""
    with suppress(ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(name)
    return None


def language() -> str:
    """The reader's. One of LANGUAGES."""
    return reader().language if has_request_context() else "en"


def tongue(written: str) -> Markup:
    """` lang="…"` for an element in another language than the page's, so that it is pronounced right; else nothing."""
    return Markup() if written == language() else Markup(' lang="{}"').format(HTML_LANGUAGES.get(written, written))


def _by_browser() -> str:
    """The first of the browser's languages that we speak; "" for none."""
    tags = (tag.replace("_", "-").split("-")[0].lower() for tag in request.accept_languages.values())
    return next((tag for tag in tags if tag in LANGUAGES), "")


def zone() -> ZoneInfo:
    """The reader's."""
    return place(reader().zone if has_request_context() else "UTC") or ZoneInfo("UTC")


def clock() -> str:
    """`24h` or `12h`, by account."""
    return reader().clock if has_request_context() else "24h"


class Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's, with catalogues found by the language's code: spelling a locale out costs more than a word."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: dict[str, Any] = {}

    def get_translations(self) -> Any:
        wanted = get_locale()
        known = self.loaded.get(wanted.language) if wanted else None
        if known is None:
            known = super().get_translations()
            if wanted:
                self.loaded[wanted.language] = known
        return known


def catalogue() -> Any:
    """That of the language in force, without Flask-Babel's five steps to it."""
    in_force = getattr(g.get("_flask_babel"), "babel_locale", None) if g else None
    domain = getattr(g.get("_flask_babel"), "babel_domain", None) if g else None
    known = domain.loaded.get(in_force.language) if in_force and isinstance(domain, Catalogues) else None
    return known if known is not None else get_translations()


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
    return _("%(day)s, %(time)s", day=_date(at, "yMMMEd"), time=f"{clock_time(at)} {zone_label(at)}") if at else ""


def when_short(at: datetime | None) -> str:
    """Day and time without the zone: "Nov 21, 22:43"; "" for None."""
    return _("%(day)s, %(time)s", day=_date(at, "MMMd"), time=clock_time(at)) if at else ""


def weekday(at: datetime | None) -> str:
    """Day without the time: "Sat, Nov 21"; "" for None."""
    return _date(at, "MMMEd") if at else ""


def clock_time(at: datetime | None) -> str:
    """ "22:43", or "10:43 PM" for people with a 12-hour clock; "" for None."""
    if at is None:
        return ""
    written = _local(at).timetz().replace(second=0, microsecond=0, tzinfo=None)
    return _time("Hm" if clock() == "24h" else "hm", written, _babel_name())


# A day has 1440 minutes: every time in every language and style is worked out once.
@lru_cache(maxsize=2 * 3 * 1440)
def _time(skeleton: str, written: time, name: str) -> str:
    # Babel may put a narrow no-break space before AM and PM: the same time is then typed differently by hand.
    return str(format_skeleton(skeleton, datetime.combine(A_DAY, written), locale=name)).replace("\u202f", " ")


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
    return _day(skeleton, _local(at).date(), _babel_name())


@lru_cache(maxsize=4096)
def _day(skeleton: str, day: date, name: str) -> str:
    return str(format_skeleton(skeleton, datetime.combine(day, time()), locale=name))


def _babel_name() -> str:
    """As Babel writes the locale in force. Its own spelling out takes as long as all the rest."""
    found = get_locale()
    return LOCALES.get(found.language) or str(found) if found else "en"
