"""gunicorn's settings file: what has to end before a web process can end. `firebreak serve` hands it over."""

from __future__ import annotations

import signal
import sys
from typing import Any


def post_worker_init(worker: Any) -> None:
    """A stream has no end of its own, and gunicorn waits for what runs: at SIGTERM the streams go first."""
    live = sys.modules.get("firebreak.live")
    if live is not None:
        live.at_signal(signal.SIGTERM, lambda: hang_up(worker))


def hang_up(worker: Any) -> None:
    """Connections kept for another request are closed now, not two seconds later."""
    for connection in list(getattr(worker, "keepalived_conns", ())):
        connection.timeout = 0.0
