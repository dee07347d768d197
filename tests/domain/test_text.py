from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_TEXT, clean, happened, moment, required, stamp
from tests.stories import MINUTE, NOW

PARIS = ZoneInfo("Europe/Paris")
HARMLESS = (
    "<script>alert(1)</script>",
    "=1+1",
    '=HYPERLINK("http://x")',
    "مرحبا بالعالم",
    "\u202etxt.exe",
    "👩‍👩‍👧",
    "é",
)


def refused(wish: Any, *words: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        wish(*words)
    return caught.value


@pytest.mark.parametrize("text", HARMLESS)
def test_hostile_and_foreign_texts_are_kept_as_typed(text: str) -> None:
    assert clean(text, "text") == text


@pytest.mark.parametrize(
    ("text", "position", "code"), [("ab\0", 3, "U+0000"), ("\ud800b", 1, "U+D800"), ("a\udfff", 2, "U+DFFF")]
)
def test_nul_and_lone_surrogates_are_refused_with_their_position(text: str, position: int, code: str) -> None:
    refusal = refused(clean, text, "report")
    assert (refusal.code, refusal.facts) == ("bad_character", {"field": "report", "position": position, "code": code})


def test_line_ends_become_newlines() -> None:
    assert clean("one\r\ntwo\nthree", "text") == "one\ntwo\nthree"


def test_a_text_of_the_greatest_length_is_kept_and_a_longer_one_refused() -> None:
    assert len(clean("x" * LONGEST_TEXT, "text")) == LONGEST_TEXT
    assert refused(clean, "x" * (LONGEST_TEXT + 1), "text").code == "too_long"


@pytest.mark.parametrize("text", ["", None, " \n\t", "\u3000"])
def test_an_empty_text_is_refused_where_words_are_required(text: str | None) -> None:
    assert refused(required, text, "reason").facts == {"field": "reason"}


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(microseconds=1), MINUTE, 2 * MINUTE])
def test_up_to_two_minutes_ahead_is_now(ahead: timedelta) -> None:
    assert happened(NOW + ahead, NOW) == NOW


def test_more_than_two_minutes_ahead_is_refused() -> None:
    assert refused(happened, NOW + 2 * MINUTE + timedelta(microseconds=1), NOW).code == "in_future"


def test_a_time_before_2000_is_refused() -> None:
    assert refused(happened, datetime(1999, 12, 31, 23, 59, tzinfo=UTC), NOW).code == "too_early"


def test_the_two_hours_that_a_clock_shows_twice_stay_apart() -> None:
    summer, winter = (datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold) for fold in (0, 1))
    assert moment(stamp(winter)) - moment(stamp(summer)) == timedelta(hours=1)  # type: ignore[operator]


@given(st.timedeltas(min_value=timedelta(days=-9000), max_value=timedelta(days=9000)))
def test_a_stamp_gives_back_its_time(away: timedelta) -> None:
    assert moment(stamp(NOW + away)) == NOW + away


@given(st.text())
def test_whatever_is_not_refused_can_be_stored(text: str) -> None:
    try:
        kept = clean(text, "text")
    except Refused:
        assert "\0" in text
    else:
        assert kept.encode().decode() == text.replace("\r\n", "\n")
