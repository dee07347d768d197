from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from firebreak.domain import clocks
from firebreak.domain.deciding import closing, mending, opening, record, roles, steps
from firebreak.domain.events import EventKind
from tests.stories import DAY, HOUR, MINUTE, NOW, ROSA, Story, opened, playbook

K = EventKind
REGULATOR = "clocks:\n  pause-scheduled: {title: Tell the regulator, from: began, limit: 24h}\n"


def post(story: Story, channel: str = "x", **more: object) -> int:
    return story.do(record.post_statement, channel, "We are looking into it", "", **more)[0].seq


def due(story: Story, clock: str) -> timedelta:
    return story.incident.clocks[clock].due - NOW


def alarms(story: Story) -> list[tuple[str, str]]:
    return [(entry.event.kind, entry.event.data["clock"]) for entry in story.tick()]


def test_opening_starts_acknowledge_first_response_and_contain() -> None:
    story = opened(channels=("x",))
    assert {clock: due(story, clock) for clock in story.incident.clocks} == {
        "acknowledge": 15 * MINUTE,
        "first_response": HOUR,
        "contain": DAY,
    }


def test_two_channels_have_a_first_response_each() -> None:
    assert {"first_response:x", "first_response:facebook"} <= set(opened().incident.clocks)


def test_clocks_run_from_the_noticing() -> None:
    assert due(opened(noticed_at=NOW - 10 * MINUTE), "acknowledge") == 5 * MINUTE


@pytest.mark.parametrize(
    ("waited", "status"),
    [
        (timedelta(0), "running"),
        (timedelta(minutes=45, microseconds=-1), "running"),
        (45 * MINUTE, "warning"),
        (timedelta(hours=1, microseconds=-1), "warning"),
        (HOUR, "breached"),
    ],
)
def test_a_clock_warns_at_three_quarters_and_is_breached_at_its_due_time(waited: timedelta, status: str) -> None:
    assert opened().wait(waited).status("first_response") == status


def test_an_answer_in_time_meets_the_clock_and_a_later_one_is_late() -> None:
    story = opened().wait(HOUR)
    post(story)
    assert (story.status("first_response"), story.status("first_response:x")) == ("met", "met")
    story.wait(MINUTE)
    post(story, "facebook")
    assert story.status("first_response:facebook") == "late"


def test_an_end_before_its_start_is_invalid() -> None:
    story = opened()
    post(story, at=NOW - MINUTE)
    assert story.status("first_response") == "invalid"


def test_no_clock_pauses_when_the_hour_changes_in_spring() -> None:
    night = datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    story = Story(now=night)
    story.do(opening.open_incident, opening.Opening("Storm"))
    assert story.incident.clocks["first_response"].due == night + HOUR


def test_a_watch_pages_nobody() -> None:
    assert set(opened(severity="watch", channels=("x",)).incident.clocks) == {"first_response"}


def test_escalating_a_watch_makes_no_breach_in_the_past() -> None:
    story = opened(severity="watch").wait(5 * HOUR)
    story.do(opening.change_severity, "serious", "")
    assert story.incident.clocks["acknowledge"].due == story.now


def test_a_channel_that_joins_late_makes_no_breach_in_the_past() -> None:
    story = opened().wait(5 * HOUR)
    story.do(opening.add_channel, "weibo")
    assert story.incident.clocks["first_response:weibo"].due == story.now


def test_an_incident_that_was_noticed_hours_ago_opens_breached() -> None:
    assert opened(noticed_at=NOW - 5 * HOUR).status("first_response") == "breached"


def test_a_higher_severity_shortens_what_runs_but_never_into_the_past() -> None:
    story = opened().wait(40 * MINUTE)
    story.do(opening.change_severity, "critical", "")
    assert due(story, "first_response") == 40 * MINUTE


