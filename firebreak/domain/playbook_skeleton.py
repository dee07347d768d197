"""A playbook to begin with: whole, in good order, with a prompt where the author's words belong.

Where the scenario is already written its plan is taken from there (steps, roles, times, clocks), for that is what
languages share; the words of the steps come along to be written anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from string import Template
from textwrap import indent

from firebreak.domain import durations
from firebreak.domain.playbook_words import section_id
from firebreak.domain.playbooks import PHASES, Playbook, Step


def skeleton(form: str, scenario: str, language: str, title: str, today: date, like: Playbook | None = None) -> str:
    """The text of a new playbook from the `form` of its language, a whole playbook with $title, $scenario, $today."""
    values = {"title": _quoted(title), "scenario": scenario, "today": today.isoformat()}
    text = Template(form).substitute(values)
    return _with_plan(text, like, language) if like else text


def _with_plan(text: str, like: Playbook, language: str) -> str:
    _empty, head, body = text.split("---\n", 2)
    intro, *chunks = body.split("\n## ")
    planned = [_chunk(chunk, like, language) for chunk in chunks]
    return "\n## ".join([f"---\n{_head(head, like, language)}---\n{intro}", *filter(None, planned)])


def _head(head: str, like: Playbook, language: str) -> str:
    """The form's head with the shared keys of the other playbook in their places."""
    keys: list[list[str]] = []
    for line in head.splitlines(keepends=True):
        if line[0] in " -" and keys:
            keys[-1].append(line)
        else:
            keys.append([line])
    shared = dict(_shared(like, language))
    return "".join(shared.get(key[0].partition(":")[0], "".join(key)) for key in keys)


def _shared(like: Playbook, language: str) -> Iterator[tuple[str, str]]:
    yield "severity", f"severity: {like.severity}\n"
    yield "clocks", "clocks:\n" + "".join(_clocks(like, language))
    yield "roles", _mapping("roles", like.roles)
    yield "approval", "approval:\n" + "".join(f"  {key}: [{', '.join(ids)}]\n" for key, ids in like.approval.items())
    yield "deputies", _mapping("deputies", like.deputies)


def _clocks(like: Playbook, language: str) -> Iterator[str]:
    for name, limits in like.limits.items():
        yield f"  {name}: {{{_limits(limits)}}}\n"
    here = {step.id for step in like.steps if _belongs(step, language)}
    for clock in like.legal_clocks:
        if clock.step in here:
            duty = f"title: {_quoted(clock.title)}, from: {clock.start}, limit: {durations.spell(clock.limit)}"
            yield f"  {clock.step}: {{{duty}}}\n"


def _limits(limits: Mapping[str, timedelta]) -> str:
    return ", ".join(f"{severity}: {durations.spell(limit)}" for severity, limit in limits.items())


def _mapping(key: str, words: Mapping[str, str]) -> str:
    return f"{key}:\n" + "".join(f"  {name}: {_quoted(text)}\n" for name, text in words.items())


def _quoted(text: str) -> str:
    """As YAML reads it back, whatever is in it: JSON strings are YAML."""
    return json.dumps(text, ensure_ascii=False)


def _chunk(chunk: str, like: Playbook, language: str) -> str:
    """A section of the form; a phase with the other playbook's steps, or nothing where that has no such phase."""
    heading, _newline, _rest = chunk.partition("\n")
    phase = section_id(heading)
    if phase not in PHASES:
        return chunk
    steps = [step for step in like.steps if step.phase == phase and _belongs(step, language)]
    return "\n\n".join([heading, *map(_step, steps)]) + "\n" if steps else ""


def _belongs(step: Step, language: str) -> bool:
    return not step.only or language in step.only


def _step(step: Step) -> str:
    marks = " .critical" * step.critical + " .decision" * step.decision
    only = f' only="{" ".join(step.only)}"' if step.only else ""
    braces = f"{{#{step.id} role={step.role} due={durations.spell(step.due)}{marks}{only}}}"
    options = "\n".join(f"- **{each.title}** — {each.consequence} {{#{each.id}}}" for each in step.options)
    below = [indent(text, "  ") for text in (step.guidance, options) if text]
    return "\n\n".join([f"- [ ] {step.title} {braces}", *below])
