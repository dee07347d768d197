"""What changed between two versions of a playbook, part by part."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from firebreak.domain.playbook_difference import Fact, Item, difference
from firebreak.domain.playbook_parser import parse
from tests.web.shelf import STORM

FULL = STORM.replace(
    "owner:", "clocks: {first_response: {critical: 30m}}\napproval: {critical: [lead, channel]}\nowner:", 1
)
MINUTE = timedelta(minutes=1)


def changes(*swaps: tuple[str, str]) -> dict[str, list[Item]]:
    """Part -> items, after these replacements."""
    new = FULL
    for before, after in swaps:
        assert before in new
        new = new.replace(before, after, 1)
    return {part.name: list(part.items) for part in difference(parse(FULL, "a.md"), parse(new, "a.md"))}


def only(part: str, *swaps: tuple[str, str]) -> Item:
    found = changes(*swaps)
    assert list(found) == [part] and len(found[part]) == 1
    return found[part][0]


def test_a_version_does_not_differ_from_itself() -> None:
    assert changes() == {}


def test_a_step_that_moved_down_the_file_has_not_changed() -> None:
    assert changes(("An intro", "\nAn intro")) == {}


def test_a_step_tells_its_due_time_role_and_weight() -> None:
    item = only("steps", ("role=channel due=10m .critical", "role=lead due=15m"))
    assert item.facts == (
        Fact("role", "channel", "lead"),
        Fact("due", 10 * MINUTE, 15 * MINUTE),
        Fact("critical", True, False),
    )


def test_a_step_tells_its_words() -> None:
    item = only("steps", ("a joke would hurt", "a joke would burn"))
    assert item.title == "Pause every scheduled post"
    assert [words.name for words in item.words] == ["guidance"]
    assert item.words[0].pieces[1:3] == (("del", "hurt"), ("ins", "burn"))


def test_an_option_is_a_part_of_its_step() -> None:
    assert [words.name for words in only("steps", ("it stays", "it remains")).words] == ["options"]


def test_a_new_step_is_added_with_what_it_asks() -> None:
    item = only("steps", ("- [ ] Pull or", "- [ ] Call the lawyer {#law role=lead due=5m}\n- [ ] Pull or"))
    assert (item.kind, item.key, item.title) == ("added", ("law",), "Call the lawyer")
    assert Fact("due", None, 5 * MINUTE) in item.facts and item.words == ()


def test_a_step_with_another_id_is_another_step() -> None:
    kinds = [item.kind for item in changes(("#pause-scheduled", "#pause-all"))["steps"]]
    assert kinds == ["added", "removed"]


@pytest.mark.parametrize(
    ("swap", "part", "key", "fact"),
    [
        (("critical: 30m", "critical: 1h"), "clocks", ("first_response", "critical"), (30 * MINUTE, 60 * MINUTE)),
        (("[lead, channel]", "[lead]"), "approval", ("critical",), (("lead", "channel"), ("lead",))),
        (("2026-11-01", "2026-11-20"), "head", ("reviewed",), (date(2026, 11, 1), date(2026, 11, 20))),
        (("severity: critical", "severity: minor"), "head", ("severity",), ("critical", "minor")),
    ],
)
def test_a_value_is_told_before_and_after(
    swap: tuple[str, str], part: str, key: tuple[str, ...], fact: tuple[object, object]
) -> None:
    item = only(part, swap)
    assert item.key == key and (item.facts[0].before, item.facts[0].after) == fact


@pytest.mark.parametrize(
    ("swap", "part", "key"),
    [
        (("We hear you", "We see you"), "statements", ("x", "0")),
        (("### X {platform", "### On X {platform"), "statements", ("x", "0")),
        (("night porter", "day porter"), "sections", ("Something of our own", "0")),
        (("by the hour", "by the minute"), "sections", ("recognise", "0")),
        (("lead: Decides", "lead: Chooses"), "roles", ("lead",)),
        (("Head of communications", "Mei Lin"), "head", ("owner",)),
        (("title: A book", "title: The book"), "sources", ("https://example.org/book",)),
        (("[moms, ", "[mothers, "), "signals", ("words",)),
    ],
)
def test_a_text_is_told_where_it_stands(swap: tuple[str, str], part: str, key: tuple[str, ...]) -> None:
    item = only(part, swap)
    assert item.key == key and {"del", "ins"} >= {kind for w in item.words for kind, _ in w.pieces} - {"same"} != set()


def test_what_is_gone_is_removed() -> None:
    item = only("sections", ("\n## Something of our own\nCall the night porter.\n", "\n"))
    assert (item.kind, item.title) == ("removed", "Something of our own")
    assert item.words[0].pieces == (("del", "Call the night porter."),)
