"""What holds for the whole of one request: the time and the desk's settings, each read once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app, g

from firebreak.store import queries


def now() -> datetime:
    """The time of this request, aware UTC; every figure of a page counts from it. Tests set CLOCK to a function."""
    if "now" not in g:
        clock = current_app.config.get("CLOCK")
        g.now = clock() if clock else datetime.now(UTC)
    return g.now


def desk() -> dict[str, Any]:
    """The desk's settings (see `firebreak.store.settings.DEFAULTS`), as they were when the request began."""
    if "desk" not in g:
        g.desk = queries.settings()
    return g.desk
