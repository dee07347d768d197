"""What goes into the scenario-planning pack: a snapshot of playbooks, people and channels, and a hash over it.

Pure: everything is handed in. Two packs with the same hash say the same; the day on the cover is not part of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firebreak.domain.playbooks import ROLES, Playbook

PAPERS = ("A4", "Letter")


class Person(Protocol):
    """What is asked of an account. `access` is one of observer, responder, approver, administrator."""

    id: int
    name: str
    email: str
    phone: str
    zone: str
    access: str


@dataclass(frozen=True)
class Caller:
    """A line of the call list; `channels` are the codes of those the person owns, `zone` "" for the desk's own."""

    name: str
    access: str
    phone: str
    email: str
    zone: str
    channels: tuple[str, ...]


@dataclass(frozen=True)
class OwnedChannel:
    """An account of the house on a platform, and who answers for it ("" for nobody)."""

    channel: str
    address: str
    owner: str


@dataclass(frozen=True)
class Pack:
    """The whole pack. `made` is in the desk's zone; `hash` is the SHA-256 (hex) of everything it says but that."""

    language: str
    made: datetime
    desk_name: str
    brands: tuple[str, ...]
    zone: str
    playbooks: tuple[Playbook, ...]
    callers: tuple[Caller, ...]
    channels: tuple[OwnedChannel, ...]
    hash: str = ""

    @property
    def version(self) -> str:
        """The day it was made and the first letters of its hash: 2026-11-21-3f9a12cd."""
        return f"{self.made:%Y-%m-%d}-{self.hash[:8]}"

    @property
    def leads(self) -> tuple[Caller, ...]:
        """Who may work on incidents: everybody but observers."""
        return tuple(caller for caller in self.callers if caller.access != "observer")

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that these playbooks give work to, in the order of the house."""
        asked = {role for each in self.playbooks for role in (*each.roles, *(step.role for step in each.steps))}
        return tuple(role for role in ROLES if role in asked)


def assemble(
    playbooks: Iterable[Playbook], people: Iterable[Person], settings: Mapping[str, Any], language: str, now: datetime
) -> Pack:
    """The pack of these playbooks, by title; `people` are those who can sign in, `now` aware UTC."""
    people = list(people)
    rows = [row for row in settings["channels"] if row.get("channel")]
    pack = Pack(
        language=language,
        made=_local(now, settings["zone"]),
        desk_name=str(settings["desk_name"]),
        brands=tuple(map(str, settings["brands"])),
        zone=str(settings["zone"]),
        playbooks=tuple(sorted(playbooks, key=lambda each: (each.title, each.scenario))),
        callers=tuple(_caller(person, rows) for person in people),
        channels=tuple(_channel(row, {person.id: person.name for person in people}) for row in rows),
    )
    return replace(pack, hash=digest(pack))


def _local(now: datetime, zone: str) -> datetime:
    try:
        return now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(UTC)


def _caller(person: Person, rows: list[dict[str, Any]]) -> Caller:
    owned = dict.fromkeys(str(row["channel"]) for row in rows if row.get("owner") == person.id)
    return Caller(person.name or person.email, person.access, person.phone, person.email, person.zone, tuple(owned))


def _channel(row: Mapping[str, Any], names: Mapping[int, str]) -> OwnedChannel:
    return OwnedChannel(str(row["channel"]), str(row.get("address") or ""), names.get(row.get("owner") or 0, ""))


def digest(pack: Pack) -> str:
    """Over the hashes of the playbooks, the settings and the people that the pack shows, and its language."""
    shown = {
        "language": pack.language,
        "desk": [pack.desk_name, pack.brands, pack.zone],
        "playbooks": [[each.language, each.scenario, each.hash] for each in pack.playbooks],
        "people": [asdict(caller) for caller in pack.callers],
        "channels": [asdict(channel) for channel in pack.channels],
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
