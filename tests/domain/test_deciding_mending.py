from __future__ import annotations

from typing import Any

import pytest

from firebreak.domain.deciding import closing, mending, opening, record, roles, steps
from firebreak.domain.refusal import Refused
from firebreak.domain.text import stamp
from tests.stories import HOUR, MINUTE, NOW, ROSA, Story, opened, playbook


@pytest.fixture
def story() -> Story:
    return opened(playbook()).wait(HOUR)


def refusal(wish: Any, *words: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        wish(*words, **more)
    return caught.value.code


def post(story: Story, **more: Any) -> int:
    return story.do(record.post_statement, "x", "We know", "https://x.com/1", **more)[0].seq


def test_a_correction_changes_time_words_and_channel(story: Story) -> None:
    seq = post(story)
    story.do(mending.correct, seq, "All wrong", at=NOW, codes={"channel": "weibo"}, body={"text": "We see", "url": ""})
    said = story.incident.statements[0]
    assert (said.channel, said.at, said.text, said.url) == ("weibo", NOW, "We see", "")


def test_a_corrected_time_moves_the_moment_that_hangs_on_it(story: Story) -> None:
    seq = post(story)
    story.do(mending.correct, seq, "It was earlier", at=NOW + MINUTE)
    assert (story.incident.moments["first_response"], story.status("first_response")) == (NOW + MINUTE, "met")


def test_a_correction_needs_a_reason_and_something_to_correct(story: Story) -> None:
    seq = post(story)
    assert refusal(story.do, mending.correct, seq, "", at=NOW) == "required"
    assert story.do(mending.correct, seq, "Reason") == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"codes": {"channel": "myspace"}}, "unknown_word"),
        ({"codes": {"next_update_at": stamp(NOW - HOUR)}}, "promise_before_statement"),
        ({"body": {"colour": "red"}}, "not_correctable"),
        ({"body": {"text": " "}}, "required"),
        ({"body": {"text": "\0"}}, "bad_character"),
        ({"body": {"url": "javascript:alert(1)"}}, "bad_address"),
        ({"at": NOW + 2 * HOUR}, "in_future"),
    ],
)
def test_a_correction_is_as_strict_as_the_first_writing(story: Story, more: dict[str, Any], code: str) -> None:
    seq = post(story)
    assert refusal(story.do, mending.correct, seq, "Reason", **more) == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"at": NOW}, "not_correctable"),
        ({"codes": {"severity": "minor"}}, "not_correctable"),
        ({"codes": {"noticed_at": None}}, "required"),
        ({"codes": {"noticed_at": stamp(NOW + 2 * HOUR)}}, "in_future"),
        ({"codes": {"began_at": stamp(NOW + MINUTE)}}, "began_after_noticed"),
        ({"body": {"title": ""}}, "required"),
    ],
)
def test_the_opening_keeps_its_order(story: Story, more: dict[str, Any], code: str) -> None:
    assert refusal(story.do, mending.correct, 1, "Reason", **more) == code


def test_the_beginning_can_become_unknown_again(story: Story) -> None:
    story.do(mending.correct, 1, "Seen on paper", codes={"began_at": stamp(NOW - HOUR)})
    assert story.incident.moments["began"] == NOW - HOUR
    story.do(mending.correct, 1, "Another storm", codes={"began_at": None})
    assert "began" not in story.incident.moments


def test_a_statement_cannot_move_behind_its_promise(story: Story) -> None:
    seq = post(story, at=NOW, next_update_at=NOW + 30 * MINUTE)
    assert refusal(story.do, mending.correct, seq, "Reason", at=NOW + 40 * MINUTE) == "promise_before_statement"


def test_a_corrected_promise_moves_its_clock(story: Story) -> None:
    seq = post(story, at=NOW, next_update_at=NOW + HOUR)
    story.do(mending.correct, seq, "We said two hours", codes={"next_update_at": stamp(NOW + 2 * HOUR)})
    assert story.incident.clocks["next_update"].due == NOW + 2 * HOUR


