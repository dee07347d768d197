"""What the trained matcher sees of a report: words, pairs of words, and pieces of words and of Han runs, with places.

Latin words lose case and accents, digits become 0, traditional characters become simplified ones. A word's pieces are
what lets `recalled` and a hurried `recaled` look alike; two words make a pair only where no more than two letters lie
between them, so that cutting a word out of a text never makes a new pair.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from firebreak.domain.words import STOP_WORDS, fold, read_of

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[^\W_])+")
_DIGITS = str.maketrans("123456789", "000000000")
_LONGEST_WORD = 30
_WIDEST_GAP = 2
_SHORTEST_SHOWN = 2
_PIECES = (3, 4, 5)
_HAN_PIECES = (1, 2, 3, 4)

Span = tuple[int, int]
Token = tuple[str, int, int]


def features(text: str, simplified: Mapping[int, str]) -> dict[str, list[Span]]:
    """Every feature of a text and the places it stands; of a very long text, of its head and its tail.

    `simplified` maps the code of a traditional character to its simplified form.
    """
    return features_of(tokens_of(text, simplified))


def features_of(tokens: Sequence[Token]) -> dict[str, list[Span]]:
    """The features of a text that is cut already."""
    found: dict[str, list[Span]] = defaultdict(list)
    for token in tokens:
        for name, place in _pieces(token):
            found[name].append(place)
    for left, right in pairwise(tokens):
        if right[1] - left[2] <= _WIDEST_GAP and not (_is_han(left[0]) or _is_han(right[0])):
            found[f"{left[0]} {right[0]}"].append((left[1], right[2]))
    return found


def words(tokens: Sequence[Token], known: frozenset[str]) -> list[Span]:
    """The places of the words that may be shown as a reason: no small words, and of a Han run only `known` words."""
    spans: list[Span] = []
    for name, start, end in tokens:
        if _is_han(name):
            spans.extend((start + at, start + to) for at, to in _known(name, known))
        elif len(name) > _SHORTEST_SHOWN and name not in STOP_WORDS:
            spans.append((start, end))
    return spans


def _known(run: str, known: frozenset[str]) -> Iterator[Span]:
    """The known words of a run, the longest first from left to right."""
    at = 0
    while at < len(run) - 1:
        size = next((size for size in _HAN_PIECES[:0:-1] if run[at : at + size] in known), 0)
        if size:
            yield at, at + size
        at += size or 1


def tokens_of(text: str, simplified: Mapping[int, str]) -> list[Token]:
    """The words and Han runs that are read of a text, folded, and their places."""
    return [
        (_folded(token.group(), simplified), *token.span())
        for start, end in read_of(text)
        for token in _TOKEN.finditer(text, start, end)
    ]


def _folded(token: str, simplified: Mapping[int, str]) -> str:
    if _is_han(token):
        return token.translate(simplified)
    return fold(token).translate(_DIGITS)[:_LONGEST_WORD]


def _pieces(token: Token) -> Iterator[tuple[str, Span]]:
    name, start, end = token
    if not _is_han(name):
        yield from ((piece, (start, end)) for piece in _word_pieces(name))
        return
    for size in _HAN_PIECES:
        for at in range(len(name) - size + 1):
            yield name[at : at + size], (start + at, start + at + size)


@lru_cache(maxsize=20_000)
def _word_pieces(word: str) -> tuple[str, ...]:
    """The word itself, marked by a space, and its pieces; `<` and `>` are its ends."""
    whole = f"<{word}>"
    return tuple(dict.fromkeys([f"{word} ", *_cut(whole)]))


def _cut(whole: str) -> Iterator[str]:
    for size in _PIECES:
        if size < len(whole) or size == _PIECES[0]:
            yield from (whole[at : at + size] for at in range(len(whole) - size + 1))


def _is_han(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff" or "\uf900" <= token[0] <= "\ufaff"
