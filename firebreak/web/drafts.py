"""What the page's drafts (static/js/drafts.js) need of the server.

A text stays in the browser until it was accepted. An accepted form is answered with a redirect to where one goes on;
a cookie then names the form's address, and the next page forgets what was typed there. Forms that lead to the password
page first, or come back with errors, are not accepted.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from flask import Flask, Response, current_app, request, url_for

from firebreak.web.access import current_person, signed_in

ACCEPTED = "firebreak_accepted"
"""Read by the page's script, which is why it is not HttpOnly. It holds the path of a form, nothing typed."""

BRIEF = 120
"""Seconds it lives: until the next page."""

HELD = ("security.verify", "account.second_step", "security.login")
"""Where a form is led that was not looked at."""


def init_app(app: Flask) -> None:
    """Templates get `draft_owner()`."""
    app.after_request(_accepted)
    app.jinja_env.globals["draft_owner"] = draft_owner


def draft_owner() -> str:
    """Whose texts a browser keeps: a word that is the same at each sign-in and says nothing; "" for nobody."""
    if not signed_in():
        return ""
    known = f"{current_app.secret_key!r} {current_person().id}"
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def _accepted(response: Response) -> Response:
    if request.method == "POST" and response.status_code == 303 and not _held(response):
        secure = current_app.config["FIREBREAK"].https_only
        path = quote(request.path, safe="")
        response.set_cookie(ACCEPTED, path, max_age=BRIEF, samesite="Lax", secure=secure)
    return response


def _held(response: Response) -> bool:
    place = (response.location or "").partition("?")[0]
    return any(place.endswith(url_for(endpoint)) for endpoint in HELD) and request.endpoint not in HELD
