"""Whatever stands in a file, the parser gives a playbook or says what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.markdown import render
from firebreak.domain.playbook_parser import PlaybookError, parse
from firebreak.domain.playbooks import Playbook

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


def check(text: str | bytes) -> None:
    try:
        playbook = parse(text, "playbooks/en/any.md")
    except PlaybookError as error:
        lines = text.count(b"\n" if isinstance(text, bytes) else "\n") + text.count(
            b"\r" if isinstance(text, bytes) else "\r"
        )
        assert error.problems
        assert all(1 <= problem.line <= lines + 1 and problem.message and problem.cure for problem in error.problems)
    else:
        assert isinstance(playbook, Playbook)
        assert all(render(step.guidance) is not None for step in playbook.steps)


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
