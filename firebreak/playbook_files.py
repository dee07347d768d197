"""Playbook files on disk: which there are, and what was read from each, parsed only where something changed.

Anything may lie in a folder that people edit: files nobody may read, other encodings, pipes, links that lead away. Each
becomes a problem with a path and a cure; none of them stops the others.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from firebreak.config import HOME
from firebreak.domain.playbooks import LARGEST, Playbook, PlaybookError, Problem

Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A file as it was last read: its playbook, or the errors that keep it from being one. `key` is `en/name.md`."""

    key: str
    stamp: Stamp
    playbook: Playbook | None
    problems: tuple[Problem, ...]


Files = Mapping[Path, Found]


def read(folder: Path, before: Files) -> tuple[Files, tuple[Problem, ...]]:
    """The playbook files of a folder; when it cannot be listed, those from before and a problem."""
    try:
        return {path: _fresh(path, folder, before.get(path)) for path in _listed(folder)}, ()
    except OSError as error:
        kept = {path: found for path, found in before.items() if path.is_relative_to(folder)}
        return kept, (_folder_problem(folder, error),)


def _listed(folder: Path) -> list[Path]:
    """The .md files in the folders of the languages; what starts with a dot belongs to an editor."""
    languages = [each for each in folder.iterdir() if not each.name.startswith(".") and each.is_dir()]
    names = (path for language in languages for path in language.iterdir())
    return sorted(path for path in names if path.suffix == ".md" and not path.name.startswith("."))


def _fresh(path: Path, folder: Path, before: Found | None) -> Found:
    stamp = _stamp(path)
    if before and before.stamp == stamp:
        return before
    return _parsed(path, folder, stamp)


def _stamp(path: Path) -> Stamp:
    """Tells one state of a file from the next; the change time also moves when only permissions do."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _parsed(path: Path, folder: Path, stamp: Stamp) -> Found:
    key, shown = path.relative_to(folder).as_posix(), _shown(path)
    try:
        playbook = _good(_bytes(path, folder), shown)
    except PlaybookError as error:
        return Found(key, stamp, None, error.problems)
    except OSError as error:
        return Found(key, stamp, None, (_unreadable(shown, error),))
    return Found(key, stamp, playbook, playbook.warnings)


@lru_cache(maxsize=256)
def _good(content: bytes, shown: str) -> Playbook:
    """Parsing is pure and takes a twentieth of a second: what was read before is not read again."""
    return parse(content, shown)


def parse(content: str | bytes, shown: str) -> Playbook:
    """`playbook_parser.parse`. The readers of YAML and Markdown take as long to load as the first page of a start, and
    that page needs none of them."""
    from firebreak.domain import playbook_parser

    return playbook_parser.parse(content, shown)


def _bytes(path: Path, folder: Path) -> bytes:
    """The bytes of an ordinary file inside the folder, at most one more than a playbook may have. Raises OSError."""
    if not path.resolve(strict=True).is_relative_to(folder.resolve()):
        raise OSError(0, "it leads out of the folder")
    with open(path, "rb", opener=_open) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is no ordinary file")
        return file.read(LARGEST + 1)


def _open(path: str, flags: int) -> int:
    """A pipe that somebody left there would block for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def _shown(path: Path) -> str:
    """The path as an author finds it: from the house where it lies there, else whole."""
    inside = path.is_relative_to(HOME)
    return (path.relative_to(HOME) if inside else path).as_posix()


def _unreadable(shown: str, error: OSError) -> Problem:
    cure = "Put an ordinary UTF-8 file there that the desk may read, or take the name away"
    return Problem(shown, 1, "unreadable", f"the file cannot be read: {error.strerror or error}", cure)


def _folder_problem(folder: Path, error: OSError) -> Problem:
    cure = "Make the folder readable for the desk, or name another with FIREBREAK_PLAYBOOKS"
    return Problem(_shown(folder), 1, "no-folder", f"the folder cannot be read: {error.strerror or error}", cure)


def check(path: Path) -> list[Problem]:
    """Everything to mend in one file, or in all files of a folder."""
    if path.is_dir():
        files, problems = read(path, {})
        return [*problems, *(problem for found in files.values() for problem in found.problems)]
    return list(_parsed(path, path.parent, ()).problems)
