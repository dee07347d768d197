"""What is to be mended, playbook by playbook. Worked out once for each state of the library and each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import current_app

from firebreak import library
from firebreak.domain.playbooks import LANGUAGES, Playbook, Problem
from firebreak.web import here

Book = tuple[str, str]
"""Language and scenario."""
_KEPT = "firebreak_playbook_findings"


@dataclass(frozen=True)
class Findings:
    """By playbook, in use or not, and what belongs to none: fragments, folders."""

    by_book: Mapping[Book, tuple[Problem, ...]]
    rest: tuple[Problem, ...]

    @property
    def every(self) -> tuple[Problem, ...]:
        return self.rest + tuple(problem for found in self.by_book.values() for problem in found)

    def of(self, playbook: Playbook) -> tuple[Problem, ...]:
        """Those of the file behind a playbook; the desk's own hides what is wrong with the house's."""
        found, path = self.by_book.get((playbook.language, playbook.scenario), ()), playbook.places.of(1)[0]
        return tuple(each for each in found if each.path == path) if library.is_own(playbook) else found


def now() -> Findings:
    """As the library stands today."""
    state = (here.now().date(), tuple(each.hash for each in library.every()), library.problems())
    kept: tuple[object, Findings] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[0] != state:
        current_app.extensions[_KEPT] = kept = (state, _sorted(library.findings(state[0])))
    return kept[1]


def _sorted(problems: tuple[Problem, ...]) -> Findings:
    by_book: dict[Book, list[Problem]] = {}
    rest = []
    for problem in sorted(problems, key=lambda each: (each.level, each.path, each.line)):
        book = _book(problem.path)
        by_book.setdefault(book, []).append(problem) if book else rest.append(problem)
    return Findings({book: tuple(found) for book, found in by_book.items()}, tuple(rest))


def _book(path: str) -> Book | None:
    """Of `…/fr/angry-backlash.md`; None for any other path."""
    place = PurePosixPath(path)
    return (place.parent.name, place.stem) if place.suffix == ".md" and place.parent.name in LANGUAGES else None
