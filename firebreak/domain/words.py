"""Words of a report in English, French and Chinese: cut, folded and stemmed, with their place in the text.

A Latin word becomes a lower-case stem without accents; a Han character is a unit of its own, and two neighbours make
a bigram. Stems are for comparing, never for showing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_WORD = re.compile(rf"[{_HAN}]|(?:(?![{_HAN}])[^\W_])+(?:['’](?:(?![{_HAN}])[^\W_])+)*")
ELISION = re.compile(r"^(?:[ldjmtscn]|qu|lorsqu|puisqu|jusqu)['’](?=\w)")
_CONTRACTED_NOT = re.compile(r"^(?:is|was|are|were|has|have|had|do|does|did|ca|wo|could|would|should)n['’]?t$")
_LONGEST_WORD = 40
_DETECT_FROM = 4000
# Pasted threads repeat themselves: what happened stands at the top, the latest at the end.
_READ_HEAD, _READ_TAIL = 6_000, 2_000

_STOP = """
    a an the and or but if of to in on at by for from with as is are was were be been being am it its this that these
    those there here i you he she we they me him her us them my your his our their who which what when where how why
    do does did doing done have has had having will would can could should may might must just also very so too than
    then now about into over under out up down off again only own same such more most some any all each both few other
    because while during before after until between through get got go
    le la les un une des du de d l et ou mais si au aux en dans sur sous par pour avec est sont etait etaient etre ete
    ce cet cette ces ca cela c il elle ils elles on nous vous je tu me te se lui leur leurs son sa ses mon ma mes ton
    ta tes notre nos votre vos qui que quoi quand comme comment y a ai as avons avez ont avait avaient avoir fait
    plus tres aussi encore donc alors tout tous toute toutes meme chez entre depuis
    的 了 是 在 我 们 們 你 您 他 她 它 和 与 與 也 就 都 而 及 着 著 过 過 这 這 那
    个 個 之 吗 嗎 呢 吧 啊 到 把 被 很 说 說 有 一
"""
# Small words that may stand inside a phrase, or be missing from it, without changing what it says.
_FILLERS = """
    a an the this that these those it them my your his her its our their is are was were be been being has have had
    just even still really so very also already yet
    le la les l un une des de du d ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs est
    sont etait a ont n ne encore meme deja tres
"""

_SMALL_ENGLISH = """
    the and is are was of to in that it we they our this with for on has have been not from their about you but be
    who what nobody people someone by an at all just she he
"""
_SMALL_FRENCH = """
    le la les un une des du et est sont nous vous ils elle que qui pour dans sur avec pas ne au aux ce cette ces on
    par se son sa ses plus notre nos mais depuis fait tout deja l d c qu j n
"""
STOP_WORDS = frozenset(_STOP.split())
FILLERS = frozenset(_FILLERS.split())
_ENGLISH = frozenset(_SMALL_ENGLISH.split())
_FRENCH = frozenset(_SMALL_FRENCH.split())


class Unit(NamedTuple):
    """One word or Han character: `stem` to compare, `text[start:end]` as typed."""

    stem: str
    start: int
    end: int


def read_of(text: str) -> list[tuple[int, int]]:
    """What is read of a text: all of it; of a very long one, its head and its tail."""
    if len(text) <= _READ_HEAD + _READ_TAIL:
        return [(0, len(text))]
    return [(0, _READ_HEAD), (len(text) - _READ_TAIL, len(text))]


def units(text: str) -> list[Unit]:
    """Cut a text into units, in order, stop words included."""
    return [_unit(found) for found in _WORD.finditer(text)]


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text, in order, stop words included."""
    return tuple(unit.stem for unit in units(text))


def terms(cut: list[Unit]) -> Iterator[tuple[str, tuple[int, int]]]:
    """What a ranking counts, with its place: stems that are no stop words, bigrams of neighbouring Han letters."""
    for unit in cut:
        if unit.stem not in STOP_WORDS:
            yield unit.stem, (unit.start, unit.end)
    for left, right in pairwise(cut):
        if left.end == right.start and is_han(left.stem) and is_han(right.stem):
            yield left.stem + right.stem, (left.start, right.end)


def is_han(stem: str) -> bool:
    return len(stem) == 1 and ("\u3400" <= stem <= "\u9fff" or "\uf900" <= stem <= "\ufaff" or stem >= "\U00020000")


def detect(text: str) -> str:
    """The language of a text, `en`, `fr` or `zh`, from its script and its small words; `en` when nothing tells."""
    folded = [fold(found.group()) for found in _WORD.finditer(text[:_DETECT_FROM])]
    han = sum(map(is_han, folded))
    # A Chinese word has about two characters; brand names and tags in Latin letters are usual in Chinese posts.
    if han > len(folded) - han:
        return "zh"
    english = sum(word in _ENGLISH for word in folded)
    french = sum(word in _FRENCH or bool(ELISION.match(word)) for word in folded)
    return "fr" if french > english or (french == english and _has_french_accent(text)) else "en"


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Lower case, compatibility forms and accents folded: `Épuisé` and `ｅｐｕｉｓｅ` are both `epuise`."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)) or word


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light stem: elision, possessive, plural, -ed, -ing and a silent -e go; `n't` is `not`."""
    folded = fold(word[:_LONGEST_WORD])
    if _CONTRACTED_NOT.match(folded):
        return "not"
    bare = ELISION.sub("", folded).removesuffix("'s").removesuffix("’s").replace("'", "").replace("’", "")
    if len(bare) < 3 or not bare.isalpha() or bare in STOP_WORDS:
        return bare
    return _without_ending(_singular(bare))


def one_edit(left: str, right: str) -> bool:
    """Whether one letter added, dropped, changed, or swapped with its neighbour, turns one word into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = _common(left, right)
    left, right = left[start:], right[start:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def _unit(found: re.Match[str]) -> Unit:
    return Unit(stem(found.group()), *found.span())


def _singular(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("aux") and len(word) > 4:
        return word[:-3] + "al"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_ending(word: str) -> str:
    """Drop -ing, -ed or a final -e when at least three letters with a vowel are left (`bring`, `sing` stay)."""
    for ending in ("ing", "ed", "ee", "e"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= (5 if ending == "ee" else 3) and re.search("[aeiouy]", root):
            return _undoubled(root) if ending in ("ing", "ed") else root
    return word


def _undoubled(root: str) -> str:
    """`stopp` is `stop`; `call`, `press` and `buzz` keep both letters."""
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lszeo" else root


def _common(left: str, right: str) -> int:
    """Length of the common beginning."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _has_french_accent(text: str) -> bool:
    return any(letter in "éèêàçùœ" for letter in text[:_DETECT_FROM].lower())
