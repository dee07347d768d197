"""The pages. `init_app` is a list of parts: first what guards every request, then the pages themselves."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from firebreak.web import limits

PARTS = (
    "wire",
    "compiled",
    "bodies",
    "access",
    "security",
    "limits",
    "headers",
    "locale",
    "quick",
    "looks",
    "keys",
    "drafts",
    "words",
    "errors",
    "outage",
    "worker_notice",
    "machine_notice",
    "health",
    "setup",
    "links",
    "first_steps",
    "incidents",
    "room",
    "live",
    "export",
    "review",
    "actions",
    "brief",
    "playbooks",
    "pack",
    "calls",
    "offline",
    "account",
    "people",
    "settings",
)


def init_app(app: Flask) -> None:
    """Give every part its turn. The order counts: the guard asks for a sign-in before a form's token is looked at."""
    for part in PARTS:
        import_module(f"firebreak.web.{part}").init_app(app)
    limits.guard_views(app)
