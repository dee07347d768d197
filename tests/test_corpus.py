"""The example reports, and the model that was learned from them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from firebreak import config, trained
from firebreak.domain.model import NONE
from training import corpus

SAMPLE = Path(__file__).parent / "data" / "reports_public.jsonl"
SCENARIOS = {path.stem for path in (config.HOME / "playbooks").glob("en/*.md")}
KEYS = {"text", "kind", "voice", "channels", "began", "also"}
RUN, HAN_RUN = 40, 12
"""Letters, and Chinese signs, in a row that two texts about different events do not share, but for set phrases."""

FILES = sorted(corpus.CORPUS.glob("*/*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_line_is_a_whole_example(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert all(row.keys() == KEYS and row["text"].strip() and row["kind"] for row in rows)
    assert {also for row in rows for also in row["also"]} <= SCENARIOS - {path.stem}
    assert len(rows) >= 200


def test_each_language_has_every_scenario_and_no_crisis_in_reports_and_phrases() -> None:
    for suffix in ("jsonl", "txt"):
        found = {(path.parent.name, path.stem) for path in corpus.CORPUS.glob(f"*/*.{suffix}")}
        assert found == {(language, name) for language in ("en", "fr", "zh") for name in (*SCENARIOS, NONE)}


def test_the_public_sample_is_in_no_part_of_the_corpus() -> None:
    sample = [_bare(json.loads(line)["text"]) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    runs = {run for text in sample for run in _runs(text)}
    assert [each.text for each in corpus.examples() if runs.intersection(_runs(_bare(each.text)))] == []


def test_the_model_was_learned_from_this_corpus() -> None:
    assert trained.table().head["corpus"] == corpus.fingerprint(), "run `make model`"
    assert set(trained.table().classes) == {*SCENARIOS, NONE}


def test_the_model_is_small() -> None:
    assert trained.FILE.stat().st_size < 20_000_000


def _runs(text: str) -> set[str]:
    size = HAN_RUN if re.search("[\u4e00-\u9fff]", text) else RUN
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower())
