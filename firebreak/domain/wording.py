"""What changed between two texts: word by word, sign by sign in Chinese, or line by line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "del", "ins"]
Piece = tuple[Kind, str]
Pieces = tuple[Piece, ...]
Line = tuple[Kind, int, str]
"""Its number (from 1) counts in the older text where it was removed, else in the newer one."""

MOST_WORDS, MOST_PAIRS = 4_000_000, 50_000
"""Words of one text times those of the other, and pairs of equal ones, beyond which texts are compared by lines: what
is compared by words takes a second at most."""
AROUND = 2
"""Unchanged lines shown on either side of a change."""
_HAN = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]|\s+|(?:(?![{_HAN}_])\w)+|.")


def words(before: str, after: str) -> Pieces:
    """The pieces of both texts in reading order, what was removed before what came in its place."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    by_lines = _too_many(a, b)
    if by_lines:
        a, b = "".join(a).splitlines(keepends=True), "".join(b).splitlines(keepends=True)
    middle = _smooth(_runs(a, b, by_lines))
    return _joined([("same", "".join(old[:start])), *middle, ("same", "".join(old[len(old) - end :]))])


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words both begin with."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _too_many(a: list[str], b: list[str]) -> bool:
    counts = Counter(b)
    return len(a) * len(b) > MOST_WORDS or sum(counts[word] for word in a if not word.isspace()) > MOST_PAIRS


def _runs(a: list[str], b: list[str], by_lines: bool) -> Iterator[Piece]:
    """Lines that come over and over (`autojunk`) are no help in finding others, and cost the most."""
    for kind, a1, a2, b1, b2 in SequenceMatcher(str.isspace, a, b, autojunk=by_lines).get_opcodes():
        if kind == "equal":
            yield "same", "".join(a[a1:a2])
        else:
            yield "del", "".join(a[a1:a2])
            yield "ins", "".join(b[b1:b2])


def _smooth(runs: Iterator[Piece]) -> Iterator[Piece]:
    """A sign or a space that two changes have in common by chance tears them into confetti: it joins them."""
    pieces = list(runs)
    for at, (kind, text) in enumerate(pieces):
        if kind == "same" and len(text.strip()) <= 1 and 0 < at < len(pieces) - 1 and "\n" not in text:
            yield "del", text
            yield "ins", text
        else:
            yield kind, text


def _joined(pieces: list[Piece]) -> Pieces:
    """Without empty pieces; between two unchanged ones at most one piece of each kind."""
    found: list[Piece] = []
    for same, run in groupby((piece for piece in pieces if piece[1]), lambda piece: piece[0] == "same"):
        each = list(run)
        kinds: tuple[Kind, ...] = ("same",) if same else ("del", "ins")
        texts = ((kind, "".join(text for is_, text in each if is_ == kind)) for kind in kinds)
        found += [piece for piece in texts if piece[1]]
    return tuple(found)


def lines(before: str, after: str) -> tuple[tuple[Line, ...], ...]:
    """The changed lines with some around them, in groups; () where the texts are the same."""
    a, b = before.splitlines(), after.splitlines()
    groups = SequenceMatcher(None, a, b).get_grouped_opcodes(AROUND)
    return tuple(tuple(line for code in group for line in _lines(a, b, *code)) for group in groups)


def _lines(a: list[str], b: list[str], kind: str, a1: int, a2: int, b1: int, b2: int) -> Iterator[Line]:
    if kind == "equal":
        yield from (("same", at + 1, b[at]) for at in range(b1, b2))
        return
    yield from (("del", at + 1, a[at]) for at in range(a1, a2))
    yield from (("ins", at + 1, b[at]) for at in range(b1, b2))
