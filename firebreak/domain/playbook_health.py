"""What keeps a library of playbooks healthy: whole files, young reviews, live references, languages that agree.

`playbook_parser` says what is wrong inside one file; this module looks at playbooks beside each other and at the
calendar. All of it is advice: a playbook with findings can still be used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, islice

from firebreak.domain import playbook_drift
from firebreak.domain.playbook_page import MOST_PROBLEMS, shown
from firebreak.domain.playbook_words import SECTIONS
from firebreak.domain.playbooks import LANGUAGES, Playbook, Problem

REVIEW_EVERY = timedelta(days=365)
OPTIONAL = {"following-days"}


def findings(playbooks: Iterable[Playbook], today: date, scenarios: Collection[str] = ()) -> list[Problem]:
    """The warnings, by file and line, no more than a person can use. `scenarios` are known besides those of the
    playbooks themselves."""
    every = sorted(playbooks, key=lambda each: (each.scenario, LANGUAGES.index(each.language)))
    known = {each.scenario for each in every} | set(scenarios)
    found = [problem for each in every for problem in islice(_of_one(each, today, known), MOST_PROBLEMS)]
    for _scenario, written in groupby(every, key=lambda each: each.scenario):
        found += islice(playbook_drift.between(list(written)), MOST_PROBLEMS)
    return sorted(found, key=lambda problem: (problem.path, problem.line))


def is_stale(playbook: Playbook, today: date) -> bool:
    """Whether nobody has looked through it for more than a year."""
    return today - playbook.reviewed > REVIEW_EVERY


def _of_one(playbook: Playbook, today: date, known: Collection[str]) -> Iterator[Problem]:
    yield from _missing(playbook)
    yield from _references(playbook, known)
    if is_stale(playbook, today):
        message = f"the last review was on {playbook.reviewed}, more than a year ago"
        yield playbook.warning(
            playbook.key_line("reviewed"), "stale-review", message, "Read it through and write today's date"
        )


def _missing(playbook: Playbook) -> Iterator[Problem]:
    have = {section.id for section in playbook.sections}
    for id in SECTIONS:
        if id not in have and id not in OPTIONAL:
            cure = f"Write it, under its usual heading or any with {{#{id}}}"
            yield playbook.warning(1, "missing-section", f"the section {id} is missing", cure)


def _references(playbook: Playbook, known: Collection[str]) -> Iterator[Problem]:
    for neighbour in playbook.neighbours:
        if neighbour.scenario not in known:
            cure = "Correct the name, or write the playbook: firebreak playbooks new"
            message = f"no playbook has the scenario {shown(neighbour.scenario)}"
            yield playbook.warning(neighbour.line, "dead-reference", message, cure)
    aside = playbook.section("not-this")
    if aside and not playbook.neighbours:
        cure = "Name the neighbour to use instead: [Employee leak](employee-leak.md)"
        yield playbook.warning(aside.line, "no-neighbour", "it links to no other scenario", cure)
