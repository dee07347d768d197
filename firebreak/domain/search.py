"""From texts to the words they are found by, and from what somebody typed into the search box to what is looked for.

Letters are made small and lose their accents. Han, kana and hangul have no spaces between words: a run of such signs
is kept as its overlapping pairs, and each sign by itself, so that 道歉 is found inside a sentence. Everything else
(addresses, @names, #tags, prices) falls apart into letters and digits, in the text and in the query alike.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from unicodedata import normalize

LONGEST_QUERY = 200
MOST_TERMS = 8
LONGEST_TEXT = 200_000
MOST_WORDS = 16_000
"""Words of one text that are found. PostgreSQL counts places up to 16,383 and takes no vector above 1 MB."""
LONGEST_WORD = 40

_SIGNS = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = rf"[^\W_{_SIGNS}]"
_PIECE = re.compile(rf"[{_SIGNS}]+|{_LETTER}+")
_SIGN = re.compile(f"[{_SIGNS}]")
_CHUNK = re.compile(r'"([^"]*)"?|([^"\s]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』", '"'))
_ALONE = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h"}
"""Letters that Unicode does not take apart."""


class _Folds(dict[int, str]):
    """Code of a sign -> how it is compared. Filled as signs come."""

    def __missing__(self, code: int) -> str:
        plain = normalize("NFKD", chr(code).casefold())
        bare = "".join(sign for sign in plain if not "\u0300" <= sign <= "\u036f")
        folded = "".join(_ALONE.get(sign, sign) for sign in normalize("NFC", bare).casefold())
        if code < 0x10000:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text as it is compared: small letters, no accents, full-width forms as plain ones."""
    return text.lower() if text.isascii() else normalize("NFC", text).translate(_FOLDS)


def terms(text: str) -> list[str]:
    """The words of a text in their order, then the single signs of its runs. The same text gives the same list."""
    pieces = _PIECE.findall(fold(text[:LONGEST_TEXT]))
    words = list(islice((word for piece in pieces for word in _words(piece)), MOST_WORDS))
    signs = {sign for word in words if len(word) == 2 and _SIGN.match(word) for sign in word}
    return words + sorted(signs)


def _words(piece: str) -> list[str]:
    if not _SIGN.match(piece):
        return [piece[:LONGEST_WORD]]
    return [piece[at : at + 2] for at in range(len(piece) - 1)] or [piece]


# --- what is looked for ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """Pieces that stand one after another. `open`: the last one is still being typed, and may go on."""

    pieces: tuple[str, ...]
    open: bool = False

    @property
    def words(self) -> list[str]:
        """As `terms` has them."""
        return [word for piece in self.pieces for word in _words(piece)]

    @property
    def pattern(self) -> str:
        """A regular expression for folded texts."""
        parts = [re.escape(p) if _SIGN.match(p) else rf"(?<!{_LETTER}){p}(?!{_LETTER})" for p in self.pieces]
        if self.open:
            parts[-1] = rf"(?<!{_LETTER}){self.pieces[-1]}{_LETTER}*"
        return r"[\W_]*".join(parts)


def parse(query: str) -> tuple[Term, ...]:
    """What all has to be there; () where nothing was typed that can be looked for. Never fails, whatever it is.

    Words stand for themselves, "words in quotes" in that order; the last word finds longer ones too, unless a space
    or a quote ends it.
    """
    typed = fold(query[:LONGEST_QUERY].translate(_QUOTES))
    found = [term for chunk in _CHUNK.finditer(typed) for term in _terms_of(chunk)]
    if found and _unfinished(typed, found[-1]):
        found[-1] = Term(found[-1].pieces, open=True)
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def beginnings(query: str) -> tuple[Term, ...]:
    """As `parse`, but every word finds longer ones too, unless something is in quotes. For small libraries."""
    terms = parse(query)
    quoted = '"' in query.translate(_QUOTES)
    return terms if quoted else tuple(Term(term.pieces, open=_goes_on(term)) for term in terms)


def _terms_of(chunk: re.Match[str]) -> Iterator[Term]:
    """A quoted chunk is one term; in a bare one, signs and letters each stand for themselves."""
    pieces = _PIECE.findall(chunk[1] if chunk[1] is not None else chunk[2])
    if chunk[1] is not None:
        yield from [Term(tuple(pieces))] if pieces else []
        return
    letters: list[str] = []
    for piece in pieces:
        if _SIGN.match(piece):
            yield from [Term(tuple(letters))] if letters else []
            letters = []
            yield Term((piece,))
        else:
            letters.append(piece)
    yield from [Term(tuple(letters))] if letters else []


def _unfinished(typed: str, last: Term) -> bool:
    return typed.endswith(last.pieces[-1]) and typed.count('"') % 2 == 0 and _goes_on(last)


def _goes_on(term: Term) -> bool:
    return len(term.pieces[-1]) > 1 and not _SIGN.match(term.pieces[-1])


# --- showing where it was found --------------------------------------------------------------------

Marked = list[tuple[str, bool]]
"""Pieces of a text, and whether each is to be marked."""


def mark(text: str, wanted: Sequence[Term]) -> Marked:
    """The whole text, with what was looked for marked."""
    text = normalize("NFC", text)
    return _parts(text, _spans(text, wanted), 0, len(text))


def excerpt(text: str, wanted: Sequence[Term], length: int = 160) -> Marked:
    """About `length` signs around the first place found, or from the beginning."""
    text = normalize("NFC", text[:LONGEST_TEXT])
    spans = _spans(text, wanted)
    start = _start(text, spans[0][0] - length // 3) if spans else 0
    end = min(len(text), max(start + length, spans[0][1] if spans else 0))
    parts = _parts(text, spans, start, end)
    return [*([("…", False)] if start else []), *parts, *([("…", False)] if end < len(text) else [])]


def _start(text: str, near: int) -> int:
    """Behind the first space from there on, if there is one soon."""
    if near <= 0:
        return 0
    space = text.find(" ", near, near + 20)
    return space + 1 if space >= 0 else near


def _spans(text: str, wanted: Iterable[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in a text (in NFC), in order and without overlap."""
    pattern = "|".join(term.pattern for term in wanted)
    if not pattern:
        return []
    if text.isascii():
        return [match.span() for match in re.finditer(pattern, text.lower()) if match.group()]
    folds = [_FOLDS[ord(sign)] for sign in text]
    ends = list(accumulate(map(len, folds)))
    found = (match for match in re.finditer(pattern, "".join(folds)) if match.group())
    return [(bisect_right(ends, match.start()), bisect_left(ends, match.end()) + 1) for match in found]


def _parts(text: str, spans: list[tuple[int, int]], start: int, end: int) -> Marked:
    parts: Marked = []
    at = start
    for first, last in spans:
        if first >= end or first < at:
            continue
        parts += [(text[at:first], False), (text[first:last], True)]
        at = last
    return [part for part in [*parts, (text[at:end], False)] if part[0]]
