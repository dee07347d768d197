"""Playbook files on disk: which there are, and what was read from each, parsed only where something changed.

Anything may lie in a folder that people edit: files nobody may read, other encodings, pipes, links that lead away. Each
becomes a problem with a path and a cure; none of them stops the others. A folder holds `<language>/<scenario>.md` and
`<language>/fragments/<name>.md`; of several folders the later goes before the earlier, file by file.
"""

from __future__ import annotations

import gc
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from firebreak.config import HOME
from firebreak.domain import playbook_fragments
from firebreak.domain.playbook_fragments import FOLDER, LARGEST_FRAGMENT, Fragment
from firebreak.domain.playbooks import LARGEST, Playbook, PlaybookError, Problem

T = TypeVar("T")
Stamp = tuple[int, ...]
_NOWHERE: Stamp = ()
_NAMES = re.compile(r"(?m)^(language|scenario):[ \t]*[\"']?([\w-]+)")


@dataclass(frozen=True)
class Found:
    """A file as it was last read: its playbook, or the errors that keep it from being one. `key` is `en/name.md`."""

    key: str
    stamp: Stamp
    playbook: Playbook | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Shared:
    """A fragment's file as it was last read. `key` is `en/name`."""

    key: str
    stamp: Stamp
    fragment: Fragment | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Look:
    """What the folders held at one look: playbooks and fragments by path, and what is wrong with the folders."""

    files: Mapping[Path, Found] = field(default_factory=dict)
    shared: Mapping[Path, Shared] = field(default_factory=dict)
    folders: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that was found in single files."""
        shared = tuple(problem for each in self.shared.values() for problem in each.problems)
        return self.folders + shared + tuple(problem for each in self.files.values() for problem in each.problems)

    def fragments(self, language: str) -> dict[str, Fragment]:
        """The fragments of a language by name; those of later folders go before."""
        found = (each for each in self.shared.values() if each.fragment and each.key.startswith(f"{language}/"))
        return {each.key.partition("/")[2]: each.fragment for each in found if each.fragment}


@dataclass(frozen=True)
class _Listing:
    """The paths in a folder. Where it could not be listed they are those of the look before, and stay as they were."""

    folder: Path
    files: list[Path]
    shared: list[Path]
    problem: Problem | None = None


def read(folders: tuple[Path, ...], before: Look, scenario: str = "") -> Look:
    """What the folders hold, all or of one scenario; of a folder that cannot be listed, what it held before."""
    listings = [_listing(folder, before) for folder in folders]
    shared = {path: _shared(path, listing, before) for listing in listings for path in listing.shared}
    look = Look({}, shared, tuple(listing.problem for listing in listings if listing.problem))
    wanted = ((path, listing) for listing in listings for path in listing.files if scenario in ("", path.stem))
    with _nothing_is_garbage():
        return replace(look, files={path: _fresh(path, listing, before, look) for path, listing in wanted})


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """Sixty playbooks are a million small objects that stay: looking for waste among them takes a fifth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _listing(folder: Path, before: Look) -> _Listing:
    """What starts with a dot belongs to an editor."""
    try:
        languages = sorted(path for path in _names(folder) if path.is_dir())
        shelves = [language / FOLDER for language in languages if (language / FOLDER).is_dir()]
        return _Listing(folder, _texts(languages), _texts(shelves))
    except OSError as error:
        files, shared = (
            [path for path in known if path.is_relative_to(folder)] for known in (before.files, before.shared)
        )
        return _Listing(folder, files, shared, _folder_problem(folder, error))


