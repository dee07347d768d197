"""An incident as its log tells it: the shapes that `firebreak.domain.folding` fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from firebreak.domain.events import Entry


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the checklist. `current` is False when today's playbook no longer has it."""

    id: str
    phase: str
    role: str
    due: datetime
    critical: bool = False
    options: tuple[str, ...] = ()
    own: bool = False
    current: bool = True
    title: str = ""
    state: str = "open"
    at: datetime | None = None
    by: int | None = None
    seq: int | None = None
    choice: str | None = None
    person: int | None = None

    @property
    def decision(self) -> bool:
        return bool(self.options)

    @property
    def waits(self) -> bool:
        """Open, and asked for by the playbook in use."""
        return self.state == "open" and self.current


@dataclass(frozen=True, slots=True)
class Statement:
    """A text posted in public. `next_update_at` is the promise it made."""

    seq: int
    channel: str
    at: datetime
    actor: int | None
    next_update_at: datetime | None
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that runs from `start` to `due`. What stops it is computed (`firebreak.domain.clocks`)."""

    id: str
    start: datetime
    limit: timedelta
    due: datetime
    warned: bool = False
    breached: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """The playbook in use, by content hash, and since when. Limits: clock -> severity -> length."""

    scenario: str
    language: str
    hash: str
    at: datetime
    limits: Mapping[str, Mapping[str, timedelta]] = field(default_factory=dict)
    legal_clocks: tuple[tuple[str, str, timedelta], ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """What the lead wrote last for those who decide: what is known, what is not, what comes next."""

    seq: int
    at: datetime
    by: int | None
    known: str = ""
    unknown: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answers to one question of the review. `playbook` is the version that asks `q1`…, else ""."""

    seq: int
    question: str
    playbook: str
    by: int | None
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to change after the incident. `outcome` is None while it is open; `due` is a day of the desk."""

    id: str
    seq: int
    owner: int | None
    due: date | None
    what: str = ""
    outcome: str | None = None
    closed_at: datetime | None = None
    note: str = ""

    @property
    def complete(self) -> bool:
        """Whether somebody is to do it, by a date."""
        return self.owner is not None and self.due is not None


@dataclass(frozen=True)
class Incident:
    """Everything the log says of one incident, as of entry `seq`. Times are aware UTC.

    `judged`: the scenario that would have been right, or `none`, as the review says. `declined`: the scenarios
    that the desk is not to suggest again.
    """

    reference: str
    seq: int = 0
    state: str = "open"
    title: str = ""
    report: str = ""
    severity: str = "serious"
    language: str = "en"
    channels: tuple[str, ...] = ()
    exercise: bool = False
    opened_at: datetime | None = None
    opened_by: int | None = None
    severity_since: datetime | None = None
    moments: Mapping[str, datetime] = field(default_factory=dict)
    playbook: Chosen | None = None
    chosen: tuple[Chosen, ...] = ()
    steps: Mapping[str, Step] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    outcome: str | None = None
    duplicate_of: str | None = None
    brief: Brief | None = None
    answers: tuple[Answer, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)
    agreed_by: int | None = None
    judged: str | None = None
    declined: frozenset[str] = frozenset()
    struck: frozenset[int] = frozenset()
    corrected: frozenset[int] = frozenset()
    facts: tuple[Entry, ...] = field(default=(), repr=False, compare=False)

    @property
    def lead(self) -> int | None:
        return self.roles.get("lead")

    @property
    def open_critical(self) -> tuple[Step, ...]:
        """Critical steps that nobody has done or set aside."""
        return tuple(step for step in self.steps.values() if step.critical and step.waits)

    @property
    def open_actions(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions.values() if action.outcome is None)

    def fact(self, seq: int) -> Entry | None:
        """The entry as it was stored; None when there is none."""
        return self.facts[seq - 1] if 0 < seq <= len(self.facts) else None
