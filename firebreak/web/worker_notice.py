"""Says on every page that no worker has been heard of: then clocks do not ring and nobody is told."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from firebreak.store import queries
from firebreak.web import here


def init_app(app: Flask) -> None:
    """Templates get `worker_silent()` and `worker_seen_at()`."""
    app.jinja_env.globals.update(worker_silent=worker_silent, worker_seen_at=worker_seen_at)


def worker_seen_at() -> datetime | None:
    """When a worker was last alive; None when there has never been one. Known with who came: no page asks for it."""
    came = here.arrival()
    return came.beat if came else queries.worker_seen_at()


def worker_silent() -> bool:
    """Whether no worker has been heard of for a while. One from the future was heard before the clock was set back."""
    seen = worker_seen_at()
    return seen is None or abs(here.now() - seen) > queries.WORKER_SILENT_AFTER
