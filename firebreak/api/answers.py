"""What the API answers: the shapes alone. `firebreak.api.shown` fills them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from firebreak.api.schemas import Language, Outcome, Severity, State


class Answer(BaseModel):
    """Times are in UTC, with their offset."""

    model_config = ConfigDict(extra="forbid")


class Reason(Answer):
    """Why a playbook fits: a code for programs, words in the language asked for, and the facts behind them."""

    code: str = Field(examples=["strong"])
    text: str = Field(examples=["strong words: “firestorm”"])
    weight: float = Field(description="What the score would lose without it; below 0: gain.")
    facts: dict[str, Any]


class Match(Answer):
    """A playbook and its share of belief, 0 to 1."""

    scenario: str
    title: str
    score: float
    fit: str = Field(description="The score as a word, in the language asked for.")
    reasons: list[Reason]


class Question(Answer):
    """A question anybody at the desk can answer with yes or no; send the answer back under its id, in `answers`."""

    id: str = Field(examples=["own_account"])
    text: str = Field(examples=["Was it posted from our own account?"])


class Matches(Answer):
    """Every playbook, the best fit first; the first three with reasons. `none` is how surely this is no crisis at all.

    The scores and `none` are shares of one whole. From `none` 0.5 on the desk leaves a report alone. `question` is the
    one that would settle it where the first two are close.
    """

    matches: list[Match]
    none: float
    question: Question | None


class Actor(Answer):
    """Who did it: a person, or a token by its name."""

    kind: Literal["person", "token"]
    id: int
    name: str


class Clock(Answer):
    """A limit that runs. `limit` is in seconds; `stopped_at` is when what it waits for happened."""

    id: str = Field(examples=["first_response"])
    status: Literal["running", "warning", "breached", "met", "late", "not_applicable", "invalid"]
    start: datetime
    limit: float
    due: datetime
    stopped_at: datetime | None


class Step(Answer):
    """A line of the checklist. `current` is false when today's playbook no longer asks for it."""

    id: str
    title: str
    phase: str
    role: str
    state: Literal["open", "done", "not-applicable"]
    due: datetime
    critical: bool
    current: bool
    options: list[str] = Field(description="The options of a decision; empty for other steps.")
    choice: str | None
    at: datetime | None
    by: Actor | None
    person: Actor | None


class Statement(Answer):
    """A text posted in public; `seq` is its entry."""

    seq: int
    channel: str
    at: datetime
    text: str
    url: str
    next_update_at: datetime | None


class PlaybookInUse(Answer):
    """The version that the incident is run by."""

    scenario: str
    language: Language
    title: str
    hash: str = Field(description="SHA-256 of its text.")


class IncidentLine(Answer):
    """An incident in the list."""

    reference: str = Field(examples=["FB-2026-014"])
    title: str
    state: State
    severity: Severity
    scenario: str | None
    language: Language
    exercise: bool
    outcome: Outcome | None
    opened_at: datetime
    lead: Actor | None
    open_critical: int = Field(description="Critical steps that nobody has done or set aside.")
    breached: int = Field(description="Clocks that ran out while somebody was waited for.")


class Incidents(Answer):
    """A page of the list, the newest first. `next` is the cursor of the next page; null at the end."""

    incidents: list[IncidentLine]
    next: str | None


class Incident(Answer):
    """An incident as of entry `seq` of its log."""

    reference: str = Field(examples=["FB-2026-014"])
    seq: int
    title: str
    report: str
    state: State
    severity: Severity
    language: Language
    channels: list[str]
    exercise: bool
    opened_by: Actor | None
    outcome: Outcome | None
    duplicate_of: str | None
    playbook: PlaybookInUse | None
    moments: dict[str, datetime]
    clocks: list[Clock]
    steps: list[Step]
    roles: dict[str, Actor]
    statements: list[Statement]


class Entry(Answer):
    """A line of the log as it was written. `at` is when it happened, `recorded_at` when it was written down.

    `data` of an erased entry has lost what a person typed. A correction is an entry of its own, which names its
    `target`.
    """

    seq: int
    kind: str = Field(examples=["note:added"])
    at: datetime
    recorded_at: datetime
    actor: Actor | None = Field(description="Null for what the desk did by itself.")
    data: dict[str, Any]
    struck: bool
    corrected: bool
    erased: bool


class Log(Answer):
    """Entries in order. `more`: there are further ones; ask again after the last `seq`."""

    entries: list[Entry]
    more: bool


class PlaybookLine(Answer):
    """A playbook in one language."""

    scenario: str
    language: Language
    title: str
    severity: Severity
    summary: str
    reviewed: str = Field(description="A date.")
    steps: int
    hash: str


class Playbooks(Answer):
    """Every playbook, by scenario and language."""

    playbooks: list[PlaybookLine]


class Option(Answer):
    """One way to settle a decision."""

    id: str
    title: str
    consequence: str


class ListedStep(Answer):
    """A step as its playbook lists it. `due` is in seconds from the opening; `guidance` is Markdown."""

    id: str
    title: str
    phase: str
    role: str
    due: float
    critical: bool
    options: list[Option]
    guidance: str


class HoldingText(Answer):
    """A text to be filled and posted."""

    platform: str
    title: str
    text: str


class Playbook(Answer):
    """A playbook. `limits` are seconds, by clock and severity; `source` is the file's text."""

    scenario: str
    language: Language
    title: str
    severity: Severity
    summary: str
    owner: str
    deputy: str
    reviewed: str = Field(description="A date.")
    hash: str
    roles: dict[str, str]
    limits: dict[str, dict[str, float]]
    steps: list[ListedStep]
    statements: list[HoldingText]
    source: str
