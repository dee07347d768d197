"""Requests that an open page makes by itself: they leave the session as it is.

Their answers come at any time, also after that of a sign-out or of a form: one that set the cookie would sign a person
in again, or bring back a message that was read. Nor does a page that lies open prolong a session.
"""

from __future__ import annotations

from flask import request

HEADER = "X-Firebreak"
"""Says `background` in what scripts fetch; browsers let no form of another site send it."""
ENDPOINTS = frozenset({"live.stream", "live.here_too", "room.changes"})
"""Never opened by a person, whatever the request says."""


def in_background() -> bool:
    """Whether a page asks this by itself."""
    return request.endpoint in ENDPOINTS or request.headers.get(HEADER) == "background"
