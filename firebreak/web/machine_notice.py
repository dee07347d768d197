"""Tells administrators what the machine itself does wrong: a clock behind the log, a disk that is nearly full.

Looked at twice a minute by each process, not for each page.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app

from firebreak.store import machine
from firebreak.web import here

LOOK_EVERY = 30.0
LEAST_FREE = 100_000_000
"""Bytes. Evidence comes as films: this is four of the largest that are taken."""
_KEY = "firebreak.machine"


@dataclass(frozen=True)
class Machine:
    """`behind`: how far the clock lies before the newest entry, None when it does not. `free`: bytes in the instance
    folder, None while there are enough."""

    behind: timedelta | None
    free: int | None


def init_app(app: Flask) -> None:
    """Templates get `machine()`."""
    app.jinja_env.globals["machine"] = seen


def seen() -> Machine:
    """What was seen at the last look."""
    before: tuple[float, Machine] | None = current_app.extensions.get(_KEY)
    if before is None or time.monotonic() - before[0] > LOOK_EVERY:
        before = current_app.extensions[_KEY] = (time.monotonic(), look())
    return before[1]


def look() -> Machine:
    """What is so now."""
    free = shutil.disk_usage(current_app.config["FIREBREAK"].instance).free
    return Machine(machine.behind(here.now()), free if free < LEAST_FREE else None)
