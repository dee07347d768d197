"""The pages. `init_app` is a list of parts: first what guards every request, then the pages themselves."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from firebreak.web import limits

PARTS = (
    "bodies",
    "access",
    "security",
    "limits",
    "headers",
    "locale",
    "words",
    "errors",
    "worker_notice",
    "health",
    "setup",
    "links",
    "incidents",
    "room",
    "export",
    "review",
    "actions",
    "brief",
    "playbooks",
    "pack",
    "account",
    "people",
    "settings",
)


def init_app(app: Flask) -> None:
    """Give every part its turn. The order counts: the guard asks for a sign-in before a form's token is looked at."""
    for part in PARTS:
        import_module(f"firebreak.web.{part}").init_app(app)
    limits.guard_views(app)
