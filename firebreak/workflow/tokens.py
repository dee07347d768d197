"""Tokens of the API. Each change and its entry in the desk's log are one transaction."""

from __future__ import annotations

import secrets
from datetime import datetime

from firebreak.domain.events import Event, EventKind
from firebreak.domain.refusal import Refused
from firebreak.domain.text import required
from firebreak.store import people, tokens
from firebreak.store.accounts import ACCESS
from firebreak.store.log import DESK, changing
from firebreak.workflow.people import fingerprint

LONGEST_NAME = 100
START = "firebreak_"
"""So that a token that has leaked into a file can be found there."""


def add(name: str, access: str, person: int | None, actor: int | None, now: datetime) -> str:
    """The token, which is kept nowhere. Refused: required, too_long, unknown_access, disabled (the person)."""
    if access not in ACCESS:
        raise Refused("unknown_access", access=access)
    token, kept = START + secrets.token_urlsafe(32), required(name, "name", LONGEST_NAME).strip()
    with changing(DESK, now) as change:
        behind = people.find(change.connection, person) if person else None
        if person and not (behind and behind.active):
            raise Refused("disabled")
        facts = {"access": access, "person": person, "name": kept}
        id = tokens.insert(change.connection, **facts, token_hash=fingerprint(token), made_at=now)
        change.record([Event(EventKind.TOKEN_ADDED, now, actor, {"token": id, **facts})])
    return token


def revoke(id: int, actor: int | None, now: datetime) -> None:
    """It opens nothing from now on. LookupError when there is no such token."""
    with changing(DESK, now) as change:
        found = tokens.find(change.connection, id)
        if found is None:
            raise LookupError(id)
        if found.revoked_at is None:
            tokens.revoke(change.connection, id, now)
            change.record([Event(EventKind.TOKEN_REVOKED, now, actor, {"token": id})])
