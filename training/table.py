"""Learning the table: a linear support vector machine and complement naive Bayes over the same features, added.

Both are linear over tf-idf vectors, so their sum is one table; together they err less than either (the figures are in
docs/model-card.md). Nothing here is random but what scikit-learn's solver draws from its fixed seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from firebreak.domain.features import features

SEED = 20261122
_FEWEST = 2
_SVM_C, _SVM_SHARE = 0.4, 2.0
_BAYES_ALPHA, _BAYES_SHARE = 0.1, 0.5
PHRASE = 0.5
"""What a phrase weighs beside a report."""

Matrix = csr_matrix
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Weights of features (rows) for classes (columns), their rarities, and where each class starts."""

    classes: tuple[str, ...]
    weights: Floats
    rarities: Floats
    intercepts: Floats

    def voices(self, counted: Matrix) -> Floats:
        """What the table says of reports: reports by classes, before they are made beliefs."""
        told = counted.multiply(self.rarities).tocsr()
        length = np.sqrt(np.asarray(told.multiply(told).sum(1)).ravel())
        length[length == 0] = 1
        return np.asarray(counted @ self.weights) / length[:, None] + self.intercepts


def names_of(texts: Iterable[str], simplified: Mapping[int, str]) -> list[str]:
    """The features that occur in at least two texts, in order of name."""
    spread = Counter(name for text in texts for name in features(text, simplified))
    return sorted(name for name, count in spread.items() if count >= _FEWEST and "\n" not in name)


def count(texts: Sequence[str], names: Sequence[str], simplified: Mapping[int, str]) -> Matrix:
    """Texts by features: 1 where a text has a feature."""
    numbers = {name: number for number, name in enumerate(names)}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns.extend(sorted(numbers[name] for name in features(text, simplified) if name in numbers))
        ends.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(texts), len(names)))


def learn(reports: Matrix, scenarios: Sequence[str], phrases: Matrix, meant: Sequence[str]) -> Table:
    """The table that tells these reports and phrases apart."""
    whole = vstack([reports, phrases]).tocsr()
    right = np.array([*scenarios, *meant])
    weigh = np.r_[np.ones(reports.shape[0]), np.full(phrases.shape[0], PHRASE)]
    rare = TfidfTransformer().fit(whole)
    told = rare.transform(whole)
    machine = LinearSVC(C=_SVM_C, class_weight="balanced", random_state=SEED).fit(told, right, sample_weight=weigh)
    bayes = ComplementNB(alpha=_BAYES_ALPHA).fit(told, right, sample_weight=weigh)
    return _added(machine, bayes, rare.idf_)


def _added(machine: Any, bayes: Any, rarities: Floats) -> Table:
    # Naive Bayes starts with the logarithm of nothing learned: all classes are alike to it but for their words.
    weights = _SVM_SHARE * machine.coef_ + _BAYES_SHARE * bayes.feature_log_prob_
    return Table(
        tuple(map(str, machine.classes_)),
        (weights * rarities).T,
        rarities,
        _SVM_SHARE * machine.intercept_,
    )
