"""gunicorn's settings file: what a web process does once it serves, and what has to end before it can end.
`firebreak serve` hands it over."""

from __future__ import annotations

import signal
import sys
from threading import Timer
from typing import Any

SETTLED = 1.0  # seconds


def post_worker_init(worker: Any) -> None:
    """A stream has no end of its own, and gunicorn waits for what runs: at SIGTERM the streams go first."""
    live = sys.modules.get("firebreak.live")
    if live is not None:
        live.at_signal(signal.SIGTERM, lambda: hang_up(worker))
    read_playbooks_soon(worker)


def read_playbooks_soon(worker: Any) -> None:
    """Reading the library takes a second: better before somebody opens an incident than while they wait."""
    library = sys.modules.get("firebreak.library")
    if library is not None:
        timer = Timer(SETTLED, read_playbooks, (worker.wsgi, library))
        timer.daemon = True
        timer.start()


def read_playbooks(app: Any, library: Any) -> None:
    """What goes wrong here goes wrong again, and is told, when a page asks."""
    try:
        with app.app_context():
            library.every()
    except Exception as error:
        app.logger.warning("the playbooks could not be read: %s", error)


def hang_up(worker: Any) -> None:
    """Connections kept for another request are closed now, not two seconds later."""
    for connection in list(getattr(worker, "keepalived_conns", ())):
        connection.timeout = 0.0