def _texts(folders: list[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in _names(folder) if path.suffix == ".md")


def _names(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def _shared(path: Path, listing: _Listing, before: Look) -> Shared:
    stamp, known = _stamp(path), before.shared.get(path)
    if known and (listing.problem or known.stamp == stamp):
        return known
    key = f"{path.parent.parent.name}/{path.stem}"
    made = tried(path, lambda: playbook_fragments.read(content(path, listing.folder, LARGEST_FRAGMENT), shown(path)))
    fragment, problems = made
    return Shared(key, stamp, fragment, tuple(playbook_fragments.check(fragment)) if fragment else problems)


def _fresh(path: Path, listing: _Listing, before: Look, look: Look) -> Found:
    """A playbook is read again when its file or a fragment of its language has changed."""
    language = path.parent.name
    shared = [each.stamp for each in look.shared.values() if each.key.startswith(f"{language}/")]
    stamp, known = sum(shared, _stamp(path)), before.files.get(path)
    if known and (listing.problem or known.stamp == stamp):
        return known
    return _parsed(path, listing.folder, stamp, look.fragments(language))


def _stamp(path: Path) -> Stamp:
    """Tells one state of a file from the next; the change time also moves when only permissions do."""
    try:
        found = path.stat()
    except OSError:
        return _NOWHERE
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _parsed(path: Path, folder: Path, stamp: Stamp, fragments: Mapping[str, Fragment]) -> Found:
    key = path.relative_to(folder).as_posix()
    playbook, problems = tried(path, lambda: parse(content(path, folder, LARGEST), shown(path), fragments))
    return Found(key, stamp, playbook, playbook.warnings if playbook else problems)


def tried(path: Path, make: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    """What is made of the file at the path, or None and what keeps it from being made."""
    try:
        return make(), ()
    except PlaybookError as error:
        return None, error.problems
    except OSError as error:
        return None, (_unreadable(path, error),)


def parse(data: bytes, name: str, fragments: Mapping[str, Fragment]) -> Playbook:
    """`playbook_parser.parse` with those of the fragments that the text speaks of. Raises PlaybookError."""
    return _good(data, name, tuple((each, text) for each, text in fragments.items() if os.fsencode(each) in data))


@lru_cache(maxsize=256)
def _good(data: bytes, name: str, fragments: tuple[tuple[str, Fragment], ...]) -> Playbook:
    """Parsing is pure and takes a fiftieth of a second: what was read before is not read again.

    The readers of YAML and Markdown take as long to load as the first page of a start, and that page needs none."""
    from firebreak.domain import playbook_parser

    return playbook_parser.parse(data, name, dict(fragments))


def content(path: Path, folder: Path, most: int) -> bytes:
    """The bytes of an ordinary file inside the folder, at most one more than it may have. Raises OSError."""
    if not Path(os.path.realpath(path, strict=True)).is_relative_to(folder.resolve()):  # a loop is an OSError
        raise OSError(0, "it leads out of the folder")
    with open(path, "rb", opener=_open) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is no ordinary file")
        return file.read(most + 1)


def _open(path: str, flags: int) -> int:
    """A pipe that somebody left there would block for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def named(data: bytes) -> tuple[str, str]:
    """The language and the scenario that the head of a text names, each empty where it names none."""
    head, _end, _body = data[:20_000].decode("utf-8", "replace").partition("\n---")
    found = dict(_NAMES.findall(head))
    return found.get("language", ""), found.get("scenario", "")


def shown(path: Path) -> str:
    """The path as an author finds it: from the house where it lies there, else whole; what no page shows, escaped."""
    name = (path.relative_to(HOME) if path.is_relative_to(HOME) else path).as_posix()
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in name)


def real(name: str) -> Path:
    """The path behind one that a problem shows."""
    return HOME / name


def _unreadable(path: Path, error: OSError) -> Problem:
    cure = "Put an ordinary UTF-8 file there that the desk may read, or take the name away"
    return Problem(shown(path), 1, "unreadable", f"the file cannot be read: {error.strerror or error}", cure)


def _folder_problem(folder: Path, error: OSError) -> Problem:
    cure = "Make the folder readable for the desk, or name another with FIREBREAK_PLAYBOOKS"
    return Problem(shown(folder), 1, "no-folder", f"the folder cannot be read: {error.strerror or error}", cure)
