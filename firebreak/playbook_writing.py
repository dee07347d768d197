"""Writing playbooks: what a file says, what a draft would be, saving into the desk's own folder, beginning a new one.

The house's library is never written: `playbooks/` in the instance folder goes before it file by file and survives an
upgrade. A file is replaced whole or not at all, and only by somebody who has seen what it said.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from firebreak import library, playbook_check, playbook_files
from firebreak.config import Config
from firebreak.domain import playbook_health, playbook_skeleton
from firebreak.domain.playbook_page import is_name, with_newlines
from firebreak.domain.playbooks import LANGUAGES, LARGEST, Playbook, PlaybookError, Problem
from firebreak.domain.refusal import Refused
from firebreak.playbook_files import Look

FORMS = Path(__file__).with_name("skeletons")


@dataclass(frozen=True)
class Written:
    """What a playbook's file says, its fragments not put in. `hash` is the SHA-256 (hex) of its bytes; `own` tells a
    file of the desk from one of the house."""

    text: str
    hash: str
    own: bool


@dataclass(frozen=True)
class Draft:
    """What a text would be, were it saved: a playbook or None, and what is to mend in it."""

    playbook: Playbook | None
    problems: tuple[Problem, ...]


# --- looking ---------------------------------------------------------------------------------------


def written(language: str, scenario: str) -> Written | None:
    """The file that goes before the others, in good order or not; None where there is none."""
    shipped, own = library.folders()
    for folder in (own, shipped):
        path = _path(folder, language, scenario)
        if path.is_file():
            data = playbook_files.content(path, folder, LARGEST)
            return Written(data.decode("utf-8", "replace"), sha256(data).hexdigest(), folder == own)
    return None


def draft(text: str | bytes, language: str, scenario: str, today: date) -> Draft:
    """What the text would be as the playbook of that name. Raises Refused for a name no file may have."""
    _shipped, own = library.folders()
    shown = playbook_files.shown(_path(own, language, scenario))
    try:
        playbook = playbook_files.parse(_bytes(text), shown, library.fragments(language))
    except PlaybookError as error:
        return Draft(None, error.problems)
    return Draft(playbook, (*playbook.warnings, *_beside_the_others(playbook, today)))


def _beside_the_others(playbook: Playbook, today: date) -> Iterator[Problem]:
    """What shows beside the playbooks in use; the drift of its other languages from it is told too, as theirs."""
    others = [each for each in library.every() if each.name != playbook.name]
    known = {each.scenario for each in others}
    kin = [each for each in others if each.scenario == playbook.scenario]
    before = set(playbook_health.findings(kin, today, known))
    return (each for each in playbook_health.findings([*kin, playbook], today, known) if each not in before)


def named(text: str | bytes) -> tuple[str, str] | None:
    """The language and the scenario that the head of a text names; None where it names none that a file may have."""
    language, scenario = playbook_files.named(_bytes(text))
    return (language, scenario) if may_be_named(language, scenario) else None


# --- saving ----------------------------------------------------------------------------------------


def save(text: str, language: str, scenario: str, seen: str, by: int, now: datetime) -> Playbook:
    """Make the text the desk's own playbook of that name, and use it.

    Raises PlaybookError for a text that is none, Refused("playbook_changed") where the file is no longer the one of the
    hash `seen` (empty: there was none), Refused("playbook_unwritable").
    """
    _shipped, own = library.folders()
    path = _path(own, language, scenario)
    data = _bytes(text)
    playbook = playbook_files.parse(data, playbook_files.shown(path), library.fragments(language))
    with _alone(path):
        _check_seen(language, scenario, seen)
        _put(path, data)
    library.refresh(now, by)
    return playbook


def drop_own(language: str, scenario: str, seen: str, by: int, now: datetime) -> None:
    """Take the desk's own file away; its versions stay. Raises Refused as `save` does."""
    _shipped, own = library.folders()
    path = _path(own, language, scenario)
    with _alone(path):
        _check_seen(language, scenario, seen)
        path.unlink(missing_ok=True)
    library.refresh(now, by)


def _check_seen(language: str, scenario: str, seen: str) -> None:
    found = written(language, scenario)
    if (found.hash if found else "") != seen:
        raise Refused("playbook_changed", language=language, scenario=scenario)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time, in every process of this machine; trouble with the disk becomes a refusal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (path.parent / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Refused("playbook_unwritable", path=path.as_posix(), why=error.strerror or str(error)) from error


def _put(path: Path, data: bytes) -> None:
    """Whole or not at all: a reader sees the old file or the new one."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".new", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


# --- beginning -------------------------------------------------------------------------------------


def skeleton(language: str, scenario: str, title: str, today: date) -> str:
    """The text of a new playbook, after the plan of the scenario where it is written already. Raises Refused."""
    like = [each for each in library.every() if each.scenario == scenario]
    return _skeleton(language, scenario, title, today, like)


def skeleton_beside(config: Config, language: str, scenario: str, title: str, today: date) -> str:
    """As `skeleton`, from the files alone: nothing of the desk has to run."""
    folders = tuple(each for each in (config.playbooks, config.instance / "playbooks") if each.is_dir())
    look = playbook_files.read(tuple(folder.absolute() for folder in folders), Look(), scenario)
    return _skeleton(language, scenario, title, today, list(playbook_check.in_use(look).values()))


def _skeleton(language: str, scenario: str, title: str, today: date, like: list[Playbook]) -> str:
    _check_name(language, scenario)
    form = (FORMS / f"{language}.md").read_text(encoding="utf-8")
    first = min(like, key=lambda each: LANGUAGES.index(each.language), default=None)
    words = title.strip() or scenario.replace("-", " ").capitalize()
    return playbook_skeleton.skeleton(form, scenario, language, words, today, first)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises FileExistsError or another OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


# --- names -----------------------------------------------------------------------------------------


def _path(folder: Path, language: str, scenario: str) -> Path:
    _check_name(language, scenario)
    return folder / language / f"{scenario}.md"


def _check_name(language: str, scenario: str) -> None:
    if not may_be_named(language, scenario):
        raise Refused("bad_playbook_name", language=language, scenario=scenario)


def may_be_named(language: str, scenario: str) -> bool:
    """Whether a file may have that name."""
    return language in LANGUAGES and is_name(scenario)


def _bytes(text: str | bytes) -> bytes:
    """A browser sends line ends as CR LF; files have LF."""
    return text if isinstance(text, bytes) else with_newlines(text).encode("utf-8", "surrogatepass")
