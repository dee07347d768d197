"""What the matcher learns from: example reports, phrases, and the signals of the house's playbooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from firebreak import playbook_files
from firebreak.domain.playbooks import Playbook

HERE = Path(__file__).parent.parent
CORPUS, PLAYBOOKS = HERE / "corpus", HERE / "playbooks"


@dataclass(frozen=True)
class Example:
    """A report somebody might type. `scenario` is a slug or `none`; `kind` and `voice` are what is held out whole."""

    text: str
    language: str
    scenario: str
    kind: str
    voice: str
    channels: tuple[str, ...]
    began: str
    also: frozenset[str]

    @property
    def right(self) -> frozenset[str]:
        """Every scenario a practitioner would accept."""
        return self.also | {self.scenario}


@dataclass(frozen=True)
class Phrase:
    """A few telling words of one scenario."""

    text: str
    language: str
    scenario: str


def examples() -> list[Example]:
    """Every example report, in the order of the files; of the same text only the first."""
    found = (_example(path, line) for path in sorted(CORPUS.glob("*/*.jsonl")) for line in _lines(path))
    return list({(each.text, each.scenario): each for each in found}.values())


def phrases() -> list[Phrase]:
    """Every phrase of the corpus, and every signal of the house's playbooks.

    The signals of a scenario bound to times are those of any storm, and of the hour: what sets it apart is that nobody
    was there, which its phrases say.
    """
    own = (
        Phrase(line, path.parent.name, path.stem) for path in sorted(CORPUS.glob("*/*.txt")) for line in _lines(path)
    )
    signals = (
        Phrase(words, book.language, book.scenario)
        for book in playbooks()
        for words in (*(() if book.signals.times else book.signals.words), *book.signals.strong)
    )
    return list(dict.fromkeys([*own, *signals]))


def fingerprint() -> str:
    """SHA-256 of the corpus's files, names included: a model says which corpus it was learned from."""
    files = sorted([*CORPUS.glob("*/*.jsonl"), *CORPUS.glob("*/*.txt")])
    whole = sha256()
    for path in files:
        whole.update(f"{path.relative_to(CORPUS).as_posix()}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def playbooks() -> list[Playbook]:
    """The house's playbooks, in every language."""
    look = playbook_files.read((PLAYBOOKS,), playbook_files.Look())
    return [each.playbook for _path, each in sorted(look.files.items()) if each.playbook]


def _example(path: Path, line: str) -> Example:
    told = json.loads(line)
    return Example(
        told["text"],
        path.parent.name,
        path.stem,
        told["kind"],
        told["voice"],
        tuple(told["channels"]),
        told["began"],
        frozenset(told["also"]),
    )


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text(encoding="utf-8").split("\n") if line.strip())
