"""Says on every page that no worker has been heard of: then clocks do not ring and nobody is told."""

from __future__ import annotations

from flask import Flask

from firebreak.store import queries
from firebreak.web import here


def init_app(app: Flask) -> None:
    """Templates get `worker_silent()` and `worker_seen_at()`, asked only by pages that show them."""
    app.jinja_env.globals.update(worker_silent=worker_silent, worker_seen_at=queries.worker_seen_at)


def worker_silent() -> bool:
    """One look at a table of a few rows."""
    return queries.worker_is_silent(here.now())
