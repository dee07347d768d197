from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain import markdown
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbooks import Neighbour

GOOD = (Path(__file__).parents[1] / "data/playbooks/en/spilled-paint.md").read_text("utf-8")
WET = "It is wet.\n"


def found(line: str) -> list[tuple[str, int]]:
    """Code and line of each warning about the good file with the text in place of its line 35."""
    playbook = parse(GOOD.replace(WET, line + "\n"), "draft.md")
    return [(problem.code, problem.line) for problem in playbook.warnings]


def test_the_good_file_has_no_slip() -> None:
    assert found(WET) == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("##Wet floors", "broken-heading", 35),
        ("-[ ] Mop {#mop role=lead due=5m}", "broken-box", 35),
        ("- [] Mop {#mop role=lead due=5m}", "broken-box", 35),
        ("See [the page] (https://example.com).", "broken-link", 35),
        ("It is <b>wet</b>.", "broken-html", 35),
        ("It is <script>alert(1)</script>.", "broken-html", 35),
        ("It is **wet.", "open-stars", 35),
        ("a\n\n      mop", "indented-code", 37),
        ("| a | b |\n|---|---|\n| 1 |", "uneven-table", 37),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "uneven-table", 37),
        ("See [the page](javascript:alert(1)).", "bad-link", 35),
        ("See [the page](../../etc/passwd).", "bad-link", 35),
        ("See [the page]().", "bad-link", 35),
    ],
)
def test_a_slip_is_a_warning_with_its_line(text: str, code: str, line: int) -> None:
    assert (code, line) in found(text)


def test_a_block_of_code_without_an_end_is_an_error_since_it_swallows_the_rest() -> None:
    with pytest.raises(ValueError, match=r"draft\.md:47: the block of code is never closed"):
        found("```\nmop")


@pytest.mark.parametrize(
    "text",
    [
        "See [the page](https://example.com/a_(b)) or <https://example.com>, or [write](mailto:a@example.com).",
        "Write `<b>` or `**` in code; 5 < 6 and 7 > 3.",
        "| a | b |\n|---|---|\n| 1 \\| 2 | `x|y` |".replace("`x|y`", "2"),
        "-5 degrees, #hashtag no heading: we use #wet",
        "See [Other fire](other-fire.md).",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_links_to_other_playbooks_are_neighbours() -> None:
    playbook = parse(GOOD.replace(WET, "Not [a flood](flood.md), nor [a leak](pipe-leak.md).\n"), "draft.md")
    assert playbook.neighbours == (Neighbour("flood", 35), Neighbour("pipe-leak", 35))


def test_a_hostile_file_has_no_more_warnings_than_a_person_can_use() -> None:
    assert len(parse(GOOD + "<b>\n" * 4_000, "draft.md").warnings) == 100


@given(st.text(st.characters(exclude_characters="\\`*_[]<>&!~\n\r\0", exclude_categories=["Cs"]), max_size=40))
def test_words_without_markup_are_taken_as_the_reader_of_markdown_would(text: str) -> None:
    slow = "".join(token.content for token in markdown.inline_tokens(text))
    assert markdown.plain(text) == slow.strip()
