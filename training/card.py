"""The model's card: what it learned from, how well it does on what it never saw, and what it cannot do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from firebreak.domain.matching import ALONE
from firebreak.domain.model import NONE
from firebreak.domain.playbooks import LANGUAGES
from training import fit
from training.corpus import Example, Phrase
from training.fit import Blend
from training.held_out import Told
from training.table import Floats

_BINS = 10
HEAD = """| | reports | first | within three | calm left alone | crises left alone | calibration error |
|---|---|---|---|---|---|---|"""


def figures(shares: Floats, told: Told) -> str:
    """Cells of one row: how many reports, then shares of them in per cent, then the expected calibration error."""
    none = told.classes.index(NONE)
    calm = told.right[:, none]
    alone = shares[:, none] >= ALONE
    ranked = np.argsort(-np.delete(shares, none, axis=1), axis=1)
    right = np.take_along_axis(np.delete(told.right, none, axis=1), ranked, axis=1)
    cells = (right[~calm, 0], right[~calm, :3].any(1), alone[calm], alone[~calm])
    return " | ".join([str(len(shares)), *map(_per_cent, cells), f"{error(shares, told):.3f}"])


def error(shares: Floats, told: Told) -> float:
    """Expected calibration error of the likeliest class, over ten bins of equal width (Guo et al. 2017)."""
    sure, right = shares.max(1), told.right[np.arange(len(shares)), shares.argmax(1)]
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    held = [bins == each for each in range(_BINS) if (bins == each).any()]
    return float(sum(abs(sure[each].mean() - right[each].mean()) * each.mean() for each in held))


def confusion(shares: Floats, told: Told, names: Sequence[str]) -> Iterator[str]:
    """Rows of the confusion table: the scenario, and the ones that took its place, most often first."""
    taken = np.array(told.classes)[shares.argmax(1)]
    for scenario in told.classes:
        mine = np.array([name == scenario for name in names])
        wrong = mine & ~told.right[np.arange(len(shares)), shares.argmax(1)]
        rivals = ", ".join(f"{name} {count}" for name, count in Counter(taken[wrong]).most_common(4))
        right = _per_cent(~wrong[mine])
        yield f"| {scenario} | {mine.sum()} | {right} | {rivals} |"


def text(examples: Sequence[Example], phrases: Sequence[Phrase], told: Told, blend: Blend, sample: Told) -> str:
    """The card as Markdown."""
    shares = fit.shares(told, blend)
    spoken = np.array([each.language for each in examples])
    names = [each.scenario for each in examples]
    rows = [f"| all | {figures(shares, told)} |"]
    rows += [f"| {each} | {figures(shares[spoken == each], told.of(spoken == each))} |" for each in LANGUAGES]
    rows += [f"| {voice} | {figures(shares[said], told.of(said))} |" for voice, said in _voices(examples)]
    public = f"| all | {figures(fit.shares(sample, blend), sample)} |"
    data = "\n".join(
        f"| {each} | {(spoken == each).sum()} | {sum(phrase.language == each for phrase in phrases)} |"
        for each in LANGUAGES
    )
    return _CARD.format(
        data=data,
        head=HEAD,
        rows="\n".join(rows),
        public=public,
        confusion="\n".join(confusion(shares, told, names)),
        weights="\n".join(f"| `{name}` | {weight:.3f} |" for name, weight in blend.weights.items()),
    )


def _voices(examples: Sequence[Example]) -> Iterator[tuple[str, np.ndarray]]:
    voices = np.array([each.voice for each in examples])
    return ((str(voice), voices == voice) for voice in sorted(set(voices)))


def _per_cent(hits: np.ndarray) -> str:
    return f"{100 * hits.mean():.1f} %" if len(hits) else "–"


_CARD = """# The matcher's model

Made by `make model` from what lies in this repository, with a fixed seed: the same input gives the same file. Do not
edit this page; change the corpus or `training/` and make the model again.

## What it is

`model/matcher.bin` is a table of what each word, pair of words and piece of a word says for each of 21 scenarios and
for no crisis at all: a linear support vector machine and complement naive Bayes over tf-idf, added. The desk blends it
with the signals of the playbooks (which count from the moment they are saved), calm words, the hour and the answers a
person gives (`firebreak/domain/blend.py`). Nothing leaves the machine, and serving needs no library beyond Python's
own.

## What it learned from

| | example reports | phrases and signals |
|---|---|---|
{data}

`corpus/README.md` describes them. Organisations are invented; the public sample of real reports
(`tests/data/reports_public.jsonl`) is in no part of the training.

## How well it does on what it never saw

Kinds (sub-types of a scenario) are held out whole, in every language at once, four times. A third of the reports were
written to look like a neighbour, so these figures are stricter than everyday reports. First: the first suggestion is
one a practitioner accepts.

{head}
{rows}

The public sample, 44 reports of real crises, without the hour. `sharp` and what common classes start with
(`training/fit.py`) were chosen with a look at it, and it was one of the measures by which kinds of model were compared.

{head}
{public}

## What is taken for what

| scenario | reports | accepted first | taken for |
|---|---|---|---|
{confusion}

## Weights

| | |
|---|---|
{weights}

## Known weaknesses

- It reads words, not meaning: a scenario told in words the corpus never used is found by chance, and irony is read
  literally.
- Who did it decides between neighbours (an employee, a leader, a paid face, a stranger), and a name tells it nothing.
- Very short reports are decided by one or two words; the shares say so, and the desk asks.
- French from Africa and Québec, Cantonese and Traditional Chinese are a small part of the corpus.
- The examples were written for this purpose, not collected: real reports are plainer, and may hold what nobody thought
  of.
"""
