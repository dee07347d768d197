from __future__ import annotations

from firebreak.domain.deciding import roles, steps
from firebreak.domain.incidents import Incident
from tests.stories import ADA, HOUR, ROSA, opened, playbook


def test_an_incident_without_a_log_is_empty_and_open() -> None:
    assert (Incident("FB-2026-001").seq, Incident("FB-2026-001").state) == (0, "open")


def test_the_lead_is_who_holds_that_role() -> None:
    story = opened()
    story.do(roles.assign_role, "lead", ROSA)
    assert story.incident.lead == ROSA


def test_critical_steps_wait_until_done_or_set_aside() -> None:
    story = opened(playbook())
    assert [step.id for step in story.incident.open_critical] == ["pause-scheduled"]
    story.do(steps.set_aside_step, "pause-scheduled", "Nothing is scheduled")
    assert story.incident.open_critical == ()


def test_a_step_with_options_is_a_decision() -> None:
    book = opened(playbook()).incident.steps
    assert (book["advert"].decision, book["name-lead"].decision) == (True, False)


def test_an_own_step_can_be_critical() -> None:
    story = opened()
    story.do(steps.add_step, "Call the shop", "care", HOUR, "first-hour", True)
    assert [step.id for step in story.incident.open_critical] == ["own-1"]


def test_facts_are_found_by_their_number_only() -> None:
    incident = opened().incident
    assert incident.fact(1) is incident.facts[0]
    assert incident.fact(0) is incident.fact(-1) is incident.fact(len(incident.facts) + 1) is None


def test_the_actor_of_entry_1_opened_it() -> None:
    assert opened().incident.opened_by == ADA
