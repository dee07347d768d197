from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.features import features, tokens_of, words

SIMPLIFIED = {ord("廣"): "广"}


def test_a_word_is_whole_in_pieces_and_in_pairs() -> None:
    found = features("Recalled toys", {})
    assert {"recalled ", "<rec", "ed>", "recalled toys"} <= set(found)
    assert found["recalled "] == [(0, 8)] and found["recalled toys"] == [(0, 13)]


def test_case_accents_and_figures_do_not_matter() -> None:
    assert set(features("ÉPUISÉ 16h50", {})) == set(features("epuise 23h17", {}))


def test_a_han_run_is_cut_into_pieces_of_up_to_four() -> None:
    assert set(features("发错号", {})) == {"发", "错", "号", "发错", "错号", "发错号"}


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert set(features("廣告", SIMPLIFIED)) == set(features("广告", SIMPLIFIED))


def test_cutting_a_word_out_makes_no_new_pair() -> None:
    assert set(features("never     watched", {})) <= set(features("never was watched", {}))


@pytest.mark.parametrize("text", ["", "?!…", "🔥😡😡🔥", " \n\t"])
def test_what_has_no_word_has_no_feature(text: str) -> None:
    assert features(text, {}) == {}


def test_small_words_are_not_shown_and_of_han_only_known_words() -> None:
    assert words(tokens_of("the memo of 2019", {}), frozenset()) == [(4, 8), (12, 16)]
    assert words(tokens_of("公司发错号了", {}), frozenset(("发错", "发错号"))) == [(2, 5)]


def test_of_a_very_long_text_the_head_and_the_tail_are_read() -> None:
    found = features("first " + "lorem " * 20_000 + "last", {})
    assert {"first ", "last "} <= set(found) and found["last "][0][1] == len("first " + "lorem " * 20_000 + "last")


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abé没人廣告 boycott\U0001f525'’\n.ßİ９"), max_size=60))
def test_every_place_lies_in_the_text(text: str) -> None:
    assert all(0 <= start < end <= len(text) for spans in features(text, SIMPLIFIED).values() for start, end in spans)
