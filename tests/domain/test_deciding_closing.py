from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firebreak.domain.deciding import closing, steps
from firebreak.domain.refusal import Refused
from tests.stories import NOW, REFERENCE, Story, opened, playbook


@pytest.fixture
def story() -> Story:
    return opened(playbook())


def refusal(wish: Any, *words: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        wish(*words, **more)
    return caught.value.code


def test_open_critical_steps_keep_an_incident_open_unless_a_reason_is_given(story: Story) -> None:
    assert refusal(story.do, closing.stand_down, "resolved", " ") == "critical_steps_open"
    story.do(closing.stand_down, "resolved", "Nothing was scheduled")
    assert (story.incident.state, story.incident.moments["stood_down"]) == ("stood_down", NOW)


def test_the_entry_names_the_steps_that_were_left_open(story: Story) -> None:
    assert story.do(closing.stand_down, "resolved", "Reason")[0].event.data["open_critical"] == ["pause-scheduled"]


def test_with_every_critical_step_done_no_reason_is_needed(story: Story) -> None:
    story.do(steps.finish_step, "pause-scheduled")
    story.do(closing.stand_down, "resolved", "")
    assert story.incident.outcome == "resolved"


def test_an_outcome_is_one_of_four_words(story: Story) -> None:
    assert refusal(story.do, closing.stand_down, "boredom", "Reason") == "unknown_word"


@pytest.mark.parametrize(
    ("outcome", "of", "code"),
    [
        ("duplicate", None, "duplicate_of_what"),
        ("duplicate", "", "duplicate_of_what"),
        ("resolved", "FB-2026-009", "duplicate_of_what"),
        ("duplicate", REFERENCE, "duplicate_of_itself"),
    ],
)
def test_only_a_duplicate_names_another_incident(story: Story, outcome: str, of: str | None, code: str) -> None:
    assert refusal(story.do, closing.stand_down, outcome, "Reason", duplicate_of=of) == code


def test_an_incident_is_stood_down_once(story: Story) -> None:
    story.do(closing.stand_down, "resolved", "Reason")
    assert refusal(story.do, closing.stand_down, "resolved", "Reason") == "stood_down"


def test_reopening_needs_a_reason_and_a_stood_down_incident(story: Story) -> None:
    assert story.do(closing.reopen, "") == []
    story.do(closing.stand_down, "resolved", "Reason")
    assert refusal(story.do, closing.reopen, "") == "required"
    story.do(closing.reopen, "It goes on")
    assert story.incident.state == "open"


def test_it_may_have_been_over_earlier() -> None:
    incident = opened().incident
    earlier = incident.opened_at
    assert closing.stand_down(incident, "resolved", "calm", 1, NOW, at=earlier)[0].at == earlier


def test_it_cannot_be_over_before_it_was_opened(story: Story) -> None:
    long_ago = NOW - timedelta(days=400)
    assert refusal(closing.stand_down, story.incident, "resolved", "calm", 1, NOW, at=long_ago) == "before_opening"
