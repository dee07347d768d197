"""Holding texts for an incident: the playbook's, filled as far as the desk knows, with their length on the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from flask_babel import gettext as _

from firebreak.domain import statements
from firebreak.domain.channels import CHANNELS
from firebreak.domain.incidents import Incident, Statement
from firebreak.domain.playbooks import HoldingText, Playbook
from firebreak.web import here, locale, words

PROMISES = (30, 60, 120, 240)
"""Minutes to the next update that a button offers."""

CADENCE = {"critical": 60, "serious": 120, "minor": 240, "watch": 240}
"""Minutes between public updates; see the cadence of common runbooks in docs/sources.md."""

ROUNDED_TO = timedelta(minutes=5)


@dataclass(frozen=True)
class Draft:
    """A text ready to be edited and posted. `written_for` is the platform of the playbook's text, "" for none."""

    channel: str
    text: str
    written_for: str
    limit: int | None
    length: int
    posted: tuple[Statement, ...]
    affected: bool

    @property
    def marks(self) -> str:
        """What only a person can fill in: "{{ link }}, {{ subject }}"."""
        return marks(self.text)


def marks(text: str) -> str:
    """The placeholders still in a text, as they stand there; "" when nothing waits to be replaced."""
    return _(", ").join(f"{{{{ {name} }}}}" for name in sorted(statements.placeholders(text)))


def drafts(incident: Incident, playbook: Playbook | None, spokesperson: str, now: datetime) -> list[Draft]:
    """One for each channel the storm has reached or that was posted to."""
    used = dict.fromkeys((*incident.channels, *(statement.channel for statement in incident.statements)))
    return [draft(incident, playbook, channel, spokesperson, now) for channel in used]


def draft(incident: Incident, playbook: Playbook | None, channel: str, spokesperson: str, now: datetime) -> Draft:
    """The text for one channel: the platform's own, else the shortest there is, to be adapted."""
    source = _source(playbook, channel)
    text = statements.fill(source.text, _values(incident, channel, spokesperson, now)) if source else ""
    posted = tuple(each for each in incident.statements if each.channel == channel)
    written_for = source.platform if source else ""
    return Draft(
        channel, text, written_for, statements.limit(channel), statements.count(channel, text), posted,
        channel in incident.channels,
    )  # fmt: skip


def _source(playbook: Playbook | None, channel: str) -> HoldingText | None:
    found = playbook.statements if playbook else ()
    own = next((each for each in found if each.platform == channel), None)
    return own or min(found, key=lambda each: len(each.text), default=None)


def _values(incident: Incident, channel: str, spokesperson: str, now: datetime) -> dict[str, str]:
    """What the desk knows. The rest stays a visible marker, so that nobody posts a guess."""
    desk = here.desk()
    brand = next(iter(desk["brands"]), "") or desk["desk_name"]
    promised = promise_words(incident, CADENCE[incident.severity], now)
    known = {"brand": brand, "next_update": promised, "channel": words.word("channel", channel)}
    return known | ({"spokesperson": spokesperson} if spokesperson else {})


def promise_words(incident: Incident, minutes: int, now: datetime) -> str:
    """ "Sunday 09:30", in the texts' language and the desk's zone: the public reads it, not the person here."""
    language = incident.playbook.language if incident.playbook else incident.language
    at = _rounded(now + timedelta(minutes=minutes)).astimezone(_desk_zone())
    return str(format_datetime(at, "EEEE HH:mm", locale=locale.LOCALES.get(language, "en")))


def _rounded(at: datetime) -> datetime:
    over = (at - datetime(2000, 1, 1, tzinfo=UTC)) % ROUNDED_TO
    return at - over + ROUNDED_TO if over else at


def _desk_zone() -> ZoneInfo:
    try:
        return ZoneInfo(here.desk()["zone"])
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def other_channels(incident: Incident) -> list[str]:
    """Channels without a draft so far."""
    used = {*incident.channels, *(statement.channel for statement in incident.statements)}
    return [channel for channel in CHANNELS if channel not in used]
