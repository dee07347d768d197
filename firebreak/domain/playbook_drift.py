"""Where the languages of one scenario have drifted apart.

A team that works in three languages works one plan: steps share ids, roles, times and marks, and the clocks agree. A
step that only some countries need says so (`only=fr`, `only="en fr"`); a clock of the law goes with its step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from firebreak.domain import durations
from firebreak.domain.playbooks import Playbook, Problem, Step

CODE = "drift"


def between(written: list[Playbook]) -> Iterator[Problem]:
    """The drift of each later playbook from the first, all of one scenario and each in a language of its own."""
    for playbook in written:
        yield from _own_marks(playbook)
    for playbook in written[1:]:
        yield from _steps(playbook, written[0])
        yield from _clocks(playbook, written[0])


def _own_marks(playbook: Playbook) -> Iterator[Problem]:
    for step in playbook.steps:
        if step.only and playbook.language not in step.only:
            cure = f"Add {playbook.language} to its `only`, or take the step out"
            message = f"the step {step.id} is only for {', '.join(step.only)}"
            yield playbook.warning(step.line, CODE, message, cure)


def _steps(playbook: Playbook, first: Playbook) -> Iterator[Problem]:
    here, there = _by_id(playbook), _by_id(first)
    for id, step in there.items():
        if id not in here and _belongs(step, playbook):
            cure = f"Add it, or mark it there as only={first.language}"
            yield playbook.warning(_phase_line(playbook, step), CODE, f"{first.name} has the step {id} too", cure)
    for id, step in here.items():
        if id in there:
            yield from _differences(playbook, step, first, there[id])
        elif _belongs(step, first):
            cure = f"Add it there, or mark it here as only={playbook.language}"
            yield playbook.warning(step.line, CODE, f"{first.name} has no step {id}", cure)


def _by_id(playbook: Playbook) -> Mapping[str, Step]:
    return {step.id: step for step in playbook.steps}


def _belongs(step: Step, playbook: Playbook) -> bool:
    return not step.only or playbook.language in step.only


def _phase_line(playbook: Playbook, step: Step) -> int:
    section = playbook.section(step.phase)
    return section.line if section else 1


def _differences(playbook: Playbook, step: Step, first: Playbook, other: Step) -> Iterator[Problem]:
    theirs = _facts(other)
    for what, ours in _facts(step).items():
        if ours != theirs[what]:
            message = f"the step {step.id}: {what} {ours}, in {first.name} {theirs[what]}"
            yield playbook.warning(step.line, CODE, message, "Make them agree")


def _facts(step: Step) -> Mapping[str, str]:
    """What every language has to say alike, as words."""
    return {
        "phase": step.phase,
        "role": step.role,
        "due": durations.spell(step.due),
        "critical": _yes(step.critical),
        "decision": _yes(step.decision),
        "only": " ".join(step.only) or "-",
        "options": ", ".join(option.id for option in step.options) or "-",
    }


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _clocks(playbook: Playbook, first: Playbook) -> Iterator[Problem]:
    if playbook.severity != first.severity:
        message = f"the severity is {playbook.severity}, in {first.name} {first.severity}"
        yield playbook.warning(playbook.key_line("severity"), CODE, message, "Make them agree")
    ours, theirs = _limits(playbook), _limits(first)
    shared = {step.id for step in (*playbook.steps, *first.steps) if _belongs(step, playbook) and _belongs(step, first)}
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name) and (name in shared or name not in _duties(playbook, first)):
            message = f"the clock {name}: {ours.get(name, 'none')}, in {first.name} {theirs.get(name, 'none')}"
            yield playbook.warning(playbook.key_line("clocks"), CODE, message, "Make them agree")


def _duties(*playbooks: Playbook) -> set[str]:
    return {clock.step for playbook in playbooks for clock in playbook.legal_clocks}


def _limits(playbook: Playbook) -> Mapping[str, str]:
    """Each clock as words: `critical 10m, serious 15m`, or `72h from noticed` for one of the law."""
    own = {name: ", ".join(map(_limit, sorted(limits.items()))) for name, limits in playbook.limits.items()}
    legal = {clock.step: f"{durations.spell(clock.limit)} from {clock.start}" for clock in playbook.legal_clocks}
    return own | legal


def _limit(limit: tuple[str, timedelta]) -> str:
    return f"{limit[0]} {durations.spell(limit[1])}"
