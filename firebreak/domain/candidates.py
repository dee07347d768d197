"""The words of a report that may become signals: single words, two in a row, and two to four Chinese signs.

Accounts, addresses and numbers are never among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from firebreak.domain.evidence import Span
from firebreak.domain.words import ELISION, STOP_WORDS, Unit, is_han, units

_LONGEST = 4
_BETWEEN = frozenset((" ", "-", "\u00a0"))
_ALONE_NOTHING = STOP_WORDS | {"no", "not", "never", "non", "pas", "sans", "aucun", "without"}
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万萬亿億两兩几幾第年月日号號点點时時分元块塊个個次条條人")
_LOOSE = frozenset(
    "还還已由为為来來去先再才又并但因所于其将將会會从從向对對比等此该該每各某那下上前后後里裡中间間没沒不"
)
_NOT_IN_NAMES = r"\s@＠,，.。:：;；!！?？、()（）<>\"“”「」"
_HAN = r"\u3400-\u9fff"
_PRIVATE = re.compile(
    rf"""https?://\S+ | www\.\S+
    | [^\s@,;:()<>"\u3000-\u9fff]+@[\w.-]+
    | [@＠][^{_NOT_IN_NAMES}]+ | \bu/[\w-]+
    | [A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/\S*)?
    | (?:(?![{_HAN}])\w)*\d(?:(?![{_HAN}])\w)*""",
    re.VERBOSE,
)


class Candidate(NamedTuple):
    """A candidate in one report: in lower case as typed, where it stands, and the Chinese signs beside it, "" where
    there is none."""

    shown: str
    spans: tuple[Span, ...]
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


def candidates(report: str) -> dict[str, Candidate]:
    """By stems."""
    text = _PRIVATE.sub(lambda found: "\n" * len(found.group()), report)
    found: dict[str, Candidate] = {}
    for key, each in _each(units(text), text):
        old = found.get(key)
        found[key] = each if old is None else _both(old, each)
    return found


def loose_ends(found: Sequence[Candidate]) -> int:
    """At how many of its two ends a candidate, as these reports have it, may go on. Chinese signs are a word by
    themselves where they meet several others, or none, beside them (Feng et al. 2004, "Accessor Variety")."""
    text = found[0].shown
    if not is_chinese(text):
        return 0
    sides = (frozenset().union(*(each.before for each in found)), frozenset().union(*(each.after for each in found)))
    ends = zip((text[0], text[-1]), sides, strict=True)
    return sum(sign in _LOOSE or not ("" in side or len(side) > 1) for sign, side in ends)


def is_chinese(candidate: str) -> bool:
    return is_han(candidate[0])


def is_one_word(candidate: str) -> bool:
    """Whether it is a single word of a language that has spaces."""
    return " " not in candidate and not is_chinese(candidate)


def _both(one: Candidate, other: Candidate) -> Candidate:
    return Candidate(one.shown, (*one.spans, *other.spans), one.before | other.before, one.after | other.after)


def _each(cut: Sequence[Unit], text: str) -> Iterator[tuple[str, Candidate]]:
    typed = [(unit, _word(text[unit.start : unit.end])) for unit in cut if not is_han(unit.stem)]
    named = [(unit, word) for unit, word in typed if word and unit.stem not in STOP_WORDS]
    for unit, word in named:
        if word not in _ALONE_NOTHING:
            yield unit.stem, Candidate(word, ((unit.start, unit.end),))
    for (left, first), (right, second) in pairwise(named):
        if text[left.end : right.start] in _BETWEEN:
            yield f"{left.stem} {right.stem}", Candidate(f"{first} {second}", ((left.start, right.end),))
    yield from _grams([unit.start for unit in cut if is_han(unit.stem)], text)


def _word(typed: str) -> str:
    """Without what French puts before it and English after it; "" for what is no word of its own."""
    bare = ELISION.sub("", typed.lower()).removesuffix("'s").removesuffix("’s")
    return bare if len(bare) > 1 and bare.isalpha() else ""


def _grams(places: Sequence[int], text: str) -> Iterator[tuple[str, Candidate]]:
    """Runs of signs that neither begin nor end with a small word, and are more than a number."""
    signs = set(places)
    for start in places:
        for end in range(start + 2, start + _LONGEST + 1):
            if end - 1 not in signs:
                break
            gram = text[start:end]
            if {gram[0], gram[-1]}.isdisjoint(STOP_WORDS) and not _NUMERALS.issuperset(gram):
                beside = (text[place] if place in signs else "" for place in (start - 1, end))
                yield gram, Candidate(gram, ((start, end),), *(frozenset((sign,)) for sign in beside))
