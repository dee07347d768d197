from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from firebreak.domain import playbook_fragments
from firebreak.domain.playbook_fragments import Fragment
from firebreak.domain.playbook_parser import PlaybookError, parse

GOOD = (Path(__file__).parents[1] / "data/playbooks/en/spilled-paint.md").read_text("utf-8")
PATH = "playbooks/en/spilled-paint.md"
CALM = Fragment("playbooks/en/fragments/calm.md", "Sit down.\n\nBreathe out.")
OWN_LINE = "Breathe first.\n"


def with_line(line: str) -> str:
    """The good file with a line in place of `Breathe first.`, which is its line 39."""
    assert GOOD.count(OWN_LINE) == 1
    return GOOD.replace(OWN_LINE, line + "\n")


def test_a_line_that_includes_a_fragment_stands_for_its_text() -> None:
    playbook = parse(with_line("{include=calm}"), PATH, {"calm": CALM})
    assert "Sit down.\n\nBreathe out." in playbook.section("first-15-minutes").markdown  # type: ignore[union-attr]


def test_a_playbook_is_saved_whole_so_that_a_later_edit_of_a_fragment_leaves_it_alone() -> None:
    playbook = parse(with_line("{include=calm}"), PATH, {"calm": CALM})
    assert "Sit down." in playbook.source and playbook.hash == sha256(playbook.source.encode()).hexdigest()


def test_a_saved_playbook_is_the_same_without_its_fragments() -> None:
    playbook = parse(with_line("{include=calm}"), PATH, {"calm": CALM})
    assert parse(playbook.source, PATH).hash == playbook.hash


def test_a_fragment_takes_the_indent_of_the_line_that_includes_it() -> None:
    text = GOOD.replace("  Guidance in **Markdown**:\n", "  {include=calm}\n")
    assert parse(text, PATH, {"calm": CALM}).steps[0].guidance.startswith("Sit down.\n\nBreathe out.\n")


def test_lines_below_a_fragment_are_told_as_they_stand_in_the_file() -> None:
    broken = with_line("{include=calm}").replace("role=channel ", "")
    with pytest.raises(PlaybookError) as refused:
        parse(broken, PATH, {"calm": CALM})
    assert [(each.path, each.line) for each in refused.value.problems] == [(PATH, 41)]


def test_a_mistake_inside_a_fragment_is_told_with_the_fragments_own_file() -> None:
    text = Fragment(CALM.path, "Sit down.\n\n- [ ] Breathe {#breathe due=5m}")
    with pytest.raises(PlaybookError) as refused:
        parse(with_line("{include=calm}"), PATH, {"calm": text})
    assert [(each.path, each.line, each.code) for each in refused.value.problems] == [(CALM.path, 3, "missing-role")]


def test_a_fragment_nobody_wrote_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(PlaybookError) as refused:
        parse(with_line("{include=clam}"), PATH, {"calm": CALM})
    assert str(refused.value).startswith(f"{PATH}:39: there is no fragment 'clam'. Use one of calm")


def test_an_include_in_the_front_matter_is_no_include() -> None:
    with pytest.raises(PlaybookError, match="not YAML"):
        parse(GOOD.replace("owner: Head of communications\n", "{include=calm}\n"), PATH, {"calm": CALM})


def test_fragments_cannot_make_a_small_file_grow_without_end() -> None:
    with pytest.raises(PlaybookError, match="with its fragments the playbook is over 250,000"):
        parse(GOOD + "{include=calm}\n" * 3000, PATH, {"calm": Fragment(CALM.path, "x" * 60_000)})


@pytest.mark.parametrize(("text", "code"), [("a\n{include=b}", "nested-include"), ("## A", "heading-in-fragment")])
def test_a_fragment_holds_neither_a_fragment_nor_a_heading(text: str, code: str) -> None:
    assert [each.code for each in playbook_fragments.check(Fragment("a.md", text))] == [code]


def test_a_fragment_over_its_size_is_refused() -> None:
    with pytest.raises(PlaybookError, match="over 64,000 bytes"):
        playbook_fragments.read(b"x" * 64_001, "a.md")


@pytest.mark.parametrize(("indent", "lines"), [(" " * 20_000, 20), ("", 6_000)])
def test_a_short_file_cannot_ask_for_a_long_one(indent: str, lines: int) -> None:
    long = Fragment("playbooks/en/fragments/calm.md", "a\n" * lines)
    with pytest.raises(PlaybookError) as refused:
        parse(with_line(indent + "{include=calm}"), PATH, {"calm": long})
    assert "too-big" in {problem.code for problem in refused.value.problems}
