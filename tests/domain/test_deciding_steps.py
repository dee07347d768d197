from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firebreak.domain.deciding import closing, opening, steps
from firebreak.domain.playbook_parser import PlaybookError
from firebreak.domain.refusal import Refused
from tests.stories import ADA, HOUR, MINUTE, NOW, ROSA, STEPS, Story, opened, playbook

STORM = playbook()


@pytest.fixture
def story() -> Story:
    return opened(STORM).wait(MINUTE)


def refusal(wish: Any, *words: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        wish(*words, **more)
    return caught.value.code


def state(story: Story, step: str) -> tuple[str, object]:
    return story.incident.steps[step].state, story.incident.steps[step].at


def test_a_tick_says_who_and_when(story: Story) -> None:
    story.do(steps.finish_step, "name-lead", actor=ROSA)
    step = story.incident.steps["name-lead"]
    assert (step.state, step.by, step.at) == ("done", ROSA, NOW + MINUTE)


def test_ticking_twice_is_one_tick(story: Story) -> None:
    story.do(steps.finish_step, "name-lead")
    assert story.do(steps.finish_step, "name-lead", actor=ROSA) == []


def test_a_choice_sent_for_an_ordinary_step_does_not_tick_it_twice(story: Story) -> None:
    story.do(steps.finish_step, "name-lead")
    assert story.do(steps.finish_step, "name-lead", choice="pull") == []


def test_a_tick_can_be_told_later(story: Story) -> None:
    story.do(steps.finish_step, "name-lead", at=NOW - HOUR)
    assert state(story, "name-lead") == ("done", NOW - HOUR)


def test_a_decision_needs_one_of_its_options(story: Story) -> None:
    assert refusal(story.do, steps.finish_step, "advert") == "choose_option"
    assert refusal(story.do, steps.finish_step, "advert", choice="burn") == "unknown_word"
    story.do(steps.finish_step, "advert", choice="pull")
    assert story.incident.steps["advert"].choice == "pull"


def test_deciding_otherwise_is_a_new_entry_and_the_same_again_is_none(story: Story) -> None:
    story.do(steps.finish_step, "advert", choice="pull")
    assert story.do(steps.finish_step, "advert", choice="pull") == story.do(steps.finish_step, "advert") == []
    story.do(steps.finish_step, "advert", choice="keep")
    assert story.incident.steps["advert"].choice == "keep"


def test_setting_aside_needs_a_reason(story: Story) -> None:
    assert refusal(story.do, steps.set_aside_step, "name-lead", "") == "required"
    story.do(steps.set_aside_step, "name-lead", "I am alone")
    assert story.do(steps.set_aside_step, "name-lead", "Still alone") == []


def test_a_step_opens_again_and_its_tick_stays_in_the_log(story: Story) -> None:
    done = story.do(steps.finish_step, "name-lead")[0]
    story.do(steps.reopen_step, "name-lead", "Too early")
    assert state(story, "name-lead")[0] == "open"
    assert story.incident.fact(done.seq) is not None
    assert story.do(steps.reopen_step, "name-lead", "") == []


def test_an_own_step_is_due_from_now(story: Story) -> None:
    story.do(steps.add_step, "Call the shop", "care", HOUR, "first-hour", True)
    own = story.incident.steps["own-1"]
    assert (own.due, own.own, own.title) == (NOW + MINUTE + HOUR, True, "Call the shop")


def test_own_steps_are_numbered_on(story: Story) -> None:
    for title in ("One", "Two"):
        story.do(steps.add_step, title, "care", HOUR, "first-hour", False)
    assert {"own-1", "own-2"} < set(story.incident.steps)


def test_no_playbook_can_take_the_id_of_an_own_step() -> None:
    with pytest.raises(PlaybookError, match="own-1"):
        playbook(steps=STEPS.replace("#name-lead", "#own-1"))


@pytest.mark.parametrize("due", [timedelta(0), -HOUR])
def test_an_own_step_is_due_ahead(story: Story, due: timedelta) -> None:
    assert refusal(story.do, steps.add_step, "Title", "care", due, "first-hour", False) == "due_not_ahead"


@pytest.mark.parametrize(("role", "phase"), [("king", "first-hour"), ("care", "last-hour")])
def test_an_own_step_has_a_known_role_and_phase(story: Story, role: str, phase: str) -> None:
    assert refusal(story.do, steps.add_step, "Title", role, HOUR, phase, False) == "unknown_word"


def test_a_step_is_taken_and_given_back(story: Story) -> None:
    story.do(steps.assign_step, "name-lead", ROSA)
    assert story.do(steps.assign_step, "name-lead", ROSA) == []
    story.do(steps.assign_step, "name-lead", None)
    assert story.incident.steps["name-lead"].person is None


def test_a_step_of_the_former_playbook_can_still_be_ticked(story: Story) -> None:
    story.do(opening.choose_playbook, playbook("flood", STEPS.split("\n")[0] + "\n"))
    story.do(steps.finish_step, "name-lead")
    assert state(story, "name-lead")[0] == "done"


def wishes(step: str) -> list[tuple[Any, ...]]:
    return [
        (steps.finish_step, step),
        (steps.set_aside_step, step, "Reason"),
        (steps.reopen_step, step, "Reason"),
        (steps.assign_step, step, ADA),
    ]


@pytest.mark.parametrize("wish", wishes("nothing"))
def test_an_unknown_step_is_refused(story: Story, wish: tuple[Any, ...]) -> None:
    assert refusal(story.do, *wish) == "unknown_step"


@pytest.mark.parametrize("wish", [*wishes("name-lead"), (steps.add_step, "T", "care", HOUR, "first-hour", False)])
def test_nothing_is_ticked_after_the_stand_down(story: Story, wish: tuple[Any, ...]) -> None:
    story.do(closing.stand_down, "resolved", "Over")
    assert refusal(story.do, *wish) == "stood_down"
