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

from firebreak.domain import front_matter, playbook_fragments, playbook_markdown, playbook_prose, playbook_steps
from firebreak.domain.front_matter import Where
from firebreak.domain.playbook_fragments import Fragments
from firebreak.domain.playbook_head import LEGAL, FrontMatter
from firebreak.domain.playbook_outline import parts
from firebreak.domain.playbook_page import Page, capped, decoded, few_lines_of, shown
from firebreak.domain.playbooks import (
    HoldingText,
    LegalClock,
    Neighbour,
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
_NO_FRAGMENTS: Fragments = {}


def parse(text: str | bytes, path: str, fragments: Fragments = _NO_FRAGMENTS) -> Playbook:
    """The playbook in the text of the file at `path`, with the fragments of its language. Raises PlaybookError."""
    source, raw = decoded(text, path)
    lines = few_lines_of(source, path)
    end = front_matter.end_of(lines)
    whole = playbook_fragments.expand(path, lines, len(lines) if end is None else end + 1, fragments)
    if whole.lines is not lines:
        source = "\n".join(whole.lines)
        raw = source.encode()
    page = Page(path, whole.lines, whole.places, list(whole.problems))
    playbook = _read(page, end, source, sha256(raw).hexdigest())
    if playbook is None or page.failed:
        raise PlaybookError(capped([problem for problem in page.problems if problem.level == "error"]))
    return playbook


def _read(page: Page, end: int | None, source: str, hash: str) -> Playbook | None:
    if end is None:
        cure = "Begin the file with a line ---, the keys, and a line ---"
        page.error(1, "no-front-matter", "the file has no front matter", cure)
        return None
    head, lines = front_matter.read(page, end)
    found = parts(page, end + 1)
    playbook_markdown.check(page, end + 1, found)
    body = _Body(
        phases=tuple(playbook_steps.phases(page, found)),
        steps=tuple(playbook_steps.steps(page, found, head.roles if head else None)),
        statements=tuple(playbook_prose.statements(page, found)),
        sections=tuple(playbook_prose.sections(page, found)),
        review_questions=tuple(playbook_prose.questions(found)),
        neighbours=tuple(playbook_markdown.neighbours(page, end + 1)),
    )
    if head is None:
        return None
    _check_path(page, head, lines)
    _check_clocks(page, head, lines, body["steps"])
    _check_deputies(page, head, lines)
    return Playbook(**_meaning(head), **body, hash=hash, source=source, places=page.places, warnings=page.warnings)


class _Body(TypedDict):
    """The fields of a Playbook that its body holds."""

    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    statements: tuple[HoldingText, ...]
    sections: tuple[Section, ...]
    review_questions: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]


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
    deputies: Mapping[str, str]
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
        deputies=head.deputies,
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


def _check_deputies(page: Page, head: FrontMatter, lines: dict[Where, int]) -> None:
    """Someone who approves is asleep one night in three: a text must not wait for them."""
    asked = dict.fromkeys(role for roles in head.approval.values() for role in roles)
    for role in asked.keys() - head.deputies.keys():
        cure = f"Say who stands in: `deputies: {{{role}: …}}`"
        page.warn(lines[("approval",)], "no-deputy", f"{role} approves and has no deputy", cure)
    for role in head.deputies.keys() - asked.keys() - head.roles.keys():
        cure = f"Add {role} to `roles`, or take it out here"
        page.error(lines[("deputies", role)], "unknown-role", f"{role} has a deputy and is no role of it", cure)
