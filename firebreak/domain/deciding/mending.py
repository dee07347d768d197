"""Correcting, striking and erasing entries. What was written first stays in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from firebreak.domain.channels import CHANNELS
from firebreak.domain.deciding.opening import known
from firebreak.domain.deciding.record import after_statement, web_address
from firebreak.domain.events import SHAPES, Entry, Event, EventKind
from firebreak.domain.folding import provisional
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, LONGEST_TEXT, clean, happened, moment, required, stamp

K = EventKind
CORRECTABLE_CODES = ("began_at", "noticed_at", "channel", "next_update_at")
LINES = frozenset({"title", "question", "chosen"})
OPTIONAL = frozenset({"note", "options", "known", "unknown", "next"})


def _mendable(incident: Incident, seq: int) -> Entry:
    entry = incident.fact(seq)
    if entry is None:
        raise Refused("unknown_entry", entry=seq)
    if not SHAPES[entry.event.kind].mendable:
        raise Refused("not_mendable", entry=seq, kind=str(entry.event.kind))
    if seq in incident.struck:
        raise Refused("already_struck", entry=seq)
    return entry


def correct(
    incident: Incident,
    seq: int,
    reason: str,
    actor: int,
    now: datetime,
    *,
    at: datetime | None = None,
    codes: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> list[Event]:
    """Entry `seq` with another time, text, channel, promise, or time it began or was noticed; and why."""
    entry = _mendable(incident, seq)
    codes, body = dict(codes or {}), dict(body or {})
    _only_correctable(entry, codes, body, at)
    if not codes and not body and at is None:
        return []
    data = {
        "target": seq,
        "reason": required(reason, "reason"),
        "at": stamp(happened(at, now)) if at else None,
        "codes": {key: _code(key, value, now) for key, value in codes.items()},
        "body": {key: _typed(key, value, entry.event.data.get(key)) for key, value in body.items()},
    }
    event = Event(K.ENTRY_CORRECTED, now, actor, data)
    _in_order(provisional(incident, [event], now), seq)
    return [event]


def _only_correctable(entry: Entry, codes: Mapping[str, Any], body: Mapping[str, Any], at: datetime | None) -> None:
    shape = SHAPES[entry.event.kind]
    odd = set(codes) - (shape.codes & set(CORRECTABLE_CODES)) or set(body) - shape.body
    if odd or (at is not None and entry.event.kind is K.INCIDENT_OPENED):
        raise Refused("not_correctable", entry=entry.seq)


def _code(key: str, value: str | None, now: datetime) -> str | None:
    """A corrected channel, or a time as a stamp. None: nobody knows when it began; no next update was promised."""
    if key == "channel":
        return known(value or "", CHANNELS, key)
    at = moment(value)
    if at is None and key == "noticed_at":
        raise Refused("required", field=key)
    return stamp(at if key == "next_update_at" else happened(at, now)) if at else None


def _typed(key: str, value: Any, before: Any) -> Any:
    """As strict as the first writing was: nothing that had words is emptied but by striking or erasing it."""
    if not isinstance(value, str) or key == "html":
        return value
    if key == "url":
        return web_address(value, key)
    longest = LONGEST_LINE if key in LINES else LONGEST_TEXT
    return required(value, key, longest) if before and key not in OPTIONAL else clean(value, key, longest)


def _in_order(mended: Incident, seq: int) -> None:
    """Refuses a beginning after the noticing, and a statement later than its own promise."""
    began, noticed = mended.moments.get("began"), mended.moments["noticed"]
    if seq == 1 and began and began > noticed:
        raise Refused("began_after_noticed", began=began, noticed=noticed)
    for statement in mended.statements:
        if statement.seq == seq and statement.next_update_at:
            after_statement(statement.next_update_at, statement.at)


def strike(incident: Incident, seq: int, reason: str, actor: int, now: datetime) -> list[Event]:
    """Entry `seq` no longer counts, and why. Entry 1 is the incident: stand it down instead."""
    entry = _mendable(incident, seq)
    if entry.event.kind is K.INCIDENT_OPENED:
        raise Refused("not_mendable", entry=seq, kind=str(entry.event.kind))
    return [Event(K.ENTRY_STRUCK, now, actor, {"target": seq, "reason": required(reason, "reason")})]


def erase(incident: Incident, seqs: Iterable[int], reason: str, actor: int | None, now: datetime) -> list[Event]:
    """What was typed in these entries, and in corrections of them, is emptied for good; times and ids stay."""
    wanted = set(seqs)
    for seq in wanted:
        if incident.fact(seq) is None:
            raise Refused("unknown_entry", entry=seq)
    targets = sorted(e.seq for e in incident.facts if not e.erased and (e.seq in wanted or _mends(e, wanted)))
    targets = [seq for seq in targets if (fact := incident.fact(seq)) and fact.event.body]
    if not targets:
        return []
    return [Event(K.ENTRY_ERASED, now, actor, {"targets": targets, "reason": clean(reason, "reason")})]


def _mends(entry: Entry, targets: set[int]) -> bool:
    return entry.event.kind in (K.ENTRY_CORRECTED, K.ENTRY_STRUCK) and entry.event.data["target"] in targets
