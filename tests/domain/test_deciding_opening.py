from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firebreak.domain.deciding import closing, mending, opening
from firebreak.domain.refusal import Refused
from tests.stories import ADA, HOUR, MINUTE, NOW, OTHER_STEPS, SEEN, opened, playbook

STORM, FLOOD = playbook(), playbook("flood", OTHER_STEPS)


def refusal(wish: Any, *words: Any, **more: Any) -> tuple[str, Any]:
    with pytest.raises(Refused) as caught:
        wish(*words, **more)
    return caught.value.code, caught.value.facts.get("field")


def test_opening_is_entry_1_and_carries_what_was_seen() -> None:
    first = opened(title="The advert").entries[0].event
    assert (first.kind, first.body["title"], first.codes["channels"]) == (
        "incident:opened",
        "The advert",
        ["x", "facebook"],
    )


def test_without_a_title_the_first_sentence_is_proposed() -> None:
    assert opened(report="\n  Angry mothers \nand more").incident.title == "Angry mothers"


def test_a_long_first_line_is_cut_at_a_word() -> None:
    title = opening.propose_title("word " * 40)
    assert len(title) <= 80 and title.endswith("word…")


def test_a_first_line_without_spaces_is_cut_anyway() -> None:
    assert opening.propose_title("炎" * 200) == "炎" * 80 + "…"


def test_nobody_needs_to_know_when_it_began() -> None:
    assert "began" not in opened().incident.moments


def test_noticing_is_now_unless_said() -> None:
    assert opened().incident.moments["noticed"] == NOW
    assert opened(noticed_at=NOW - HOUR).incident.moments["noticed"] == NOW - HOUR


def test_a_watch_two_minutes_ahead_is_right() -> None:
    assert opened(noticed_at=NOW + 2 * MINUTE).incident.moments["noticed"] == NOW


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"report": " "}, ("required", "report")),
        ({"report": "a\0"}, ("bad_character", "report")),
        ({"title": "x" * 10_001}, ("too_long", "title")),
        ({"severity": "enormous"}, ("unknown_word", "severity")),
        ({"language": "xx"}, ("unknown_word", "language")),
        ({"channels": ("x", "myspace")}, ("unknown_word", "channels")),
        ({"channels": ("\ud800",)}, ("unknown_word", "channels")),
        ({"noticed_at": NOW + 3 * MINUTE}, ("in_future", None)),
        ({"began_at": NOW + HOUR}, ("in_future", None)),
        ({"began_at": NOW - MINUTE, "noticed_at": NOW - HOUR}, ("began_after_noticed", None)),
    ],
)
def test_what_cannot_be_is_refused(words: dict[str, Any], code: tuple[str, str | None]) -> None:
    assert refusal(opened, **words) == code


def test_an_incident_opens_once() -> None:
    assert refusal(opened().do, opening.open_incident, SEEN) == ("already_open", None)


def test_a_channel_named_twice_is_one_channel() -> None:
    assert opened(channels=("x", "x")).incident.channels == ("x",)


def test_opening_keeps_what_was_suggested_and_what_was_answered() -> None:
    told = opened(matches=[("storm", 0.7), ("flood", 0.2)], none=0.1, answers={"own-account": False})
    data = told.entries[0].event.codes
    assert (data["matches"], data["none"]) == ([["storm", 0.7], ["flood", 0.2]], 0.1)
    assert data["answers"] == {"own-account": False}


def test_a_suggestion_is_declined_once_and_striking_that_out_takes_it_back() -> None:
    story = opened(STORM)
    (declined,) = story.do(opening.decline_suggestion, "flood", {"storm", "flood"})
    assert story.do(opening.decline_suggestion, "flood", {"storm", "flood"}) == []
    assert story.incident.declined == {"flood"}
    story.do(mending.strike, declined.seq, "It was right after all")
    assert story.incident.declined == frozenset()


def test_only_a_playbook_of_the_library_can_be_declined() -> None:
    assert refusal(opened().do, opening.decline_suggestion, "fire", {"storm"}) == ("unknown_word", "scenario")


def test_a_new_title_is_an_entry_and_the_same_title_is_none() -> None:
    story = opened(title="One")
    assert story.do(opening.retitle, " One ") == []
    story.do(opening.retitle, "Two")
    assert (story.incident.title, story.incident.fact(1).event.data["title"]) == ("Two", "One")  # type: ignore[union-attr]


def test_lowering_the_severity_needs_a_reason_and_raising_it_none() -> None:
    story = opened()
    assert refusal(story.do, opening.change_severity, "minor", " ") == ("required", "reason")
    story.do(opening.change_severity, "critical", "")
    assert story.incident.severity == "critical"


def test_the_same_severity_changes_nothing() -> None:
    assert opened().do(opening.change_severity, "serious", "") == []


def test_a_known_channel_is_added_once_and_an_unknown_one_refused() -> None:
    story = opened()
    story.do(opening.add_channel, "weibo")
    assert story.do(opening.add_channel, "weibo") == []
    assert refusal(story.do, opening.add_channel, "myspace") == ("unknown_word", "channel")


def test_choosing_names_the_version_and_what_was_used_before() -> None:
    story = opened(STORM)
    chosen = story.do(opening.choose_playbook, FLOOD)[0].event.codes
    assert (chosen["hash"], chosen["previous"]) == (FLOOD.hash, "storm")


def test_choosing_the_same_version_again_changes_nothing() -> None:
    assert opened(STORM).do(opening.choose_playbook, STORM) == []


def test_a_playbook_with_limits_of_its_own_moves_the_clocks() -> None:
    story = opened()
    story.do(opening.choose_playbook, playbook(clocks="clocks: {first_response: {serious: 2h}}\n"))
    assert story.incident.clocks["first_response"].limit == timedelta(hours=2)


@pytest.mark.parametrize(
    "wish",
    [
        (opening.change_severity, "minor", "x"),
        (opening.add_channel, "weibo"),
        (opening.choose_playbook, STORM),
        (opening.decline_suggestion, "flood", ("flood",)),
    ],
)
def test_a_stood_down_incident_is_left_as_it_was(wish: tuple[Any, ...]) -> None:
    story = opened()
    story.do(closing.stand_down, "resolved", "Over", actor=ADA)
    assert refusal(story.do, *wish) == ("stood_down", None)
