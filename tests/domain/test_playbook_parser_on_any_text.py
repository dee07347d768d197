"""Whatever stands in a file, the parser gives a playbook or says what is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.markdown import blocks, render
from firebreak.domain.playbook_fragments import Fragment
from firebreak.domain.playbook_health import findings
from firebreak.domain.playbook_outline import heads_of
from firebreak.domain.playbook_page import lines_of
from firebreak.domain.playbook_parser import PlaybookError, parse
from firebreak.domain.playbooks import Problem

PATH, SHARED = "playbooks/en/any.md", "playbooks/en/fragments/calm.md"
TODAY = date(2026, 11, 22)
DATA = Path(__file__).parents[1] / "data" / "playbooks"
GOOD = tuple(path.read_text("utf-8") for path in sorted(DATA.glob("*/*.md")))
HEAD = GOOD[0][: GOOD[0].index("## How")]

pieces = st.sampled_from(
    [
        *(
            "---\n",
            "- [ ] ",
            "  - ",
            "## First hour\n",
            "## Holding statements\n",
            "### X {platform=x}\n",
            "> ",
            "\n",
            "    ",
        ),
        *(
            "{#a role=lead due=5m}",
            "{#b .decision}",
            "{{ link }}",
            "\n{include=calm}\n",
            "{include=",
            "[a](b.md)",
            "only=fr ",
            "{",
            "}",
            "```\n",
            "| a |\n|--|\n",
            "[",
            "](",
            "**",
            "\t",
        ),
        *(
            "a: ",
            "? ",
            "&a ",
            "*a ",
            "!t ",
            "<<: ",
            "[",
            "]",
            "'",
            '"',
            "|\n",
            "%YAML 1.2\n",
            "...\n",
            "\u2028",
            "\x85",
            "\ufeff",
        ),
    ]
)
soup = st.lists(pieces | st.text(max_size=5), max_size=30).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file of which one stretch was replaced by something else."""
    good = draw(st.sampled_from(GOOD))
    start = draw(st.integers(0, len(good)))
    end = draw(st.integers(start, min(len(good), start + 40)))
    return good[:start] + draw(soup) + good[end:]


def check(text: str | bytes, calm: str = "Sit down.") -> None:
    try:
        playbook = parse(text, PATH, {"calm": Fragment(SHARED, calm)})
    except PlaybookError as error:
        assert error.problems
        check_problems(error.problems, text, calm)
    else:
        check_problems(playbook.warnings, text, calm)
        assert all(render(step.guidance) is not None for step in playbook.steps)
        assert parse(playbook.source, PATH).hash == playbook.hash
        assert isinstance(findings([playbook], TODAY), list)


def check_problems(problems: tuple[Problem, ...], text: str | bytes, calm: str) -> None:
    """Each names a line of its own file, what is wrong and how to mend it."""
    most = {PATH: len(lines_of(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))}
    for problem in problems:
        assert 1 <= problem.line <= (most | {SHARED: calm.count("\n") + 1})[problem.path]
        assert problem.message and problem.cure


@settings(max_examples=60, deadline=None)
@given(st.text() | st.binary())
def test_any_text_or_bytes(text: str | bytes) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(soup)
def test_any_front_matter(text: str) -> None:
    check("---\n" + text + "\n---\n## First hour\n- [ ] a {#a role=lead due=5m}\n")


@settings(max_examples=60, deadline=None)
@given(soup)
def test_any_body(text: str) -> None:
    check(HEAD + text)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_a_good_file_with_a_stretch_replaced(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(soup)
def test_any_fragment(calm: str) -> None:
    check(HEAD + "## First hour\n- [ ] a {#insurer-told role=lead due=5m}\n\n  {include=calm}\n", calm)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(mutated() | soup.map(lambda text: HEAD + text) | st.binary(), soup)
def test_any_text_for_a_long_time(text: str | bytes, calm: str) -> None:
    check(text, calm)


HEADINGS = ("#", "##", "## ", "# a", "## b #", "## c \\#", "  ## d", "- ## e", "> ## f", "    ## g", "\t## h", "###i")
heading_soup = st.lists(
    st.sampled_from([*HEADINGS, "---", "===", "```", "~~~", "a", "", "1. x", "- y", "  z"]), max_size=12
)


@settings(max_examples=300)
@given(heading_soup)
def test_headings_are_found_where_the_reader_of_markdown_finds_them(lines: list[str]) -> None:
    found = [node for node in blocks("\n".join(lines)) if node.type == "heading" and node.tag in {"h1", "h2"}]
    expected = [(node.span[0], int(node.tag[1]), node.children[0].content) for node in found]
    assert [(head.start, head.level, head.text) for head in heads_of(lines, 0)] == expected
