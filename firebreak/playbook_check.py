"""Everything to mend in a library of playbooks, or in one file or language of it, as its authors see it.

What is looked at is read beside the rest: fragments, neighbours and the other languages come from its own library and,
below that, from the house's. A file that lies anywhere else is read by itself, with the house's fragments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from firebreak import playbook_files
from firebreak.domain import playbook_health
from firebreak.domain.playbooks import LANGUAGES, LARGEST, Playbook, Problem
from firebreak.playbook_files import Look


@dataclass(frozen=True)
class Scope:
    """What is asked about: the folders it is read from, the paths it covers, its scenario where it is one file."""

    folders: tuple[Path, ...]
    covers: Path
    scenario: str = ""


def findings(path: Path, house: Path, today: date) -> list[Problem]:
    """Everything to mend in a library, a language's folder in it, or a file; `house` is the shipped library."""
    if path.suffix == ".md" and path.parent.name not in LANGUAGES:
        return _by_itself(path, house, today)
    return in_scope(_scope(path, house), today)


def _scope(path: Path, house: Path) -> Scope:
    languages, scenario = (path.parent, path.stem) if path.suffix == ".md" else (path, "")
    root = languages.parent if languages.name in LANGUAGES else languages
    return Scope((root,) if root == house or not house.is_dir() else (house, root), path, scenario)


def in_scope(scope: Scope, today: date) -> list[Problem]:
    """Everything to mend in what the scope covers, by file and line."""
    look = playbook_files.read(scope.folders, Look(), scope.scenario)
    found = [*look.problems, *playbook_health.findings(in_use(look).values(), today, _scenarios(scope.folders))]
    covers = playbook_files.real(playbook_files.shown(scope.covers))
    return _sorted([problem for problem in found if playbook_files.real(problem.path).is_relative_to(covers)])


def in_use(look: Look) -> dict[str, Playbook]:
    """Key -> playbook, of each the one that goes before the others."""
    return {found.key: found.playbook for found in look.files.values() if found.playbook}


def _by_itself(path: Path, house: Path, today: date) -> list[Problem]:
    playbook, problems = playbook_files.tried(path, lambda: _read_by_itself(path, house))
    if playbook is None:
        return list(problems)
    return _sorted([*playbook.warnings, *playbook_health.findings([playbook], today, _scenarios((house,)))])


def _read_by_itself(path: Path, house: Path) -> Playbook:
    data = playbook_files.content(path, path.parent, LARGEST)
    look = playbook_files.read((house,) if house.is_dir() else (), Look(), "-")
    return playbook_files.parse(data, playbook_files.shown(path), look.fragments(playbook_files.named(data)[0]))


def _scenarios(folders: tuple[Path, ...]) -> set[str]:
    return {path.stem for folder in folders for language in LANGUAGES for path in (folder / language).glob("*.md")}


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.path, problem.line))
