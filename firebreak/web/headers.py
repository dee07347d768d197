"""Response headers: nothing runs, loads or frames that is not ours."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
KEPT = frozenset({"static", "offline.worker", "offline.manifest"})
"""Endpoints that say for themselves how long a browser may keep their answer."""
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Put the headers on every answer; HSTS when the desk is reached by https."""
    app.after_request(_put)


def _put(response: Response) -> Response:
    named = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  (they are no mapping)
    for name, value in HEADERS.items():
        if name.lower() not in named:
            response.headers.add(name, value)
    if current_app.config["FIREBREAK"].https_only:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
    # What is kept would be there for the next person at this browser: a page with its token, a file of evidence.
    if request.endpoint not in KEPT:
        response.headers["Cache-Control"] = "no-store"
    return response
