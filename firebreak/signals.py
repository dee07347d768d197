"""The one signal of the house, and the one function that sends it.

Receivers run after the commit, in the process that wrote: the entries are stored whatever a receiver does.
They must not write to the incident's log. Other processes learn of entries by looking at the tables.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from blinker import Namespace

from firebreak.domain.events import Entry

log = logging.getLogger(__name__)

event_recorded = Namespace().signal(
    "event-recorded",
    doc="Sent for each stored entry, after its commit. Sender: the stream. Keyword: `entry`. Answers are ignored.",
)


def announce(entries: Sequence[Entry]) -> None:
    """Tell every receiver of every entry; one failing receiver never stops the others."""
    for entry in entries:
        for receiver in event_recorded.receivers_for(entry.stream):
            try:
                receiver(entry.stream, entry=entry)
            except Exception:
                log.exception("a receiver of %s failed", entry.event.kind)