def test_a_clock_that_stopped_keeps_the_limit_it_ran_under() -> None:
    story = opened().wait(40 * MINUTE)
    post(story)
    story.do(opening.change_severity, "critical", "")
    assert (due(story, "first_response"), story.status("first_response")) == (HOUR, "met")


def test_a_clock_that_stopped_keeps_that_limit_when_its_start_is_corrected_too() -> None:
    story = opened().wait(40 * MINUTE)
    post(story)
    story.do(opening.change_severity, "critical", "")
    story.do(mending.correct, 1, "Seen earlier", codes={"noticed_at": clocks.stamp(NOW - MINUTE)})
    assert (story.incident.clocks["first_response"].limit, due(story, "first_response")) == (HOUR, 59 * MINUTE)


def test_correcting_the_noticing_moves_every_due_time() -> None:
    story = opened()
    noticed = clocks.stamp(NOW - 30 * MINUTE)
    story.do(mending.correct, 1, "Seen earlier", codes={"noticed_at": noticed})
    assert (due(story, "first_response"), due(story, "contain")) == (30 * MINUTE, DAY - 30 * MINUTE)


def test_a_promise_starts_the_next_update_and_the_next_statement_meets_it() -> None:
    story = opened()
    post(story, next_update_at=NOW + HOUR)
    assert due(story, "next_update") == HOUR
    story.wait(30 * MINUTE)
    post(story)
    assert story.status("next_update") == "met"


def test_a_newer_promise_takes_the_place_of_the_older() -> None:
    story = opened()
    post(story, next_update_at=NOW + HOUR)
    story.wait(MINUTE)
    post(story, next_update_at=NOW + 3 * HOUR)
    assert (due(story, "next_update"), story.status("next_update")) == (3 * HOUR, "running")


def test_a_statement_recorded_late_does_not_revive_an_older_promise() -> None:
    story = opened(noticed_at=NOW - 2 * HOUR)
    post(story, at=NOW - 30 * MINUTE)
    post(story, "facebook", at=NOW - HOUR, next_update_at=NOW - 20 * MINUTE)
    assert story.status("next_update") == "met"


def test_a_promise_of_the_past_is_breached_from_the_start() -> None:
    story = opened()
    post(story, at=NOW - 2 * HOUR, next_update_at=NOW - HOUR)
    assert (story.status("next_update"), due(story, "next_update")) == ("breached", -HOUR)


def test_striking_a_statement_takes_its_promise_away() -> None:
    story = opened()
    seq = post(story, next_update_at=NOW + HOUR)
    story.do(mending.strike, seq, "Never went out")
    assert story.status("next_update") == "not_applicable"


def test_a_warning_and_a_breach_are_each_recorded_once_at_their_time() -> None:
    story = opened(channels=("x",)).wait(12 * MINUTE)
    assert alarms(story) == [("clock:warned", "acknowledge")]
    assert (alarms(story), alarms(story.wait(3 * MINUTE)), alarms(story)) == (
        [],
        [("clock:breached", "acknowledge")],
        [],
    )
    assert story.entries[-1].event.at == NOW + 15 * MINUTE


def test_after_a_silence_of_the_worker_the_breach_alone_is_recorded_at_the_time_it_was_due() -> None:
    story = opened(channels=("x",), severity="watch").wait(2 * DAY)
    assert alarms(story) == [("clock:breached", "first_response")]
    assert story.entries[-1].event.at == NOW + DAY


def test_an_alarm_is_not_repeated_for_a_clock_that_was_answered() -> None:
    story = opened(channels=("x",))
    story.do(roles.assign_role, "lead", ROSA)
    assert alarms(story.wait(30 * MINUTE)) == []


def test_striking_the_only_answer_rings_again() -> None:
    story = opened(channels=("x",))
    story.do(roles.assign_role, "lead", ROSA)
    seq = post(story)
    story.wait(2 * HOUR)
    story.do(mending.strike, seq, "Deleted before anybody saw it")
    assert alarms(story) == [("clock:breached", "first_response")]


