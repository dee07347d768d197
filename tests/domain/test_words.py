from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain.words import FILLERS, STOP_WORDS, detect, one_edit, stem, stems, terms, units


@pytest.mark.parametrize(
    "one, other",
    [
        ("offended", "offending"),
        ("ads", "ad"),
        ("stories", "story"),
        ("replied", "reply"),
        ("stopped", "stop"),
        ("boycotts", "BOYCOTT"),
        ("journaux", "journal"),
        ("offensées", "offensée"),
        ("l’équipe", "équipes"),
        ("brand's", "brands"),
        ("isn't", "wasn’t"),
    ],
)
def test_inflected_words_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    "one, other", [("sing", "s"), ("press", "pres"), ("bus", "bu"), ("need", "ne"), ("anger", "angel")]
)
def test_short_words_keep_their_ending(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_accents_and_width_are_folded() -> None:
    assert stems("Épuisé ＢＯＹＣＯＴＴ œuvre") == ("epuis", "boycott", "oeuvr")


def test_a_unit_knows_its_place_in_the_text() -> None:
    text = "Les mamans, 没人 offended!"
    assert [text[unit.start : unit.end] for unit in units(text)] == ["Les", "mamans", "没", "人", "offended"]


def test_han_text_gives_characters_and_bigrams_within_a_clause() -> None:
    assert [term for term, _span in terms(units("没人，回复"))] == ["没", "人", "回", "复", "没人", "回复"]


def test_small_words_are_their_own_stems() -> None:
    assert {word for word in STOP_WORDS | FILLERS if stem(word) != word} == set()


def test_stop_words_are_no_terms() -> None:
    assert [term for term, _span in terms(units("the ad of our shop et la pub"))] == ["ad", "shop", "pub"]


@pytest.mark.parametrize(
    "text, language",
    [
        ("Our advert is being torn apart and nobody is here", "en"),
        ("Les clients sont furieux et la direction ne répond pas", "fr"),
        ("les clients sont furieux, c'est partout sur twitter", "fr"),
        ("BAD BUZZ sur la pub, personne n'est là", "fr"),
        ("评论区炸了，网友要抵制我们", "zh"),
        ("微博热搜第一 hashtag #BoycottLumen 全是骂我们的", "zh"),
        ("the 辛普森 advert is everywhere and they are angry", "en"),
        ("Fermé", "fr"),
        ("", "en"),
        ("🔥🔥", "en"),
    ],
)
def test_the_language_is_told_from_script_and_small_words(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("slip", ["boycot", "boycottt", "boycitt", "byocott", "oycott"])
def test_one_slip_is_one_edit(slip: str) -> None:
    assert one_edit(slip, "boycott")


@pytest.mark.parametrize("other", ["boyco", "bycot", "cottboy", "boycootts"])
def test_two_slips_are_not_one_edit(other: str) -> None:
    assert not one_edit(other, "boycott")


@given(st.text(max_size=200))
def test_any_text_is_cut_into_pieces_of_itself(text: str) -> None:
    places = [place for unit in units(text) for place in (unit.start, unit.end)]
    assert places == sorted(places)
    assert detect(text) in ("en", "fr", "zh")
