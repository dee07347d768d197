"""Who asks: bearer tokens, and how much each may ask. A cookie opens nothing here."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from flask import current_app, g, request

from firebreak.api.problems import Wrong
from firebreak.store import tokens
from firebreak.store.tokens import Holder
from firebreak.web import here
from firebreak.workflow.people import fingerprint

LONGEST = 200
WINDOW = timedelta(minutes=1)
REQUESTS = 600
"""In a window, for each token and web process. Counting in the database would make a write of every read."""


def find() -> Holder | None:
    """Who holds the token of this request; None without one that works."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
        return None
    return tokens.use(fingerprint(token), here.now())


def need() -> None:
    """Before every request: 401 without a token that works, 429 for one that asks too often."""
    found = find()
    if found is None:
        raise unknown()
    g.holder = found
    _count(found.id, here.now())


def unknown() -> Wrong:
    """401."""
    wrong = Wrong(401)
    wrong.headers["WWW-Authenticate"] = 'Bearer realm="Firebreak"'
    return wrong


def holder() -> Holder:
    """Who holds the token of this request."""
    found: Holder = g.holder
    return found


def demand(access: str) -> None:
    """403 unless the token has this access."""
    if not holder().may(access):
        raise Wrong(403, needs=access, access=holder().access)


# --- how often -------------------------------------------------------------------------------------

_lock = Lock()


def _count(id: int, now: datetime) -> None:
    counts: dict[int, tuple[datetime, int]] = current_app.extensions.setdefault("requests of tokens", {})
    with _lock:
        since, count = counts.get(id, (now, 0))
        since, count = (since, count + 1) if now - since < WINDOW else (now, 1)
        counts[id] = since, count
    if count > REQUESTS:
        wrong = Wrong(429)
        wrong.headers["Retry-After"] = str(max(1, ceil((since + WINDOW - now).total_seconds())))
        raise wrong
