"""The vocabulary of the log: every kind of event, what it carries, and where each part is kept.

`codes` are kept in the entry for good: ids, times, states. `body` is what a person typed, names and
addresses: it can be emptied, and folding works without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """`subject:action`, in the past tense. Stored: add, never rename."""

    INCIDENT_OPENED = "incident:opened"
    INCIDENT_RETITLED = "incident:retitled"
    INCIDENT_STOOD_DOWN = "incident:stood_down"
    INCIDENT_REOPENED = "incident:reopened"
    SEVERITY_CHANGED = "severity:changed"
    CHANNEL_ADDED = "channel:added"
    PLAYBOOK_CHOSEN = "playbook:chosen"
    STEP_ADDED = "step:added"
    STEP_DONE = "step:done"
    STEP_NOT_APPLICABLE = "step:not_applicable"
    STEP_REOPENED = "step:reopened"
    STEP_ASSIGNED = "step:assigned"
    ROLE_ASSIGNED = "role:assigned"
    ROLE_RELEASED = "role:released"
    MOMENT_RECORDED = "moment:recorded"
    NOTE_ADDED = "note:added"
    DECISION_MADE = "decision:made"
    STATEMENT_POSTED = "statement:posted"
    CLOCK_SET = "clock:set"
    CLOCK_WARNED = "clock:warned"
    CLOCK_BREACHED = "clock:breached"
    ENTRY_CORRECTED = "entry:corrected"
    ENTRY_STRUCK = "entry:struck"
    ENTRY_ERASED = "entry:erased"
    PERSON_ADDED = "person:added"
    PERSON_CHANGED = "person:changed"
    PERSON_DISABLED = "person:disabled"
    PERSON_ENABLED = "person:enabled"
    PERSON_ERASED = "person:erased"
    ACCESS_CHANGED = "access:changed"
    ACCOUNT_SECURED = "account:secured"
    LINK_ISSUED = "link:issued"
    SETTINGS_CHANGED = "settings:changed"
    BRIEF_WRITTEN = "brief:written"
    REVIEW_ANSWERED = "review:answered"
    REVIEW_AGREED = "review:agreed"
    REVIEW_REOPENED = "review:reopened"
    ACTION_ADDED = "action:added"
    ACTION_CHANGED = "action:changed"
    ACTION_CLOSED = "action:closed"
    PLAYBOOK_JUDGED = "playbook:judged"
    SUGGESTION_DECLINED = "suggestion:declined"
    TOKEN_ADDED = "token:added"
    TOKEN_REVOKED = "token:revoked"


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys an event of one kind may carry, and whether it may be struck out or corrected."""

    codes: frozenset[str]
    body: frozenset[str]
    mendable: bool = False


def _shape(codes: str = "", body: str = "", mendable: bool = False) -> Shape:
    return Shape(frozenset(codes.split()), frozenset(body.split()), mendable)


