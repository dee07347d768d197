"""`make model`: learn the table, fit the rest on what was held out, write model/matcher.bin and docs/model-card.md."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import jieba
import numpy as np
import opencc

from firebreak import trained
from firebreak.domain import model
from training import card, corpus, fit, held_out
from training.corpus import HERE, Example
from training.fit import Blend
from training.table import Matrix, Table, count, learn, names_of

MOST_NAMES = 90_000
CARD = HERE / "docs" / "model-card.md"
SAMPLE = HERE / "tests" / "data" / "reports_public.jsonl"
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))


def main() -> None:
    """Everything, in under five minutes on two cores."""
    began = time.monotonic()
    jieba.initialize()
    examples, phrases, playbooks = corpus.examples(), corpus.phrases(), corpus.playbooks()
    texts, meant = [each.text for each in phrases], [each.scenario for each in phrases]
    simplified = {ord(old): new for old, new in zip(*_simplified(), strict=True)}
    names = names_of([*(each.text for each in examples), *texts], simplified)
    reports, short = count([each.text for each in examples], names, simplified), count(texts, names, simplified)
    table = learn(reports, [each.scenario for each in examples], short, meant)
    voices = held_out.voices(reports, examples, short, meant)
    told = held_out.tell(examples, voices, table.classes, playbooks)
    blend = fit.blend(told)
    kept = _telling(table, reports, short)
    _write(table, [names[number] for number in kept], kept, blend)
    sample = _sample()
    heard = table.voices(count([each.text for each in sample], names, simplified))
    seen = held_out.tell(sample, heard, table.classes, playbooks)
    CARD.write_text(card.text(examples, phrases, told, blend, seen), encoding="utf-8")
    shares = fit.shares(seen, blend)
    taken = time.monotonic() - began
    print(f"{taken:.0f} s; the public sample: {card.figures(shares, seen)}, {shares.max(1).mean():.2f} sure")


def _simplified() -> tuple[str, str]:
    """Traditional characters, and the simplified form of each (OpenCC's table, Apache-2.0)."""
    convert = opencc.OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for codes in _HAN for code in codes]
    changed = [(old, new) for old, new in pairs if old != new and len(new) == 1]
    return "".join(old for old, _new in changed), "".join(new for _old, new in changed)


def _is_word(name: str) -> bool:
    """Whether jieba's dictionary (MIT) has it: what is cut out of two words by chance is nothing to show anybody."""
    return len(name) > 1 and jieba.dt.FREQ.get(name, 0) > 0 and "\u3400" <= name[0] <= "\u9fff"


def _telling(table: Table, reports: Matrix, phrases: Matrix) -> Sequence[int]:
    """The numbers of the features that move the most, in order of name."""
    spread = np.asarray(reports.sum(0)).ravel() + np.asarray(phrases.sum(0)).ravel()
    weight = np.abs(table.weights - table.weights.mean(1, keepdims=True)).max(1) * np.sqrt(spread)
    return [int(number) for number in np.sort(np.argsort(-weight, kind="stable")[:MOST_NAMES])]


def _write(table: Table, names: list[str], kept: Sequence[int], blend: Blend) -> None:
    """Weights as 16-bit integers: all around the mean of their row, which moves no scenario past another."""
    told = table.weights[kept] - table.weights[kept].mean(1, keepdims=True)
    scale = float(np.abs(told).max()) / 32_000
    finest = float(table.rarities.max()) / 32_000
    rows = np.column_stack([np.round(told / scale), np.round(table.rarities[kept] / finest)]).astype("<i2")
    head = {
        "classes": table.classes,
        "corpus": corpus.fingerprint(),
        "scale": scale / finest,
        "starts": [round(float(start), 4) for start in blend.weights["heat"] * table.intercepts + blend.starts],
        "blend": {name: round(weight, 4) for name, weight in blend.weights.items()},
        "simplified": _simplified(),
        "han_words": " ".join(name for name in names if _is_word(name)),
    }
    trained.FILE.parent.mkdir(exist_ok=True)
    made = trained.FILE.with_suffix(".new")
    made.write_bytes(model.written(head, names, rows.tobytes()))
    made.replace(trained.FILE)  # a desk may be reading it


def _sample() -> list[Example]:
    told = (json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines())
    return [
        Example(
            each["text"],
            each["lang"],
            each["primary"],
            "",
            "",
            tuple(each["channels"]),
            "",
            frozenset(each["acceptable"]),
        )
        for each in told
    ]


if __name__ == "__main__":
    main()
