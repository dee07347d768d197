"""What was said, decided and seen: statements, notes, decisions, moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from firebreak.domain.channels import CHANNELS
from firebreak.domain.deciding import still_open
from firebreak.domain.deciding.opening import known
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean, happened, required, stamp

K = EventKind
FARTHEST_PROMISE = timedelta(days=366)
BUTTON_MOMENTS = ("acknowledged", "withdrew", "apologised", "contained")


def post_statement(
    incident: Incident,
    channel: str,
    text: str,
    url: str,
    actor: int,
    now: datetime,
    *,
    at: datetime | None = None,
    next_update_at: datetime | None = None,
) -> list[Event]:
    """Posted in public, there and then. A promise of the next update starts its clock."""
    posted = happened(at, now)
    data: dict[str, Any] = {"channel": known(channel, CHANNELS, "channel"), "text": required(text, "text")}
    data |= {"url": web_address(url, "url"), "next_update_at": _promise(next_update_at, posted)}
    return [Event(K.STATEMENT_POSTED, posted, actor, data)]


def _promise(promise: datetime | None, posted: datetime) -> str | None:
    """The promise as a stamp. One for the year 9999 has no local time in half of the world."""
    if promise is None:
        return None
    after_statement(promise, posted)
    if promise > posted + FARTHEST_PROMISE:
        raise Refused("promise_too_far", field="next_update_at", days=FARTHEST_PROMISE.days, promise=promise)
    return stamp(promise)


def after_statement(promise: datetime, posted: datetime) -> None:
    """Refuses a promise of the past."""
    if promise <= posted:
        raise Refused("promise_before_statement", field="next_update_at", at=posted, promise=promise)


def web_address(url: str, field: str) -> str:
    """The address as typed; empty is allowed, anything but http or https is refused."""
    address = clean(url, field, LONGEST_LINE).strip()
    if address and not _is_web(address):
        raise Refused("bad_address", field=field, address=address)
    return address


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.netloc)


def add_note(
    incident: Incident, text: str, html: str, files: Sequence[tuple[dict[str, Any], str]], actor: int, now: datetime,
    at: datetime | None = None,
) -> list[Event]:  # fmt: skip
    """A note in Markdown (`html` is its safe rendering), with files: (sha256, size, type) and the name of each."""
    text = clean(text, "text") if files else required(text, "text")
    names = [clean(name, "files", LONGEST_LINE) for _, name in files]
    data = {"text": text, "html": html, "files": [facts for facts, _ in files], "names": names}
    return [Event(K.NOTE_ADDED, happened(at, now), actor, data)]


def make_decision(
    incident: Incident, question: str, options: str, chosen: str, why: str, html: str, actor: int, now: datetime,
    at: datetime | None = None,
) -> list[Event]:  # fmt: skip
    """A decision: what was asked, what could be done, what was chosen, why."""
    data = {
        "question": required(question, "question", LONGEST_LINE).strip(),
        "options": clean(options, "options"),
        "chosen": required(chosen, "chosen", LONGEST_LINE).strip(),
        "why": required(why, "why"),
        "html": html,
    }
    return [Event(K.DECISION_MADE, happened(at, now), actor, data)]


def record_moment(
    incident: Incident, moment: str, actor: int, now: datetime, *, at: datetime | None = None, note: str = ""
) -> list[Event]:
    """Acknowledged, withdrew, apologised or contained. The earliest one counts, so a later one adds nothing."""
    if moment != "contained":
        still_open(incident)
    known(moment, BUTTON_MOMENTS, "moment")
    when = happened(at, now)
    before = incident.moments.get(moment)
    if before is not None and before <= when:
        return []
    return [Event(K.MOMENT_RECORDED, when, actor, {"moment": moment, "note": clean(note, "note")})]
