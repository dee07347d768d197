"""The hash chain over the log. A changed, missing or reordered entry breaks it; an erased body does not.

digest = sha256(salt ‖ body); hash = sha256(previous hash ‖ header ‖ digest).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from firebreak.domain.events import EVERYBODY, VERSION, Event
from firebreak.domain.text import stamp

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value is always the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def new_salt() -> str:
    """A random salt, so that a short erased text cannot be guessed from its digest."""
    return secrets.token_hex(16)


def digest(salt: str, body: str) -> str:
    """What the chain keeps of a body."""
    return hashlib.sha256((salt + body).encode()).hexdigest()


def header(row: dict[str, Any]) -> str:
    """Everything of an entry but its body, as canonical JSON."""
    kept = {key: row[key] for key in ("stream", "seq", "kind", "version", "actor", "codes", "audience")}
    return canonical(kept | {"at": stamp(row["at"]), "recorded_at": stamp(row["recorded_at"])})


def link(previous: str, row: dict[str, Any]) -> str:
    """The hash of an entry row, given the hash before it."""
    return hashlib.sha256((previous + header(row) + row["digest"]).encode()).hexdigest()


def row_of(
    stream: str, seq: int, event: Event, recorded_at: Any, previous: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry row and the body row (salt, body) for one event, chained to `previous`."""
    salt, body = new_salt(), canonical(event.body)
    row: dict[str, Any] = {
        "stream": stream,
        "seq": seq,
        "kind": str(event.kind),
        "version": VERSION,
        "at": event.at,
        "recorded_at": recorded_at,
        "actor": event.actor,
        "codes": event.codes,
        "audience": EVERYBODY,
        "digest": digest(salt, body),
    }
    return row | {"hash": link(previous, row)}, {"salt": salt, "body": body}
