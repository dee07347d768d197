"""Telling people: routes what the outbox holds, sends it, tries again. A channel is one file with one function."""

from __future__ import annotations

import threading

from flask import Flask

from firebreak import signals
from firebreak.domain.events import Entry

NUDGED = threading.Event()
"""Set when this process has recorded something: a worker in the same process looks at once."""


def nudge(stream: str, entry: Entry) -> None:
    """The outbox row is the truth; this only shortens the wait."""
    NUDGED.set()


def init_app(app: Flask) -> None:
    """Listen to the log, in this process; templates get `delivery_words` (`firebreak.notify.words`)."""
    from firebreak.notify import words

    app.jinja_env.globals["delivery_words"] = words
    signals.event_recorded.connect(nudge)
