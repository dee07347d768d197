from __future__ import annotations

import pytest

from firebreak.domain.deciding import closing, roles
from firebreak.domain.refusal import Refused
from tests.stories import ADA, MINUTE, NOW, OSCAR, ROSA, Story, opened


@pytest.fixture
def story() -> Story:
    return opened().wait(MINUTE)


def test_the_first_lead_acknowledges_the_incident(story: Story) -> None:
    story.do(roles.assign_role, "lead", ROSA)
    assert (story.incident.lead, story.incident.moments["acknowledged"]) == (ROSA, NOW + MINUTE)


def test_another_role_acknowledges_nothing(story: Story) -> None:
    story.do(roles.assign_role, "scribe", ROSA)
    assert "acknowledged" not in story.incident.moments


def test_a_hand_over_names_who_held_the_role(story: Story) -> None:
    story.do(roles.assign_role, "lead", ROSA)
    assert story.do(roles.assign_role, "lead", OSCAR)[0].event.data["previous"] == ROSA


def test_taking_the_lead_can_be_told_later(story: Story) -> None:
    story.do(roles.assign_role, "lead", ROSA, at=NOW)
    assert story.incident.moments["acknowledged"] == NOW


def test_a_role_is_given_once_and_released_once(story: Story) -> None:
    story.do(roles.assign_role, "lead", ROSA)
    assert story.do(roles.assign_role, "lead", ROSA) == []
    story.do(roles.release_role, "lead")
    assert (story.incident.lead, story.do(roles.release_role, "lead")) == (None, [])


def test_the_acknowledgement_outlives_the_release(story: Story) -> None:
    story.do(roles.assign_role, "lead", ROSA)
    story.wait(MINUTE).do(roles.release_role, "lead")
    assert story.incident.moments["acknowledged"] == NOW + MINUTE


def test_an_unknown_role_is_refused(story: Story) -> None:
    with pytest.raises(Refused, match="unknown_word"):
        story.do(roles.assign_role, "king", ADA)


def test_no_role_changes_after_the_stand_down(story: Story) -> None:
    story.do(closing.stand_down, "resolved", "Over")
    with pytest.raises(Refused, match="stood_down"):
        story.do(roles.assign_role, "lead", ADA)
