from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from firebreak.domain.playbook_parser import PlaybookError, parse
from firebreak.domain.playbooks import LegalClock, Option, Playbook

HERE = Path(__file__).parents[1] / "data"
FILES = sorted(HERE.glob("playbooks/*/*.md"))
GOOD = (HERE / "playbooks/en/spilled-paint.md").read_text("utf-8")
PATH = "playbooks/en/spilled-paint.md"
STEP = "- [ ] Pause *every* [post](https://example.com) {#pause role=channel due=10m .critical}"


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return parse(GOOD, PATH)


def changed(old: str, new: str) -> str:
    """The good file with one passage replaced."""
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def complaints(text: str | bytes, path: str = PATH) -> list[tuple[int, str]]:
    """Line and code of each problem of a file that is refused."""
    with pytest.raises(PlaybookError) as refused:
        parse(text, path)
    return [(problem.line, problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_samples_are_read_in_each_language(path: Path) -> None:
    playbook = parse(path.read_bytes(), path.as_posix())
    assert playbook.steps
    assert not playbook.warnings


def test_the_head_is_read_as_dates_durations_and_channels(playbook: Playbook) -> None:
    assert playbook.reviewed == date(2026, 11, 21)
    assert playbook.signals.channels == ("x", "facebook")
    assert playbook.limits["acknowledge"] == {"critical": timedelta(minutes=10), "serious": timedelta(minutes=15)}


def test_a_clock_that_is_not_the_desks_own_is_a_legal_one(playbook: Playbook) -> None:
    assert playbook.legal_clocks == (LegalClock("insurer-told", "Insurer told", "noticed", timedelta(hours=72)),)


def test_a_step_has_its_attributes_and_its_words(playbook: Playbook) -> None:
    step = playbook.step("pause")
    assert step is not None
    assert (step.title, step.role, step.due, step.critical, step.phase, step.line) == (
        *("Pause every post", "channel", timedelta(minutes=10), True),
        *("first-15-minutes", 41),
    )


def test_guidance_stays_markdown_without_its_indent(playbook: Playbook) -> None:
    assert playbook.steps[0].guidance == "Guidance in **Markdown**:\n```\nmop --dry\n```\n- [link](https://example.com)"


def test_words_on_the_lines_after_the_braces_are_guidance(playbook: Playbook) -> None:
    assert playbook.steps[2].guidance == "in writing."


def test_a_decision_has_its_options_and_keeps_them_out_of_the_guidance(playbook: Playbook) -> None:
    step = playbook.steps[1]
    assert step.options == (Option("keep", "Keep", "it stays wet"), Option("take-off", "Take off", "it dries"))
    assert (step.title, step.guidance) == ("Keep or take off the advert?", "Think of the floor.")


def test_a_holding_statement_is_plain_text_with_its_paragraphs(playbook: Playbook) -> None:
    assert playbook.statements[0].text == "We know about {{ subject }} and answer at {{next_update}}.\n\n{{ link }}"


def test_a_platform_is_known_by_its_heading_where_no_attribute_names_it(playbook: Playbook) -> None:
    assert [text.platform for text in playbook.statements] == ["x", "weibo"]


def test_sections_leave_out_steps_and_statements(playbook: Playbook) -> None:
    phase, statements = playbook.section("first-15-minutes"), playbook.section("statements")
    assert phase is not None and phase.markdown == "Breathe first.\n\n\n- A plain item."
    assert statements is not None and statements.markdown == "Say one of these."


def test_the_introduction_and_headings_of_ones_own_are_kept(playbook: Playbook) -> None:
    assert [(part.title, part.markdown) for part in playbook.sections if part.id is None] == [
        ("", "Somebody **slipped**."),
        ("Something of our own", "Words."),
    ]


def test_each_item_of_the_review_is_a_question(playbook: Playbook) -> None:
    assert playbook.review_questions == ("Who noticed first?", "What was late?")


def test_the_hash_is_of_the_exact_bytes() -> None:
    windows = ("\ufeff" + GOOD.replace("\n", "\r\n")).encode()
    playbook = parse(windows, PATH)
    assert playbook.hash == sha256(windows).hexdigest()
    assert playbook.steps[0].line == 41


def test_a_heading_is_recognised_by_an_id_in_any_words() -> None:
    assert parse(changed("## First hour", "## Quickly {#first-hour}"), PATH).phases[1].id == "first-hour"


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        (" {#pause role=channel due=10m .critical}", "", 41, "step-without-id"),
        ("#pause role", "role", 41, "step-without-id"),
        ("#insurer-told", "#pause", 58, "duplicate-id"),
        ("#pause ", "#Pause_All ", 41, "bad-id"),
        ("role=channel", "role=monitor", 41, "unknown-role"),
        ("role=channel ", "", 41, "missing-role"),
        ("due=10m ", "", 41, "missing-due"),
        ("due=10m", "due=soon", 41, "bad-due"),
        ("due=10m", "due=10m owner=me", 41, "unknown-attribute"),
        (".critical}\n\n  Guidance", ".urgent}\n\n  Guidance", 41, "unknown-attribute"),
        ("due=10m", "due==10m", 41, "bad-attributes"),
        ("- [ ] Pause *every* [post](https://example.com)", "- [ ]", 41, "missing-title"),
        ("- [ ] Pause", "- Pause", 41, "missing-box"),
        ("  - **Take off**: it dries {#take-off}\n", "", 48, "too-few-options"),
        (" {#take-off}", "", 53, "option-without-id"),
        ("{#take-off}", "{#keep}", 53, "duplicate-id"),
        ("{platform=x}", "{platform=myspace}", 65, "unknown-platform"),
        ("### 微博", "### Our switchboard", 72, "unknown-platform"),
        ("{{ subject }}", "{{ name }}", 67, "unknown-placeholder"),
        ("{{ subject }}", "{{ subject }", 67, "broken-placeholder"),
        ("We know", "We know" + " all" * 70, 67, "too-long"),
        ("We know", "[We](https://example.com) know", 67, "link-in-statement"),
        ("> 我们已经知道\n> 这件事。", "", 72, "missing-statement"),
        ("### X {platform=x}\n", "", 66, "statement-without-platform"),
        ("- blame", "- [ ] blame", 79, "task-outside-phase"),
        ("  - [link]", "  - [ ] [link]", 47, "nested-task"),
        ("## Something of our own", "## First hour", 86, "duplicate-section"),
        ("## Something of our own", "## Ours {#ours}", 86, "unknown-section"),
        ("insurer-told: {", "regulator-told: {", 18, "clock-without-step"),
        ("from: noticed", "from: yesterday", 18, "bad-clock"),
        ("acknowledge:", "acknowlege:", 16, "bad-clock"),
        ("critical: 10m", "urgent: 10m", 16, "bad-value"),
        ("serious: 1h}", "serious: 0m}", 17, "bad-value"),
        ("severity: serious", "severity: awful", 5, "bad-value"),
        ("[twitter, facebook]", "[twitter, myspace]", 13, "bad-value"),
        ("reviewed: 2026-11-21", "reviewed: 21/11/2026", 26, "bad-value"),
        ("https://example.com/paint", "javascript:alert(1)", 28, "bad-value"),
        ("  channel: Answers.", "  painter: Answers.", 21, "bad-value"),
        ("owner: Head of communications\n", "", 1, "missing-key"),
        ("owner:", "owners:", 24, "unknown-key"),
        ("owner: Head", "title: Head", 24, "duplicate-key"),
        ("owner: Head", "owner: a: Head", 24, "bad-yaml"),
        ("owner: Head", "owner: &a Head", 24, "yaml-anchor"),
        ("owner: Head", "owner: !!python/name:os.system Head", 24, "yaml-tag"),
        ("owner: Head of communications", 'owner: "\\0"', 24, "bad-character"),
        ("[paint, ", "[[[[[[[[[paint]]]]]]]], ", 10, "too-deep"),
        ("scenario: spilled-paint", "scenario: spilt-paint", 3, "path-mismatch"),
        ("language: en", "language: fr", 4, "path-mismatch"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int, code: str) -> None:
    assert (line, code) in complaints(changed(old, new))


def test_a_complaint_names_file_line_and_cure() -> None:
    with pytest.raises(PlaybookError) as refused:
        parse(changed("role=channel ", ""), PATH)
    assert str(refused.value) == f"{PATH}:41: the step has no role. Say whose it is: role=lead"


def test_everything_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = changed("role=channel ", "").replace("severity: serious", "severity: awful").replace("#keep", "#Keep")
    assert complaints(text) == [(5, "bad-value"), (41, "missing-role"), (52, "bad-id")]


def test_a_path_outside_the_library_says_nothing_about_scenario_or_language() -> None:
    assert parse(GOOD, "draft.md").scenario == "spilled-paint"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["no-front-matter"]),
        ("---\ntitle: a\n", ["no-front-matter"]),
        ("---\n---\n", ["bad-front-matter", "no-phase", "no-steps"]),
        ("---\n- a\n---\n", ["bad-front-matter", "no-phase", "no-steps"]),
        (b"---\n\xff", ["not-utf8"]),
        ("---\n\ud800", ["not-utf8"]),
        ("---\n\0", ["nul"]),
        ("x" * 250_001, ["too-big"]),
        ("é" * 150_000, ["too-big"]),
        ("---\na: " + "[" * 60_000 + "\n---\n", ["too-deep", "no-phase", "no-steps"]),
        ("---\na: " + "b" * 70_000 + "\n---\n", ["front-matter-too-long", "no-phase", "no-steps"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "text",
)
def test_what_is_no_playbook_is_refused(text: str | bytes, codes: list[str]) -> None:
    assert sorted(code for _, code in complaints(text)) == sorted(codes)


def test_a_playbook_without_steps_is_refused() -> None:
    text = GOOD[: GOOD.index("## First 15")]
    assert {code for _, code in complaints(text)} == {"no-phase", "no-steps", "clock-without-step"}


def test_more_than_seven_critical_steps_at_once_are_a_warning() -> None:
    more = "".join(f"- [ ] Do {n} {{#do-{n} role=lead due=5m .critical}}\n" for n in range(6))
    warnings = parse(changed(STEP, more + STEP), PATH).warnings
    assert [(warning.level, warning.code, warning.line) for warning in warnings] == [("warning", "many-critical", 54)]


def test_a_file_full_of_mistakes_is_told_in_a_hundred() -> None:
    assert len(complaints(GOOD + "- [ ] a\n" * 500)) == 100


@pytest.mark.parametrize("line", ["## A\n", "- [ ] a\n", "> \n", "\r"])
def test_a_file_of_too_many_lines_is_refused_before_anything_is_made_of_them(line: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        parse(GOOD + line * 5_000, PATH)
    assert [problem.code for problem in refused.value.problems] == ["too-big"]


@pytest.mark.parametrize("line", ["## a" + " " * 100_000 + "b", "a`" * 50_000, "## a" + " #" * 50_000])
def test_no_line_is_so_long_that_it_is_never_read(line: str) -> None:
    assert parse(f"{GOOD}\n{line}\n", PATH).title


@pytest.mark.parametrize(
    ("line", "title"), [("## Case ##", "Case"), ("## C# #", "C#"), ("## C#", "C#"), ("## A # b ", "A # b")]
)
def test_signs_that_close_a_heading_are_no_part_of_it(line: str, title: str) -> None:
    assert parse(f"{GOOD}\n{line}\n", PATH).sections[-1].title == title
