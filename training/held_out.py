"""What the matcher says of reports it has not seen: whole kinds of every scenario are held out in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from firebreak.domain.case import Around, Case, Gone, lay
from firebreak.domain.model import NONE, Model
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Report
from training.corpus import Example
from training.table import Floats, Matrix, learn

FOLDS = 4
_UNTRAINED = Model({"classes": [NONE], "simplified": ["", ""], "han_words": ""}, {}, memoryview(b""))


@dataclass(frozen=True)
class Told:
    """Reports by classes: what the table says, and what the playbooks' signals find (0 for none).

    `calm` and `absent` are by report; `right` holds 1 where a practitioner would accept the class.
    """

    classes: tuple[str, ...]
    voices: Floats
    evidence: Floats
    calm: Floats
    absent: NDArray[np.bool_]
    right: NDArray[np.bool_]

    def of(self, chosen: NDArray[np.bool_]) -> Told:
        """The same for some of the reports."""
        return Told(
            self.classes,
            self.voices[chosen],
            self.evidence[chosen],
            self.calm[chosen],
            self.absent[chosen],
            self.right[chosen],
        )


def folds(examples: Sequence[Example]) -> NDArray[np.int_]:
    """The fold of each report: reports of one kind of one scenario are never apart, in whatever language."""
    return np.array([_fold(f"{each.scenario}/{each.kind}") for each in examples])


def voices(reports: Matrix, examples: Sequence[Example], phrases: Matrix, meant: Sequence[str]) -> Floats:
    """What tables say of reports whose kinds they never saw."""
    scenarios = np.array([each.scenario for each in examples])
    apart = folds(examples)
    told = np.zeros((len(examples), len(set(scenarios))))
    for fold in range(FOLDS):
        seen = np.where(apart != fold)[0]
        table = learn(reports[seen], list(scenarios[seen]), phrases, meant)
        told[apart == fold] = table.voices(reports[apart == fold])
    return told


def tell(
    examples: Sequence[Example], voices: Floats, classes: tuple[str, ...], playbooks: Sequence[Playbook]
) -> Told:  # fmt: skip
    """What the table and the playbooks of the report's language say of each report."""
    shelves = {each.language: [book for book in playbooks if book.language == each.language] for each in playbooks}
    cases = [_case(each, shelves[each.language]) for each in examples]
    return Told(
        classes,
        voices,
        np.array(
            [
                _row(dict(zip(case.index.scenarios, case.evidence(_around(each), Gone()), strict=True)), classes)
                for each, case in zip(examples, cases, strict=True)
            ]
        ),
        np.array([case.calm(Gone()) for case in cases]),
        np.array([bool(case.absence(Gone())) for case in cases]),
        np.array([[name in each.right for name in classes] for each in examples]),
    )


def _case(example: Example, playbooks: Sequence[Playbook]) -> Case:
    return lay(Report(example.text, language=example.language), playbooks, _UNTRAINED)


def _around(example: Example) -> Around:
    return Around(frozenset(example.channels))


def _row(evidence: Mapping[str, float], classes: Sequence[str]) -> list[float]:
    return [evidence.get(name, 0.0) for name in classes]


def _fold(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4]) % FOLDS