K = EventKind
SHAPES: Mapping[EventKind, Shape] = {
    K.INCIDENT_OPENED: _shape(
        "severity language channels began_at noticed_at exercise cover matches none answers",
        "title report html",
        mendable=True,
    ),
    K.INCIDENT_RETITLED: _shape("", "title"),
    K.INCIDENT_STOOD_DOWN: _shape("outcome duplicate_of open_critical", "reason"),
    K.INCIDENT_REOPENED: _shape("", "reason"),
    K.SEVERITY_CHANGED: _shape("severity previous", "reason"),
    K.CHANNEL_ADDED: _shape("channel"),
    K.PLAYBOOK_CHOSEN: _shape("scenario language hash steps limits legal_clocks previous"),
    K.STEP_ADDED: _shape("step phase role due critical", "title"),
    K.STEP_DONE: _shape("step choice", "note", mendable=True),
    K.STEP_NOT_APPLICABLE: _shape("step", "reason", mendable=True),
    K.STEP_REOPENED: _shape("step", "reason", mendable=True),
    K.STEP_ASSIGNED: _shape("step person", mendable=True),
    K.ROLE_ASSIGNED: _shape("role person previous", mendable=True),
    K.ROLE_RELEASED: _shape("role previous", mendable=True),
    K.MOMENT_RECORDED: _shape("moment", "note", mendable=True),
    K.NOTE_ADDED: _shape("files", "text html names", mendable=True),
    K.DECISION_MADE: _shape("", "question options chosen why html", mendable=True),
    K.STATEMENT_POSTED: _shape("channel next_update_at", "text url", mendable=True),
    K.CLOCK_SET: _shape("clock start limit due"),
    K.CLOCK_WARNED: _shape("clock due"),
    K.CLOCK_BREACHED: _shape("clock due"),
    K.ENTRY_CORRECTED: _shape("target at codes", "reason body", mendable=False),
    K.ENTRY_STRUCK: _shape("target", "reason"),
    K.ENTRY_ERASED: _shape("targets", "reason"),
    K.PERSON_ADDED: _shape("person access", "name email"),
    K.PERSON_CHANGED: _shape("person fields"),
    K.PERSON_DISABLED: _shape("person"),
    K.PERSON_ENABLED: _shape("person"),
    K.PERSON_ERASED: _shape("person entries"),
    K.ACCESS_CHANGED: _shape("person access previous"),
    K.ACCOUNT_SECURED: _shape("person what"),
    K.LINK_ISSUED: _shape("person purpose"),
    K.SETTINGS_CHANGED: _shape("fields"),
    K.BRIEF_WRITTEN: _shape("", "known unknown next", mendable=True),
    K.REVIEW_ANSWERED: _shape("question playbook", "answer", mendable=True),
    K.REVIEW_AGREED: _shape("", "note"),
    K.REVIEW_REOPENED: _shape("", "reason"),
    K.ACTION_ADDED: _shape("action owner due", "what", mendable=True),
    K.ACTION_CHANGED: _shape("action owner due", "what"),
    K.ACTION_CLOSED: _shape("action outcome", "note", mendable=True),
    K.PLAYBOOK_JUDGED: _shape("scenario", mendable=True),
    K.SUGGESTION_DECLINED: _shape("scenario", mendable=True),
    K.TOKEN_ADDED: _shape("token access person", "name"),
    K.TOKEN_REVOKED: _shape("token"),
}


DESK_KINDS = frozenset(
    {
        *(K.PERSON_ADDED, K.PERSON_CHANGED, K.PERSON_DISABLED, K.PERSON_ENABLED, K.PERSON_ERASED),
        *(K.ACCESS_CHANGED, K.ACCOUNT_SECURED, K.LINK_ISSUED, K.SETTINGS_CHANGED),
        *(K.TOKEN_ADDED, K.TOKEN_REVOKED),
    }
)
"""What the desk's own log holds; every other kind belongs to an incident."""

EVERYBODY = "room"
"""The audience of an entry that everybody in the room may read."""


@dataclass(frozen=True, slots=True)
class Event:
    """A fact not yet stored. `at` (aware UTC) is when it happened; `actor` an account id, None for the desk itself."""

    kind: EventKind
    at: datetime
    actor: int | None
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = SHAPES[self.kind]
        unknown = set(self.data) - shape.codes - shape.body
        if unknown:
            raise ValueError(f"{self.kind} does not carry {', '.join(sorted(unknown))}")

    @property
    def codes(self) -> dict[str, Any]:
        """The part that is kept for good."""
        return {key: value for key, value in self.data.items() if key in SHAPES[self.kind].codes}

    @property
    def body(self) -> dict[str, Any]:
        """The part that can be erased."""
        return {key: value for key, value in self.data.items() if key in SHAPES[self.kind].body}


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored event: entry `seq` of `stream`. `erased` when its body was emptied."""

    id: int
    stream: str
    seq: int
    recorded_at: datetime
    event: Event
    erased: bool = False
    audience: str = EVERYBODY


def upcast(kind: str, version: int, data: dict[str, Any]) -> dict[str, Any]:
    """Data written by an older version in today's shape. Every kind is at version 1 so far."""
    return data


VERSION = 1
