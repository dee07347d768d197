from __future__ import annotations

import pytest
from flask import Flask

from firebreak.domain.refusal import Refused
from firebreak.workflow import incidents, roles
from tests.stories import ADA, HOUR, NOW, OSCAR, REFERENCE, ROSA, SEEN


@pytest.fixture(autouse=True)
def incident(inside: Flask) -> None:
    incidents.open_incident(SEEN, ADA, NOW - HOUR)


def test_taking_the_lead_acknowledges() -> None:
    taken = roles.assign(REFERENCE, "lead", ADA, ADA, NOW)
    assert (taken.lead, taken.moments["acknowledged"]) == (ADA, NOW)


def test_a_hand_over_keeps_the_first_acknowledgement() -> None:
    roles.assign(REFERENCE, "lead", ADA, ADA, NOW, at=NOW - HOUR)
    handed = roles.assign(REFERENCE, "lead", ROSA, ADA, NOW)
    assert (handed.lead, handed.moments["acknowledged"]) == (ROSA, NOW - HOUR)


def test_a_role_is_given_up() -> None:
    roles.assign(REFERENCE, "scribe", ROSA, ADA, NOW)
    assert roles.release(REFERENCE, "scribe", ROSA, NOW).roles == {}


@pytest.mark.parametrize("person", [OSCAR, 99])
def test_a_role_goes_only_to_somebody_who_may_work_incidents(person: int) -> None:
    with pytest.raises(Refused, match="cannot_work"):
        roles.assign(REFERENCE, "scribe", person, ADA, NOW)