def test_a_promise_that_was_never_made_is_taken_back(story: Story) -> None:
    seq = post(story, at=NOW, next_update_at=NOW + HOUR)
    story.do(mending.correct, seq, "Nothing was promised", codes={"next_update_at": None})
    assert story.status("next_update") == "not_applicable"


def test_a_correction_is_neither_corrected_nor_struck(story: Story) -> None:
    mend = story.do(mending.correct, post(story), "Reason", at=NOW)[0].seq
    assert refusal(story.do, mending.correct, mend, "Reason", at=NOW) == "not_mendable"
    assert refusal(story.do, mending.strike, mend, "Reason") == "not_mendable"


def test_an_entry_is_struck_once_and_then_left_alone(story: Story) -> None:
    seq = post(story)
    story.do(mending.strike, seq, "Never posted")
    assert (story.incident.statements, story.incident.struck) == ((), {seq})
    assert refusal(story.do, mending.strike, seq, "Again") == "already_struck"
    assert refusal(story.do, mending.correct, seq, "Again", at=NOW) == "already_struck"


def test_the_opening_is_stood_down_instead_of_struck(story: Story) -> None:
    assert refusal(story.do, mending.strike, 1, "Reason") == "not_mendable"


@pytest.mark.parametrize("seq", [0, -1, 99, 10**12])
def test_an_unknown_entry_is_refused(story: Story, seq: int) -> None:
    assert {refusal(story.do, mend, seq, "Reason") for mend in (mending.correct, mending.strike)} == {"unknown_entry"}
    assert refusal(story.do, mending.erase, [seq], "Reason") == "unknown_entry"


def test_what_the_desk_wrote_itself_is_not_mended(story: Story) -> None:
    clock = next(fact.seq for fact in story.incident.facts if fact.event.kind == "clock:set")
    assert refusal(story.do, mending.strike, clock, "Reason") == "not_mendable"


def test_the_record_can_be_mended_after_the_stand_down(story: Story) -> None:
    seq = post(story)
    story.do(closing.stand_down, "resolved", "Over")
    story.do(mending.correct, seq, "Earlier", at=NOW)
    assert story.incident.moments["first_response"] == NOW


def test_erasing_takes_the_corrections_along(story: Story) -> None:
    seq = post(story)
    mend = story.do(mending.correct, seq, "A name", body={"text": "Rosa knows"})[0].seq
    assert story.do(mending.erase, [seq], "")[0].event.data["targets"] == [seq, mend]
    assert (story.incident.statements[0].text, story.incident.facts[mend - 1].event.body) == ("", {})


def test_erasing_names_an_entry_once_however_often_it_was_asked_for(story: Story) -> None:
    seq = post(story)
    assert story.do(mending.erase, [seq, seq], "")[0].event.data["targets"] == [seq]
    assert story.do(mending.erase, [seq], "") == []


def test_an_entry_without_words_needs_no_erasing(story: Story) -> None:
    seq = story.do(roles.assign_role, "lead", ROSA)[0].seq
    assert story.do(mending.erase, [seq], "") == []


def test_the_reason_of_an_erasure_can_be_erased_too(story: Story) -> None:
    gone = story.do(mending.erase, [1], "Rosa Diaz asked")[0].seq
    story.do(mending.erase, [gone], "")
    assert story.incident.facts[gone - 1].event.data == {"targets": [1]}
    assert story.incident.title == ""


def test_erasing_keeps_ticks_and_times(story: Story) -> None:
    seq = story.do(steps.finish_step, "name-lead", note="Rosa rang")[0].seq
    story.do(mending.erase, [seq], "")
    assert story.incident.steps["name-lead"].state == "done"


def test_an_erased_title_stays_erased_under_a_newer_one(story: Story) -> None:
    story.do(opening.retitle, "New name")
    story.do(mending.erase, [1], "")
    assert story.incident.title == "New name"
