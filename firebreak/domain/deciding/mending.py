"""Correcting, striking and erasing entries. What was written first stays in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from firebreak.domain.events import SHAPES, Entry, Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.domain.text import clean, happened, required, stamp

K = EventKind
CORRECTABLE_CODES = frozenset({"began_at", "noticed_at", "channel"})


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
    """Entry `seq` with another time, other typed text, or other began/noticed times or channel; and why."""
    entry = _mendable(incident, seq)
    shape, codes, body = SHAPES[entry.event.kind], dict(codes or {}), dict(body or {})
    if set(codes) - (CORRECTABLE_CODES & shape.codes) or set(body) - shape.body:
        raise Refused("not_correctable", entry=seq)
    if at is not None and entry.event.kind is K.INCIDENT_OPENED:
        raise Refused("not_correctable", entry=seq)
    if not codes and not body and at is None:
        return []
    typed = {key: clean(value, key) if isinstance(value, str) else value for key, value in body.items()}
    data = {"target": seq, "reason": required(reason, "reason"), "codes": codes, "body": typed}
    data["at"] = stamp(happened(at, now)) if at else None
    return [Event(K.ENTRY_CORRECTED, now, actor, data)]


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
