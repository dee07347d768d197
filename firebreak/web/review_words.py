"""The words of the review: figures, questions of the house, parts of the picture, marks; and what is told of Motrin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from firebreak.domain.events import EventKind
from firebreak.domain.timeline import Mark
from firebreak.web import words
from firebreak.web.room_view import Room

K = EventKind
Words = Mapping[str, Any]

FIGURES: Words = {
    "noticed": _l("From the beginning until we noticed"),
    "acknowledged": _l("From noticing until somebody took the lead"),
    "first_response": _l("From noticing until our first public word"),
    "silence": _l("From the beginning until our first public word"),
    "withdrew": _l("From noticing until it was withdrawn"),
    "apologised": _l("From noticing until we apologised"),
    "contained": _l("From noticing until it was contained"),
    "stood_down": _l("From noticing until we stood down"),
}
QUESTIONS: Words = {
    "first_seen": _l("When could we first have seen it?"),
    "seen_by": _l("Who saw it first, we or others?"),
    "on_time": _l("Where were we slower than our limits, and why?"),
    "said": _l("Which of our texts worked, and which fed the fire?"),
    "wrong": _l("What did we publish or delete that was wrong?"),
    "unreached": _l("Who could not be reached?"),
    "promised": _l("Did people get what we promised them?"),
    "luck": _l("What was luck?"),
    "change": _l("Which line, contact, text or right must change?"),
    "right_playbook": _l("Was it the right playbook?"),
    "surprise": _l("What surprised us?"),
}
PARTS: Words = MappingProxyType(
    {**words.PHASES, "before": _l("Before it was opened"), "after": _l("After standing down")}
)
SHORT_PARTS: Words = {
    "before": _l("before"),
    "first-15-minutes": _l("15 min"),
    "first-hour": _l("1 h"),
    "first-day": _l("1 d"),
    "following-days": _l("days"),
    "after": _l("after"),
}
"""Where the picture has no room for more."""

LANES: Words = {"moments": _l("Moments and decisions"), "steps": _l("Steps"), "statements": _l("Said in public")}
OUTCOMES: Words = {"done": _l("Done"), "dropped": _l("Dropped")}

MOTRIN: Words = {
    "noticed": _l("about a day: it was a weekend"),
    "silence": _l("36 to 48 h, until the apology; mails to bloggers on Sunday 16"),
    "withdrew": _l("the online advert on Sunday 16; print could not be called back"),
    "apologised": _l("36 to 48 h after it began, on Sunday 16 or Monday 17"),
}
"""What is told of the case; where nothing is, the page says so. Sources: MOTRIN_SOURCES."""

MOTRIN_SOURCES = (
    (
        "Chicago Tribune, 18 November 2008",
        "http://www.chicagotribune.com/news/ct-xpm-2008-11-18-0811170682-story.html",
    ),
    ("Johnson & Johnson, More on Motrin Moms", "https://www.jnj.com/health-and-wellness/more-on-motrin-moms"),
    ("C. Sherrod, Lessons from Motrin", "https://christophersherrod.com/lessons-from-motrin/"),
)


def mark(room: Room, mark: Mark) -> str:
    """What a mark of the picture stands for, in one line."""
    event = mark.entry.event
    if mark.code in words.MOMENTS and mark.code != "acknowledged":
        return words.word("moment", mark.code)
    if event.kind is K.ROLE_ASSIGNED:
        return _("%(role)s: %(name)s", role=words.word("role", "lead"), name=room.name(event.data["person"]))
    tell = TOLD.get(event.kind)
    return tell(room, event.data) if tell else words.word("moment", mark.code)


def _step_done(room: Room, data: Words) -> str:
    title, choice = room.title(data["step"]), data.get("choice")
    return f"{title} → {room.choice_title(data['step'], choice)}" if choice else title


def _severity(room: Room, data: Words) -> str:
    old, new = (words.word("severity", data[key]) for key in ("previous", "severity"))
    return _("Severity: %(old)s → %(new)s", old=old, new=new)


def _playbook(room: Room, data: Words) -> str:
    return _("Playbook: %(name)s", name=room.playbook_title(data["hash"], data["scenario"]))


def _decision(room: Room, data: Words) -> str:
    question, chosen = data.get("question"), data.get("chosen")
    return f"{question} → {chosen}" if question else _("Decision (erased)")


TOLD: Mapping[EventKind, Callable[[Room, Words], str]] = {
    K.STEP_DONE: _step_done,
    K.STEP_NOT_APPLICABLE: lambda room, data: _("Not applicable: %(step)s", step=room.title(data["step"])),
    K.STEP_REOPENED: lambda room, data: _("Opened again: %(step)s", step=room.title(data["step"])),
    K.STATEMENT_POSTED: lambda room, data: _("Posted on %(channel)s", channel=words.word("channel", data["channel"])),
    K.SEVERITY_CHANGED: _severity,
    K.PLAYBOOK_CHOSEN: _playbook,
    K.DECISION_MADE: _decision,
    K.INCIDENT_STOOD_DOWN: lambda room, data: _(
        "Stood down: %(outcome)s", outcome=words.word("outcome", data["outcome"])
    ),
    K.INCIDENT_REOPENED: lambda room, data: _("Opened again"),
}
