"""The lead's three lines for the executive's page."""

from __future__ import annotations

from datetime import datetime

from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean


def write_brief(incident: Incident, known: str, unknown: str, next: str, actor: int, now: datetime) -> list[Event]:
    """What is known, what is not known yet, what comes next. The newest counts; the same again adds nothing."""
    texts = {"known": known, "unknown": unknown, "next": next}
    typed = {key: clean(text, key, LONGEST_LINE).strip() for key, text in texts.items()}
    if not any(typed.values()):
        raise Refused("required", field="known")
    before = incident.brief
    if before and all(getattr(before, key) == text for key, text in typed.items()):
        return []
    return [Event(EventKind.BRIEF_WRITTEN, now, actor, typed)]
