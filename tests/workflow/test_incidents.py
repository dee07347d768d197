from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak.domain.refusal import Refused
from firebreak.store import db, log, models, versions
from firebreak.workflow import incidents, settings, steps
from tests.stories import ADA, HOUR, NOW, OTHER_STEPS, REFERENCE, ROSA, SEEN, playbook

pytestmark = pytest.mark.usefixtures("inside")
STORM, FLOOD = playbook(), playbook("flood", OTHER_STEPS)


def test_an_incident_opens_with_its_playbook_in_one_commit() -> None:
    opened = incidents.open_incident(SEEN, ADA, NOW, playbook=STORM)
    with db.engine.connect() as connection:
        commits = connection.execute(sa.select(sa.func.count()).select_from(models.Outbox)).scalar()
    assert (opened.playbook.hash if opened.playbook else "", commits) == (STORM.hash, 1)


def test_the_version_that_was_chosen_is_kept() -> None:
    incidents.open_incident(SEEN, ADA, NOW, playbook=STORM)
    kept = versions.load(STORM.hash)
    assert kept is not None and kept.source == STORM.source


def test_a_refused_opening_keeps_no_version_either() -> None:
    with pytest.raises(Refused):
        incidents.open_incident(replace(SEEN, report="\0"), ADA, NOW, playbook=STORM)
    assert (versions.load(STORM.hash), log.load(REFERENCE)) == (None, None)


def test_the_reference_goes_by_the_year_of_the_desk(inside: Flask) -> None:
    settings.change({"zone": "Asia/Shanghai"}, ADA, NOW)
    night = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert incidents.open_incident(SEEN, ADA, night).reference == "FB-2027-001"


def test_the_second_tap_gives_the_first_incident_as_it_is_by_then() -> None:
    incidents.open_incident(SEEN, ADA, NOW, key="tap")
    incidents.retitle(REFERENCE, "By then", ADA, NOW)
    again = incidents.open_incident(replace(SEEN, report="Something else"), ROSA, NOW + HOUR, key="tap")
    assert (again.reference, again.title) == (REFERENCE, "By then")


def test_a_key_that_no_database_keeps_is_refused() -> None:
    for key in ("\0", "\ud800", "x" * 10_001):
        with pytest.raises(Refused):
            incidents.open_incident(SEEN, ADA, NOW, key=key)


def test_an_incident_without_a_playbook_gets_one_later_and_keeps_its_own_steps() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    steps.add(REFERENCE, "Call the shop", "care", HOUR, "first-hour", False, ADA, NOW)
    steps.finish(REFERENCE, "own-1", ADA, NOW)
    changed = incidents.choose_playbook(REFERENCE, STORM, ADA, NOW)
    assert (changed.steps["own-1"].state, changed.steps["name-lead"].state) == ("done", "open")


def test_no_tick_is_lost_when_the_playbook_changes_twice_and_back() -> None:
    incidents.open_incident(SEEN, ADA, NOW, playbook=STORM)
    before = steps.finish(REFERENCE, "advert", ROSA, NOW, choice="pull").steps["advert"]
    incidents.choose_playbook(REFERENCE, FLOOD, ADA, NOW)
    assert incidents.choose_playbook(REFERENCE, STORM, ADA, NOW).steps["advert"] == before


def test_severity_title_and_channels_are_changed() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    incidents.change_severity(REFERENCE, "critical", "", ADA, NOW)
    incidents.add_channel(REFERENCE, "weibo", ADA, NOW)
    changed = incidents.retitle(REFERENCE, "Worse", ADA, NOW)
    assert (changed.severity, changed.title, changed.channels[-1]) == ("critical", "Worse", "weibo")


def test_a_duplicate_names_an_incident_that_exists() -> None:
    for _ in range(2):
        incidents.open_incident(SEEN, ADA, NOW)
    for nothing in ("FB-2026-099", "desk", "\0"):
        with pytest.raises(Refused, match="unknown_reference"):
            incidents.stand_down(REFERENCE, "duplicate", "Same", ADA, NOW, duplicate_of=nothing)
    assert incidents.stand_down(REFERENCE, "duplicate", "Same", ADA, NOW, "FB-2026-002").duplicate_of == "FB-2026-002"


def test_an_incident_is_not_its_own_duplicate() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    with pytest.raises(Refused, match="duplicate_of_itself"):
        incidents.stand_down(REFERENCE, "duplicate", "Same", ADA, NOW, duplicate_of=REFERENCE)


def test_standing_down_and_opening_again_is_all_in_the_log() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    incidents.stand_down(REFERENCE, "resolved", "Over", ADA, NOW + HOUR)
    again = incidents.reopen(REFERENCE, "Not over", ADA, NOW + 2 * HOUR)
    assert [fact.event.kind for fact in again.facts[-2:]] == ["incident:stood_down", "incident:reopened"]


def test_an_unknown_incident_is_not_found() -> None:
    with pytest.raises(LookupError):
        incidents.retitle("FB-2026-099", "Title", ADA, NOW)