def test_a_duty_by_law_runs_to_its_step_and_keeps_its_hour() -> None:
    story = opened(began_at=NOW - 30 * HOUR).wait(MINUTE)
    story.do(opening.choose_playbook, playbook(clocks=REGULATOR))
    assert (due(story, "step:pause-scheduled"), story.status("step:pause-scheduled")) == (-6 * HOUR, "breached")
    story.do(steps.finish_step, "pause-scheduled", at=NOW - 7 * HOUR)
    assert story.status("step:pause-scheduled") == "met"


def test_a_duty_whose_step_is_set_aside_asks_for_nothing() -> None:
    story = opened(playbook(clocks=REGULATOR), began_at=NOW)
    story.do(steps.set_aside_step, "pause-scheduled", "No personal data")
    assert story.status("step:pause-scheduled") == "not_applicable"


def test_a_duty_without_a_known_beginning_waits_for_it() -> None:
    story = opened(playbook(clocks=REGULATOR))
    assert "step:pause-scheduled" not in story.incident.clocks
    story.do(mending.correct, 1, "It was in the mail", codes={"began_at": clocks.stamp(NOW - HOUR)})
    assert due(story, "step:pause-scheduled") == 23 * HOUR


def test_standing_down_in_time_ends_what_still_ran() -> None:
    story = opened()
    story.do(closing.stand_down, "resolved", "Over")
    assert story.wait(2 * DAY).status("contain") == "not_applicable"


def test_standing_down_late_leaves_the_breach_standing() -> None:
    story = opened().wait(2 * HOUR)
    story.do(closing.stand_down, "resolved", "Over")
    assert story.status("first_response") == "breached"


@pytest.mark.parametrize("outcome", ["false_alarm", "opened_by_mistake"])
def test_what_was_no_incident_has_no_clocks(outcome: str) -> None:
    story = opened().wait(2 * HOUR)
    story.do(closing.stand_down, outcome, "Nothing")
    assert {reading.status for reading in clocks.readings(story.incident, story.now)} == {"not_applicable"}


def test_a_stood_down_incident_never_rings() -> None:
    story = opened()
    story.do(closing.stand_down, "resolved", "Over")
    assert (alarms(story.wait(DAY)), clocks.next_alarm(story.incident, story.now)) == ([], None)


def test_reopening_lets_the_clocks_run_on() -> None:
    story = opened(channels=("x",))
    story.do(closing.stand_down, "false_alarm", "Nothing")
    story.wait(20 * MINUTE).do(closing.reopen, "It is one after all")
    assert alarms(story) == [("clock:breached", "acknowledge")]
    assert story.status("contain") == "running"


def test_the_next_alarm_is_the_nearest_warning_or_breach() -> None:
    story = opened(channels=("x",))
    assert clocks.next_alarm(story.incident, story.now) == NOW + 15 * MINUTE * 0.75
    story.wait(12 * MINUTE).tick()
    assert clocks.next_alarm(story.incident, story.now) == NOW + 15 * MINUTE


def test_the_share_is_what_was_used_of_the_limit() -> None:
    story = opened().wait(30 * MINUTE)
    assert clocks.read(story.incident, story.incident.clocks["first_response"], story.now).share == 0.5


def test_clocks_are_shown_in_the_order_of_a_night() -> None:
    story = opened()
    post(story, next_update_at=NOW + HOUR)
    shown = [reading.clock.id for reading in clocks.readings(story.incident, story.now)]
    assert shown == [
        "acknowledge",
        "first_response",
        "next_update",
        "contain",
        "first_response:facebook",
        "first_response:x",
    ]


def test_a_settled_incident_has_no_clock_left_to_set() -> None:
    story = opened(playbook(clocks=REGULATOR), began_at=NOW - HOUR)
    post(story, next_update_at=NOW + HOUR)
    assert clocks.settings_due(story.incident, story.now + DAY) == []
