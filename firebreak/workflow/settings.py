"""The desk's settings: a change and its entry in the desk's log, which names the fields and never their values."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firebreak.domain.events import Event, EventKind
from firebreak.store import projections
from firebreak.store import settings as store
from firebreak.store.log import DESK, changing

MOVES_CLOCKS = frozenset({"zone", "country", "staffed"})


def change(changes: Mapping[str, Any], actor: int | None, now: datetime) -> list[str]:
    """Store what differs from before; its names, sorted. The worker then looks at every open incident again."""
    with changing(DESK, now) as change:
        changed = store.write(change.connection, changes)
        if changed:
            change.record([Event(EventKind.SETTINGS_CHANGED, now, actor, {"fields": changed})])
        if MOVES_CLOCKS.intersection(changed):
            projections.look_again(change.connection, now)
    return changed


def new_webhook_secret(actor: int | None, now: datetime) -> str:
    """A new signing secret in the form of Standard Webhooks, in force at once."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    change({"webhook_secret": secret}, actor, now)
    return secret
