"""What a playbook is, once read: the plan for one scenario in one language.

The file format is in docs; `playbook_parser.parse` is the only maker of these objects.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

LANGUAGES = ("en", "fr", "zh")
SEVERITIES = ("critical", "serious", "minor", "watch")
ROLES = (
    *("lead", "channel", "monitor", "legal", "spokesperson", "scribe"),
    *("care", "paid", "executive", "security", "hr", "partner"),
)
PHASES = ("first-15-minutes", "first-hour", "first-day", "following-days", "stand-down")
MOMENTS = (
    *("began", "noticed", "opened", "acknowledged", "first_response"),
    *("withdrew", "apologised", "contained", "stood_down"),
)
TIMES = ("weekend", "night", "holiday")
LARGEST, MOST_LINES = 250_000, 5_000
"""Bytes and lines of a playbook with its fragments."""


@dataclass(frozen=True)
class Option:
    """One way to settle a decision. `title` and `consequence` are plain text."""

    id: str
    title: str
    consequence: str


@dataclass(frozen=True)
class Step:
    """One item of the checklist. `title` is plain text, `guidance` Markdown source, `line` counts from 1.

    `due` counts from the opening of the incident, or from the choice of the playbook if that came later. `only` names
    the languages whose playbook of the scenario has the step, none meaning all of them.
    """

    id: str
    title: str
    role: str
    due: timedelta
    critical: bool
    phase: str
    guidance: str
    decision: bool
    options: tuple[Option, ...]
    line: int
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phase:
    """A part of the checklist, in the order of the file; `id` is one of PHASES."""

    id: str
    title: str


@dataclass(frozen=True)
class HoldingText:
    """A holding statement for one platform: plain text with `{{ placeholders }}`, paragraphs apart by a blank line."""

    platform: str
    title: str
    text: str
    line: int


@dataclass(frozen=True)
class Section:
    """Prose under one heading of level 1 or 2, as Markdown source; `id` is None for a heading of the author's own.

    Steps and holding statements are left out of `markdown`: they are objects of their own. The text before the
    first heading is a section of level 0 without a title.
    """

    id: str | None
    title: str
    level: int
    markdown: str
    line: int


@dataclass(frozen=True)
class LegalClock:
    """A duty with a deadline: from the moment `start`, the step `step` must be done within `limit`."""

    step: str
    title: str
    start: str
    limit: timedelta


@dataclass(frozen=True)
class Signals:
    """What speaks for the scenario (`strong` doubly) and what speaks `against` it; words are in lower case.

    `examples` are whole lines, as somebody might report it.
    """

    words: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    times: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a claim of the playbook can be read."""

    title: str
    url: str


@dataclass(frozen=True)
class Neighbour:
    """A link to another scenario's playbook, `[Employee leak](employee-leak.md)`, and the line it stands on."""

    scenario: str
    line: int


@dataclass(frozen=True)
class Places:
    """Where lines came from: runs of (first line, file, its line there), lines counted from 1."""

    runs: tuple[tuple[int, str, int], ...]

    def of(self, line: int) -> tuple[str, int]:
        """The file and the line in it."""
        first, path, there = self.runs[max(0, bisect_right(self.runs, line, key=lambda run: run[0]) - 1)]
        return path, there + line - first


@dataclass(frozen=True)
class Problem:
    """Something an author has to mend: where (`line` counts from 1), a stable `code`, what, and how to cure it."""

    path: str
    line: int
    code: str
    message: str
    cure: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}. {self.cure}"


class PlaybookError(ValueError):
    """A file is no playbook; `problems` says everything that was found, in the order of the lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Playbook:
    """A whole playbook.

    `limits` holds clock -> severity -> limit, for the severities the file names; `approval` severity -> role ids
    in order; `roles` role id -> what it does; `deputies` role id -> who stands in. `source` is the text with its
    fragments in it, `hash` the SHA-256 (hex) of its UTF-8 bytes; lines count in it, and `places` finds their files.
    """

    scenario: str
    language: str
    title: str
    severity: str
    summary: str
    signals: Signals
    limits: Mapping[str, Mapping[str, timedelta]]
    legal_clocks: tuple[LegalClock, ...]
    roles: Mapping[str, str]
    approval: Mapping[str, tuple[str, ...]]
    deputies: Mapping[str, str]
    owner: str
    deputy: str
    reviewed: date
    sources: tuple[Source, ...]
    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    statements: tuple[HoldingText, ...]
    sections: tuple[Section, ...]
    review_questions: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]
    hash: str
    source: str
    places: Places
    warnings: tuple[Problem, ...] = ()

    def step(self, id: str) -> Step | None:
        """The step of that id, or None."""
        return next((step for step in self.steps if step.id == id), None)

    def section(self, id: str) -> Section | None:
        """The section of that id, or None."""
        return next((section for section in self.sections if section.id == id), None)

    @property
    def name(self) -> str:
        """What tells it from every other: `fr/angry-backlash`."""
        return f"{self.language}/{self.scenario}"

    def warning(self, line: int, code: str, message: str, cure: str) -> Problem:
        """Advice about that line of `source`, told with the file the line came from."""
        return Problem(*self.places.of(line), code, message, cure, "warning")

    def key_line(self, key: str) -> int:
        """The line of a key at the left edge of the front matter; 1 where it is not written."""
        lines = enumerate(self.source.splitlines(), 1)
        return next((number for number, line in lines if line.startswith(f"{key}:")), 1)
