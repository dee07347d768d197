"""Searching playbooks: in every part, in every script, and told where."""

from __future__ import annotations

import pytest

from firebreak.domain import playbook_search, search
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbook_search import Found
from tests.web.shelf import STORM

CHINESE = STORM.replace("language: en", "language: zh").replace(
    "Call the night porter.", "请立即向消费者道歉，ＡＢＣ门店。"
)
FRENCH = STORM.replace("language: en", "language: fr").replace("Because a joke would hurt.", "Œuvrer à l'**été**.")


def found(query: str, text: str = STORM) -> Found | None:
    playbook = parse(text, "a.md")
    return playbook_search.find(playbook_search.passages(playbook), search.beginnings(query))


def places(query: str, text: str = STORM) -> list[tuple[str, str]]:
    what = found(query, text)
    return [(hit.passage.kind, hit.passage.anchor) for hit in what.hits] if what else []


def excerpts(query: str, text: str = STORM) -> list[str]:
    what = found(query, text)
    return ["".join(f"[{said}]" if hit else said for said, hit in each.excerpt) for each in what.hits] if what else []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("firestorm", ("title", "content")),
        ("burns", ("summary", "content")),
        ("offended", ("signals", "signals")),
        ("scheduled", ("step", "step-pause-scheduled")),
        ("joke", ("step", "step-pause-scheduled")),
        ("gone", ("step", "step-advert")),
        ("hour", ("section", "part-recognise")),
        ("porter", ("section", "part-4")),
        ("subject", ("statement", "text-1")),
    ],
)
def test_a_word_is_found_in_every_part_and_leads_there(query: str, place: tuple[str, str]) -> None:
    assert places(query)[0] == place


def test_all_words_have_to_be_there_but_not_in_one_place() -> None:
    assert places("porter joke") and not places("porter flamingo")


def test_a_place_with_more_of_the_words_comes_first() -> None:
    assert places("porter night")[0] == ("section", "part-4")


def test_a_word_finds_longer_ones_that_begin_with_it() -> None:
    assert places("sched pause") and not places("cheduled")


def test_words_in_quotes_are_found_as_they_are() -> None:
    assert places('"night porter"') and not places('"porter night"') and not places('"night port"')


@pytest.mark.parametrize("query", ["道歉", "消费者道歉", "道歉 消费者", "abc门店", "ＡＢＣ"])
def test_chinese_is_found_without_spaces_and_at_any_width(query: str) -> None:
    assert places(query, CHINESE) == [("section", "part-4")]


@pytest.mark.parametrize("query", ["ete", "ÉTÉ", "oeuvrer", "Œuvrer été"])
def test_accents_and_capitals_make_no_difference(query: str) -> None:
    assert places(query, FRENCH) == [("step", "step-pause-scheduled")]


def test_an_excerpt_marks_the_words_and_holds_no_markdown() -> None:
    assert excerpts("ete", FRENCH) == ["Œuvrer à l'[été]."]


def test_placeholders_and_tables_read_as_words() -> None:
    assert playbook_search.plain("| a | b |\n|---|:--|\n> Dear {{ brand }}, see [us](https://x.org)") == (
        "a  b\nDear brand, see us"
    )


def test_the_best_playbook_comes_first() -> None:
    library = {text: playbook_search.passages(parse(text, "a.md")) for text in (CHINESE, STORM)}
    assert list(playbook_search.find_all(library, search.beginnings("porter"))) == [STORM]


@pytest.mark.parametrize("query", ["", "!", '"', "*" * 300, "\\", "(", "[-", "\0"])
def test_no_query_fails(query: str) -> None:
    assert found(query) is None


@pytest.mark.parametrize("sign", ["[", " ", "{", "{#", "}}", "\n", "|", "- ", "[a](", "\t"])
def test_a_hostile_text_is_read_in_no_time(sign: str) -> None:
    assert len(playbook_search.plain(sign * 50_000)) <= 50_000 * len(sign)
