from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain import timeline
from firebreak.domain.deciding import closing, mending, record, roles, steps
from firebreak.domain.hours import StaffedHours, default_hours
from firebreak.domain.timeline_axis import LEFT, RIGHT, WIDTH
from tests.stories import ADA, DAY, HOUR, MINUTE, NOW, Story, opened, playbook


def told(length: timedelta = 5 * HOUR) -> Story:
    story = opened(playbook(), began_at=NOW - 3 * HOUR).wait(length / 10)
    story.do(roles.assign_role, "lead", ADA)
    story.do(steps.finish_step, "name-lead")
    story.wait(length / 2).do(record.post_statement, "x", "We are here", "")
    story.tick()
    story.wait(length * 0.4).do(closing.stand_down, "resolved", "Over")
    return story


def draw(story: Story, hours: StaffedHours | None = None, zone: str = "UTC") -> timeline.Timeline:
    return timeline.draw(story.incident, hours or default_hours(), zone, story.now)


@pytest.mark.parametrize("length", [5 * MINUTE, 5 * HOUR, 10 * DAY])
def test_every_length_of_incident_fills_the_axis_in_order(length: timedelta) -> None:
    drawn = draw(told(length))
    assert drawn.parts[0].x == LEFT and drawn.parts[-1].x + drawn.parts[-1].width == pytest.approx(RIGHT)
    assert all(a.end == b.start and a.x + a.width == pytest.approx(b.x) for a, b in pairwise(drawn.parts))
    assert [mark.number for mark in drawn.marks] == list(range(1, len(drawn.marks) + 1))
    assert all(a.at <= b.at for a, b in pairwise(drawn.marks))


def test_the_parts_are_the_phases_of_the_playbook() -> None:
    assert [part.id for part in draw(told(3 * DAY)).parts] == [
        *("before", "first-15-minutes", "first-hour", "first-day", "following-days")
    ]


def test_the_first_minutes_of_ten_days_can_be_read() -> None:
    first = next(part for part in draw(told(10 * DAY)).parts if part.id == "first-15-minutes")
    assert first.width > 40


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 600), max_size=80))
def test_no_two_marks_of_a_lane_overlap_and_none_leaves_the_picture(minutes: list[int]) -> None:
    story = opened(playbook()).wait(601 * MINUTE)
    for minute in minutes:
        story.do(record.make_decision, "What?", "", "This", "Because", "", at=NOW + minute * MINUTE)
    for lane in draw(story).lanes:
        places = [(mark.x, mark.y) for mark in lane.marks]
        assert all(max(abs(a - c), abs(b - d)) >= 19.9 for n, (a, b) in enumerate(places) for c, d in places[:n])
        assert all(0 < x <= WIDTH and lane.top < y < draw(story).height for x, y in places)
        assert all(abs(mark.x - mark.spot) <= timeline.FARTHEST for mark in lane.marks)


def test_nights_and_weekends_are_shaded_by_the_desk_s_own_hours() -> None:
    bands = draw(told(3 * DAY)).bands
    assert [band.cover for band in bands] == ["weekend", "night", "night", "night"]
    assert bands[0].end == datetime(2026, 3, 9, tzinfo=UTC)
    assert bands[1].end == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_hours_are_those_of_the_desk_s_zone() -> None:
    shanghai = StaffedHours("Asia/Shanghai", "", MappingProxyType(dict(default_hours().weekly)))
    assert draw(told(3 * DAY), shanghai).bands[0].end == datetime(2026, 3, 8, 16, tzinfo=UTC)


def test_an_incident_of_years_is_drawn_without_its_nights() -> None:
    drawn = draw(opened(began_at=NOW - 9000 * DAY))
    assert not drawn.shaded and drawn.bands == ()
    assert len(drawn.ticks) < 15


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns"])
def test_ticks_are_round_in_the_reader_s_zone_and_apart(zone: str) -> None:
    drawn = draw(told(2 * DAY), zone=zone)
    assert all(b.x - a.x >= 49 for a, b in pairwise(drawn.ticks))
    assert drawn.ticks[0].day
    days = [tick for tick in drawn.ticks if tick.day]
    assert all(b.x - a.x >= 78 for a, b in pairwise(days))


def test_a_late_clock_stops_after_its_due_time_and_one_met_before_it() -> None:
    story = told()
    story.do(record.record_moment, "contained")
    bars = {bar.reading.clock.id: bar for bar in draw(story).bars}
    assert bars["first_response"].reading.status == "late" and bars["first_response"].stop > bars["first_response"].due
    assert bars["contain"].reading.status == "met" and bars["contain"].cut


def test_a_clock_that_rang_leads_to_its_alarm_and_another_to_where_it_was_set() -> None:
    story = told()
    kinds = {bar.reading.clock.id: str(story.incident.fact(bar.seq).event.kind) for bar in draw(story).bars}  # type: ignore[union-attr]
    assert kinds["first_response:facebook"] == "clock:breached"
    assert kinds["first_response"] == "clock:set"


def test_corrected_and_struck_entries_are_marked_as_such() -> None:
    story = told()
    said = story.incident.statements[0].seq
    story.do(mending.correct, said, "Wrong hour", at=NOW + HOUR)
    done = next(mark.entry.seq for mark in draw(story).marks if mark.code == "step:done")
    story.do(mending.strike, done, "Not done")
    marks = {mark.entry.seq: mark for mark in draw(story).marks}
    assert marks[said].corrected and marks[said].at == NOW + HOUR
    assert marks[done].struck


def test_a_step_says_how_late_it_was_done() -> None:
    step = next(mark for mark in draw(told()).marks if mark.code == "step:done")
    assert step.late == 25 * MINUTE


def test_what_happens_after_standing_down_is_still_on_the_axis() -> None:
    story = told().wait(DAY)
    story.do(record.record_moment, "contained")
    drawn = draw(story)
    assert drawn.parts[-1].id == "after" and drawn.marks[-1].code == "contained"


def test_an_open_incident_is_drawn_up_to_now() -> None:
    story = opened(playbook()).wait(2 * HOUR)
    assert draw(story).end == story.now
