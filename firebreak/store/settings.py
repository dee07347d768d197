"""The desk's settings: names, types and defaults in one place, kept as JSON rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.store.models import Setting

NINE_TO_SIX = "09:00-18:00"
DEFAULTS: Mapping[str, Any] = {
    "desk_name": "Firebreak",
    "brands": [],
    "language": "en",
    "zone": "UTC",
    "country": "",
    "staffed": [NINE_TO_SIX] * 5 + ["", ""],
    "channels": [],
    "two_factor_required": False,
    "mail_host": "",
    "mail_port": 587,
    "mail_security": "starttls",
    "mail_user": "",
    "mail_password": "",
    "mail_sender": "",
    "webhook_url": "",
    "webhook_private": False,
    "webhook_secret": "",
    "first_steps": [],
}
"""`channels`: rows of {channel, owner (account id or None), address}.
`staffed`: Monday to Sunday, each "09:00-12:30, 14:00-18:00" or empty.
`first_steps`: steps of the newcomer's guide that somebody put off or confirmed, "all" once it was put away."""

SECRETS = frozenset({"mail_password", "webhook_secret"})


def read(connection: Connection) -> dict[str, Any]:
    """Every setting, defaults where nothing was set."""
    rows = connection.execute(sa.select(Setting.name, Setting.value)).all()
    return {**DEFAULTS, **{name: value for name, value in rows if name in DEFAULTS}}


def write(connection: Connection, changes: Mapping[str, Any]) -> list[str]:
    """Store what differs from before and return its names, sorted. ValueError on an unknown name."""
    unknown = set(changes) - set(DEFAULTS)
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
    before = read(connection)
    changed = sorted(name for name, value in changes.items() if before[name] != value)
    for name in changed:
        connection.execute(sa.delete(Setting).where(Setting.name == name))
        connection.execute(sa.insert(Setting).values(name=name, value=changes[name]))
    return changed
