"""What changed between two texts, by words, signs and lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain import wording


def said(before: str, after: str) -> str:
    marks = {"same": "{}", "del": "[-{}-]", "ins": "[+{}+]"}
    return "".join(marks[kind].format(text) for kind, text in wording.words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Pause every post.", "Pause every advert.", "Pause every [-post-][+advert+]."),
        ("Pause posts", "Pause all posts", "Pause [+all +]posts"),
        ("Call them, now", "Call them", "Call them[-, now-]"),
        ("立即暂停推送。", "立即停止推送。", "立即[-暂停-][+停止+]推送。"),
        ("l'été 2025", "l'été 2026", "l'été [-2025-][+2026+]"),
        ("", "new", "[+new+]"),
        ("old", "", "[-old-]"),
        ("same", "same", "same"),
        ("", "", ""),
    ],
)
def test_only_the_words_that_changed_are_told(before: str, after: str, told: str) -> None:
    assert said(before, after) == told


def test_a_sign_in_common_by_chance_does_not_tear_a_change_apart() -> None:
    assert said("要求立刻道歉", "请求马上致歉") == "[-要求立刻道-][+请求马上致+]歉"


@given(st.text("ab 道歉\n", max_size=40), st.text("ab 道歉\n", max_size=40))
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = wording.words(before, after)
    assert "".join(text for kind, text in pieces if kind != "ins") == before
    assert "".join(text for kind, text in pieces if kind != "del") == after


def test_a_text_too_long_for_words_is_compared_by_lines() -> None:
    long = "\n".join(f"line {each} of many" for each in range(1500))
    assert wording.words(f"a\n{long}\nb", f"c\n{long[::-1]}\nd")


def test_lines_are_told_with_their_numbers_and_some_around_them() -> None:
    before = "\n".join("abcdefghi")
    [group] = wording.lines(before, before.replace("e", "E"))
    assert group == (
        *(("same", 3, "c"), ("same", 4, "d"), ("del", 5, "e")),
        *(("ins", 5, "E"), ("same", 6, "f"), ("same", 7, "g")),
    )


def test_the_same_text_has_no_changed_lines() -> None:
    assert wording.lines("a\nb", "a\nb") == ()
