"""Deciders: a wish and an incident in, new events out, or `Refused`. An empty list means "already so"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from firebreak.domain import clocks
from firebreak.domain.events import Event
from firebreak.domain.folding import provisional
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused


def settled(incident: Incident, events: Iterable[Event], now: datetime) -> list[Event]:
    """The events, and after them every clock that they set or moved."""
    wanted = list(events)
    return wanted + clocks.settings_due(provisional(incident, wanted, now), now) if wanted else []


def still_open(incident: Incident) -> None:
    """Refuses work on a stood-down incident; the record of what happened can still be mended and added to."""
    if incident.state != "open":
        raise Refused("stood_down", reference=incident.reference)
