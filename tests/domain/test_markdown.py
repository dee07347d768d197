from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.markdown import TAGS, blocks, plain, render


def test_emphasis_lists_tables_and_strikethrough_are_rendered() -> None:
    html = render("**a** ~~b~~\n\n- c\n\n| d |\n|---|\n| e |")
    assert all(tag in html for tag in ("<strong>a", "<s>b", "<li>c", "<th>d", "<td>e"))


def test_html_is_shown_as_typed() -> None:
    assert render("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_a_link_tells_its_target_nothing() -> None:
    expected = '<p><a href="https://example.com" rel="noopener noreferrer nofollow">a</a></p>\n'
    assert render("[a](https://example.com)") == expected


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a"]
)
def test_a_link_elsewhere_than_web_or_mail_is_no_link(address: str) -> None:
    assert "href" not in render(f"[a]({address})")


def test_a_picture_is_a_link_and_is_not_loaded() -> None:
    html = render("![a](https://example.com/pixel.png)")
    assert "<img" not in html
    assert "pixel.png" in html


def test_a_column_that_is_aligned_has_no_style() -> None:
    assert "style" not in render("| a |\n|--:|\n| b |")


@pytest.mark.parametrize("hostile", [">", "> ", "- ", "[", "*a", "`", "|a", "&", "<"])
def test_a_long_hostile_text_is_rendered(hostile: str) -> None:
    assert isinstance(render(hostile * 5000), str)


@settings(max_examples=100)
@given(st.text(alphabet=st.sampled_from(list("<>[](){}!*_`~|-# \n\"'=&;:/ajsx\ud800")), max_size=200))
def test_no_text_brings_a_tag_outside_the_list(text: str) -> None:
    assert set(re.findall(r"<([a-z0-9]+)", render(text))) <= TAGS


def test_plain_text_loses_its_markup_and_its_wrapping() -> None:
    assert plain("a *b* `c` [d](https://e)\nf\\\ng &amp; h") == "a b c d f\ng & h"


def test_wrapped_chinese_gets_no_space() -> None:
    assert plain("我们已经知道\n这件事。") == "我们已经知道这件事。"


def test_shows_a_very_long_text_as_typed_and_harmless() -> None:
    assert render("<script>" + "[" * 30_000).startswith("<pre>&lt;script&gt;[[")


def test_chinese_that_wraps_is_joined_and_other_words_are_not() -> None:
    assert render("我们\n知道。\n\nso\nit is") == "<p>我们知道。</p>\n<p>so\nit is</p>\n"


def test_chinese_in_a_block_of_code_keeps_its_lines() -> None:
    assert "我们\n知道" in render("```\n我们\n知道\n```")


def test_brackets_by_the_thousand_are_shown_as_typed() -> None:
    text = "[" * 1_001
    assert render(text) == f"<pre>{text}</pre>" and plain(text) == text


def test_a_small_table_does_not_grow_into_a_page_without_end() -> None:
    text = "|a" * 250 + "|\n" + "|-" * 250 + "|\n" + "a\n" * 250
    assert len(render(text)) < 40_000 and len(blocks(text)) == 2
