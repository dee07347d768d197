"""Reads a playbook file: front matter, prose, checklist, holding statements. All of it is checked, or refused.

`parse` returns a Playbook or raises PlaybookError with every problem found, each with file, line and cure. It is safe
on hostile text: size, nesting and YAML features are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import TypedDict

from firebreak.domain import front_matter, playbook_prose, playbook_steps
from firebreak.domain.front_matter import LEGAL, FrontMatter, Where
from firebreak.domain.playbook_outline import parts
from firebreak.domain.playbook_page import Page, capped, decoded, lines_of, shown
from firebreak.domain.playbooks import (
    HoldingText,
    LegalClock,
    Phase,
    Playbook,
    PlaybookError,
    Problem,
    Section,
    Signals,
    Source,
    Step,
)

__all__ = ["PlaybookError", "Problem", "parse"]

_IN_LIBRARY = re.compile(r"(?:.*/)?playbooks/([^/]+)/([^/]+)\.md")


def parse(text: str | bytes, path: str) -> Playbook:
    """The playbook in the text of the file at `path`. Raises PlaybookError."""
    source, raw = decoded(text, path)
    page = Page(path, lines_of(source))
    playbook = _read(page, source, sha256(raw).hexdigest())
    if playbook is None or page.failed:
        raise PlaybookError(capped([problem for problem in page.problems if problem.level == "error"]))
    return playbook


def _read(page: Page, source: str, hash: str) -> Playbook | None:
    end = front_matter.end_of(page.lines)
    if end is None:
        cure = "Begin the file with a line ---, the keys, and a line ---"
        page.error(1, "no-front-matter", "the file has no front matter", cure)
        return None
    head, lines = front_matter.read(page, end)
    found = parts(page, end + 1)
    body = _Body(
        phases=tuple(playbook_steps.phases(page, found)),
        steps=tuple(playbook_steps.steps(page, found, head.roles if head else None)),
        statements=tuple(playbook_prose.statements(page, found)),
        sections=tuple(playbook_prose.sections(page, found)),
        review_questions=tuple(playbook_prose.questions(found)),
    )
    if head is None:
        return None
    _check_path(page, head, lines)
    _check_clocks(page, head, lines, body["steps"])
    return Playbook(**_meaning(head), **body, hash=hash, source=source, warnings=page.warnings)


class _Body(TypedDict):
    """The fields of a Playbook that its body holds."""

    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    statements: tuple[HoldingText, ...]
    sections: tuple[Section, ...]
    review_questions: tuple[str, ...]


class _Head(TypedDict):
    """The fields of a Playbook that its front matter holds."""

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
    owner: str
    deputy: str
    reviewed: date
    sources: tuple[Source, ...]


def _meaning(head: FrontMatter) -> _Head:
    return _Head(
        scenario=head.scenario,
        language=head.language,
        title=head.title,
        severity=head.severity,
        summary=head.summary,
        signals=Signals(**head.signals.model_dump()),
        limits=head.clocks,
        legal_clocks=tuple(LegalClock(step=step, **clock.model_dump()) for step, clock in head.legal.items()),
        roles=head.roles,
        approval=head.approval,
        owner=head.owner,
        deputy=head.deputy,
        reviewed=head.reviewed,
        sources=tuple(Source(**source.model_dump()) for source in head.sources),
    )


def _check_path(page: Page, head: FrontMatter, lines: dict[Where, int]) -> None:
    """A file in the library is found by its path, so the path has to say the same as the file."""
    place = _IN_LIBRARY.fullmatch(page.path.replace("\\", "/"))
    for key, wanted in zip(("language", "scenario"), place.groups() if place else (), strict=False):
        said = getattr(head, key)
        if said != wanted:
            message = f"the {key} is {shown(said)}, the path says {shown(wanted)}"
            page.error(lines[(key,)], "path-mismatch", message, "Make them agree: playbooks/<language>/<scenario>.md")


def _check_clocks(page: Page, head: FrontMatter, lines: dict[Where, int], steps: tuple[Step, ...]) -> None:
    ids = {step.id for step in steps}
    for id in head.legal.keys() - ids:
        message = f"the clock {shown(id)} is stopped by no step"
        page.error(
            lines[(LEGAL, id)], "clock-without-step", message, f"Add a step with the id #{id}, or correct the name"
        )
