"""The longer lists to choose from: zones, countries, languages. Choices of code and name, in the reader's language."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from firebreak.web.locale import LANGUAGES

Choices = list[SelectChoice]
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Every IANA zone by region and place, UTC first; aliases without a region are left out."""
    return ("UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS))


def zones(first: str = "") -> Choices:
    """Zones for a select; `first` is the text of an empty choice, left out when empty."""
    start: Choices = [SelectChoice("", first)] if first else []
    return start + [SelectChoice(name, name.replace("_", " ")) for name in zone_names()]


def languages(first: str = "") -> Choices:
    """Languages by their own names."""
    start: Choices = [SelectChoice("", first)] if first else []
    return start + [SelectChoice(code, name) for code, name in LANGUAGES.items()]


def countries() -> Choices:
    """Countries whose public holidays are known, by name."""
    return [SelectChoice("", _("No public holidays")), *_countries(str(get_locale()))]


@lru_cache(maxsize=4)
def _countries(locale: str) -> Choices:
    from holidays import list_supported_countries  # only now: no other page needs it

    names = Locale.parse(locale).territories
    found = (SelectChoice(code, names.get(code, code)) for code in list_supported_countries(include_aliases=False))
    return sorted(found, key=lambda choice: choice.label)
