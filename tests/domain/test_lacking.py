"""The words people used that signals lack: which are named, which never, and how they are copied."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from firebreak.domain import model
from firebreak.domain.hits import Suggested
from firebreak.domain.lacking import Lacking, Word, lacking, to_copy
from firebreak.domain.model import Model
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbooks import Playbook
from tests.stories import NOW
from tests.web import shelf

STORM, LEAK = "weekend-firestorm", "employee-leak"
COMMON, RARE = 6_000, 24_000
FOR, AGAINST = 100, -100


def table(rows: Mapping[str, tuple[int, int]] | None = None) -> Model:
    """A table of one scenario, the storm: feature -> its weight and its rarity."""
    rows = rows or {"the ": (0, COMMON)}
    head = {"classes": [STORM], "simplified": ["資", "资"]}
    cells = array("h", [number for row in rows.values() for number in row])
    return model.read(model.written(head, list(rows), cells.tobytes()))


def book(language: str = "en", text: str = shelf.STORM) -> Playbook:
    return parse(text.replace("language: en", f"language: {language}"), f"playbooks/{language}/{STORM}.md")


def told(report: str, used: str = STORM, missed: bool = False, **facts: Any) -> Suggested:
    """An incident that used a playbook; the other one was suggested where it `missed`."""
    other = LEAK if used == STORM else STORM
    ranked = ((other if missed else used, 0.7),)
    facts = {"reference": "FB-2026-001", "opened_at": NOW, "language": "en", **facts}
    return Suggested(ranked=ranked, chosen=used, report=report, **facts)


def words(*reports: Suggested, known: Model | None = None, **more: Any) -> list[str]:
    """What the storm's playbook lacks, in every language of the reports."""
    offered = {each.language: (book(each.language),) for each in reports}
    return [word.text for each in lacking(reports, offered, known or table(), **more) for word in each.words]


def test_a_word_of_two_reports_that_no_signal_has_is_named() -> None:
    assert "furious" in words(told("Parents are furious again"), told("They were furious. Nobody at work"))


def test_a_word_that_only_an_example_line_has_is_still_no_signal() -> None:
    with_example = book(
        text=shelf.STORM.replace("signals: {words", 'signals: {examples: ["Parents are furious"], words')
    )
    assert with_example.signals.examples
    reports = [told("Parents are furious again"), told("They were furious. Nobody at work")]
    found = [word.text for each in lacking(reports, {"en": (with_example,)}, table()) for word in each.words]
    assert "furious" in found


def test_a_word_of_one_report_is_named_only_if_the_suggestion_was_wrong() -> None:
    assert words(told("Parents are furious")) == []
    assert "furious" in words(told("Parents are furious", missed=True))


@pytest.mark.parametrize("said", ["offended", "offending", "firestorm", "nobody at work"])
def test_what_a_signal_finds_is_not_named(said: str) -> None:
    found = words(told(f"{said}! Zebra"), told(f"Zebra, {said}"))
    assert found == ["zebra"]


def test_a_signal_that_the_report_denies_is_not_named_as_missing() -> None:
    assert words(told("Zebra: no firestorm"), told("Zebra, no firestorm")) == ["zebra"]


def test_what_other_playbooks_reports_say_as_well_is_not_telling() -> None:
    others = [told("The zebra memo is out", LEAK) for _each in range(6)]
    assert words(told("A zebra burns"), told("Zebra; burns"), *others) == ["burns"]


def test_what_the_examples_often_say_is_not_telling() -> None:
    known = table({"zebra ": (FOR, COMMON), "burns ": (FOR, RARE)})
    assert words(told("Zebra. Burns"), told("Zebra, burns"), known=known) == ["burns"]


def test_what_the_examples_know_to_speak_for_others_is_not_named() -> None:
    known = table({"zebra ": (AGAINST, RARE), "burns ": (FOR, RARE)})
    assert words(told("Zebra. Burns"), told("Zebra, burns"), known=known) == ["burns"]


def test_two_words_that_stand_together_are_named_as_one() -> None:
    assert words(told("The shelf life is wrong"), told("Wrong: shelf-life")) == ["shelf life", "wrong"]


def test_french_words_come_without_their_article() -> None:
    found = words(told("L'affiche scandalise", language="fr"), told("Retirez l’affiche", language="fr"))
    assert found == ["affiche"]


def test_chinese_words_are_two_to_four_signs_that_stand_by_themselves() -> None:
    known = table({"资料": (FOR, RARE)})
    found = words(told("内部資料外传", language="zh"), told("有人卖資料了", language="zh"), known=known)
    assert found == ["資料"]


@pytest.mark.parametrize(
    "private",
    [
        *("@angry_mom", "＠生气妈妈", "u/angrymom", "mum@example.org", "https://angrymom.example.org/post"),
        *("www.angrymom.org", "angrymom.org/post", "0612345678", "+33 6 12 34 56 78", "mom2024", "三十二", "Rosa"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_accounts_addresses_numbers_and_colleagues_are_never_named(private: str, language: str) -> None:
    report = told(f"{private} zebra", missed=True, language=language)
    assert words(report, report, unsaid=["rosa"]) == ["zebra"]


def test_exercises_and_reports_that_nobody_may_read_give_no_words() -> None:
    assert words(told("A zebra", exercise=True, missed=True), told("", missed=True)) == []


def test_reports_of_no_crisis_and_of_a_playbook_that_is_gone_give_no_words() -> None:
    assert words(told("A zebra", "none", missed=True), told("A zebra", "gone", missed=True)) == []


def test_a_scenario_that_nobody_trained_is_served_alike() -> None:
    known = table({"zebra ": (AGAINST, RARE)})
    own = parse(shelf.LEAK, f"playbooks/en/{LEAK}.md")
    found = lacking([told("A zebra", LEAK, missed=True)], {"en": (own,)}, known)
    assert [word.text for word in found[0].words] == ["zebra"]


# --- to copy ---------------------------------------------------------------------------------------

FOUND = (Word("furious", 2), Word("shelf life", 1))
BELOW = "signals:\n  words:\n    - moms\n    - offended\n  channels: [x]\nroles:"


def signals(text: str) -> Any:
    return yaml.safe_load(text.split("---")[1])["signals"]


def test_words_are_pasted_into_a_list() -> None:
    copy = to_copy(Lacking(book(), FOUND))
    pasted = shelf.STORM.replace("words: [", f"words: [{copy.text}")
    assert copy.where == "list"
    assert signals(pasted)["words"] == ["furious", "shelf life", "moms", "offended", "nobody at work"]


def test_words_are_pasted_as_lines_where_the_signals_are_lines() -> None:
    head, rest = shelf.STORM.split("signals:")[0], shelf.STORM.split("roles:")[1]
    text = f"{head}{BELOW}{rest}"
    copy = to_copy(Lacking(book(text=text), FOUND))
    pasted = text.replace("words:\n", f"words:\n{copy.text}\n")
    assert copy.where == "lines"
    assert signals(pasted)["words"] == ["furious", "shelf life", "moms", "offended"]


def test_signals_without_words_get_a_line_of_their_own() -> None:
    text = shelf.STORM.replace("{words: [moms, offended, nobody at work], strong: [firestorm]", "{strong: [firestorm]")
    copy = to_copy(Lacking(book(text=text), FOUND))
    assert (copy.where, yaml.safe_load(copy.text)) == ("key", {"words": ["furious", "shelf life"]})
