"""How texts fall apart into words, in three languages, and what a search box may be given."""

from __future__ import annotations

import re
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firebreak.domain import search
from firebreak.domain.search import excerpt, fold, mark, parse, terms

UNSAFE = re.compile(r"[\x00-/:-@\[-`{-\x7f\s]")
"""What would mean something to one database or another."""
HOSTILE = (
    '"',
    '""',
    '"a',
    "a*",
    "NEAR(a b)",
    "a AND NOT b",
    "-a",
    "col:a",
    "'; DROP TABLE",
    "\0",
    "\ud800",
    "^",
    "\\",
    "()",
)


def looked_for(query: str) -> list[list[str]]:
    return [term.words for term in parse(query)]


def marks(text: str, query: str) -> list[str]:
    return [piece for piece, found in mark(text, parse(query)) if found]


def test_capitals_and_accents_make_no_difference() -> None:
    assert fold("L'ŒUVRE d'Élodie a été RETIRÉE") == "l'oeuvre d'elodie a ete retiree"


def test_an_accent_may_be_a_sign_of_its_own() -> None:
    assert terms("e\u0301te\u0301") == terms("été") == ["ete"]


def test_full_width_forms_are_plain_ones() -> None:
    assert terms("ＡＢＣ１２") == ["abc12"]


def test_han_is_kept_in_pairs_and_single_signs() -> None:
    assert terms("品牌道歉") == ["品牌", "牌道", "道歉", "品", "歉", "牌", "道"]


def test_traditional_signs_stay_as_they_are() -> None:
    assert "臉書" in terms("在臉書上")


def test_han_and_letters_are_words_of_their_own() -> None:
    assert terms("我们发布iPhone 17了")[:6] == ["我们", "们发", "发布", "iphone", "17", "了"]


def test_addresses_names_and_tags_fall_apart_alike_in_text_and_query() -> None:
    text = terms("See https://x.com/a/1, @rosa_k and #MeToo")
    assert text == ["see", "https", "x", "com", "a", "1", "rosa", "k", "and", "metoo"]
    assert looked_for("@rosa_k #MeToo x.com/a ") == [["rosa", "k"], ["metoo"], ["x", "com", "a"]]


def test_words_are_looked_for_one_by_one_and_quoted_ones_together() -> None:
    assert looked_for('storm "very sorry" advert ') == [["storm"], ["very", "sorry"], ["advert"]]


@pytest.mark.parametrize("query", ["“very sorry”", "« very sorry »", "「very sorry」", '"very sorry'])
def test_quotes_of_every_country_do(query: str) -> None:
    assert looked_for(query) == [["very", "sorry"]]


def test_only_the_last_word_may_still_be_typed() -> None:
    assert [term.open for term in parse("storm adv")] == [False, True]
    assert [term.open for query in ("adv ", '"adv"', "道歉", "a") for term in parse(query)] == [False] * 4


def test_signs_and_letters_without_a_space_are_looked_for_apart() -> None:
    assert looked_for("iPhone发布会") == [["iphone"], ["发布", "布会"]]


@pytest.mark.parametrize("query", ["", "   ", "!?", '""', "\0", "……"])
def test_a_query_without_letters_looks_for_nothing(query: str) -> None:
    assert parse(query) == ()


def test_a_query_has_an_end() -> None:
    assert len(parse(" ".join(f"word{number}" for number in range(50_000)))) <= search.MOST_TERMS


def test_a_text_has_an_end() -> None:
    assert len(terms("一二三四五六七八九十" * 20_000)) < search.MOST_WORDS + 100


@settings(deadline=None)
@given(st.text(max_size=400))
@example("İ½ﷺ\u0301")
def test_any_text_falls_apart_into_plain_words(text: str) -> None:
    assert not [word for word in terms(text) if UNSAFE.search(word) or not 0 < len(word) <= search.LONGEST_WORD]


@settings(deadline=None)
@given(st.text(max_size=400) | st.sampled_from(HOSTILE))
def test_any_query_is_one(query: str) -> None:
    found = parse(query)
    assert not [word for term in found for word in term.words if UNSAFE.search(word) or not word]
    assert "".join(piece for piece, _found in mark(query, found)) == normalize("NFC", query)


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=50))
def test_an_excerpt_holds_nothing_that_is_not_in_the_text(text: str, query: str) -> None:
    inside = "".join(piece for piece, _found in excerpt(text, parse(query)) if piece != "…")
    assert inside in normalize("NFC", text) or "…" in text


def test_what_was_found_is_marked_as_it_was_written() -> None:
    assert marks("L'Annonce a été retirée", "ANNONCE ete retir") == ["Annonce", "été", "retirée"]


def test_a_word_inside_another_is_not_marked() -> None:
    assert marks("press, depress, pressing", "press ") == ["press"]


def test_han_is_marked_inside_a_sentence() -> None:
    assert marks("品牌必须道歉！", "道歉") == ["道歉"]


def test_letters_beside_han_are_marked() -> None:
    assert marks("我们发布iPhone了", "iphone") == ["iPhone"]


def test_an_excerpt_is_cut_around_the_first_place() -> None:
    text = "before " * 60 + "the storm came " + "after " * 60
    parts = excerpt(text, parse("storm "))
    assert (parts[0], parts[-1]) == (("…", False), ("…", False))
    assert ("storm", True) in parts
    assert sum(len(piece) for piece, _found in parts) < 200


def test_an_excerpt_without_a_place_is_the_beginning() -> None:
    assert excerpt("a short text", parse("nothing")) == [("a short text", False)]
