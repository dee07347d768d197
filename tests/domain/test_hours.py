from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain.hours import (
    BadHours,
    StaffedHours,
    default_hours,
    parse_day,
    parse_weekly,
    spell_day,
    spell_weekly,
)

OFFICE = parse_weekly(dict.fromkeys(range(5), "09:00-12:30, 14:00-18:00"))
PARIS = StaffedHours("Europe/Paris", "FR", OFFICE)
ROUND_THE_CLOCK = StaffedHours("UTC", "", parse_weekly(dict.fromkeys(range(7), "00:00-24:00")))


def paris(text: str) -> datetime:
    """A wall time of November to March in Paris (UTC+1)."""
    return datetime.fromisoformat(f"{text}+01:00")


@pytest.mark.parametrize(
    "wall, cover",
    [
        ("2026-11-20T09:00", "staffed"),
        ("2026-11-20T08:59", "night"),
        ("2026-11-20T12:30", "night"),
        ("2026-11-20T18:00", "night"),
        ("2026-11-21T10:00", "weekend"),
        ("2026-11-11T10:00", "holiday"),
        ("2026-11-01T10:00", "holiday"),
    ],
)
def test_cover_follows_the_hours_of_the_desk_zone(wall: str, cover: str) -> None:
    assert PARIS.cover(paris(wall)) == cover


def test_cover_is_the_same_moment_in_any_zone() -> None:
    saturday_in_paris = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert PARIS.cover(saturday_in_paris) == "weekend"


def test_a_desk_round_the_clock_is_always_staffed() -> None:
    assert {ROUND_THE_CLOCK.cover(datetime(2026, 11, day, 23, 59, tzinfo=UTC)) for day in range(1, 8)} == {"staffed"}


@pytest.mark.parametrize(
    "language, name", [("en", "Armistice Day"), ("fr", "Armistice"), ("zh", "Armistice Day"), ("xx", "Armistice Day")]
)
def test_a_holiday_has_a_name_in_the_calendars_languages(language: str, name: str) -> None:
    assert PARIS.holiday(paris("2026-11-11T10:00"), language) == name


@pytest.mark.parametrize("country", ["", "XX"])
def test_without_a_known_country_there_are_no_holidays(country: str) -> None:
    desk = StaffedHours("UTC", country, OFFICE)
    assert desk.holiday(datetime(2026, 12, 25, 10, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "wall, opening",
    [
        ("2026-11-20T10:00", "2026-11-20T10:00"),
        ("2026-11-20T13:00", "2026-11-20T14:00"),
        ("2026-11-20T18:00", "2026-11-23T09:00"),
        ("2026-11-10T20:00", "2026-11-12T09:00"),
        ("2026-12-31T20:00", "2027-01-04T09:00"),
    ],
)
def test_the_next_opening_skips_nights_weekends_and_holidays(wall: str, opening: str) -> None:
    assert PARIS.next_opening(paris(wall)) == paris(opening)


def test_openings_follow_the_change_of_clocks() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert PARIS.next_opening(saturday) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_desk_without_hours_never_opens() -> None:
    assert StaffedHours("UTC", "", {}).next_opening(datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_the_default_desk_works_on_weekdays_from_nine_to_six_utc() -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    covers = [default_hours().cover(monday + timedelta(hours=hours)) for hours in (-1, 0, 8, 9, -10)]
    assert covers == ["night", "staffed", "staffed", "night", "weekend"]


@pytest.mark.parametrize(
    "text", ["09:00-12:30, 14:00-18:00", "9-12.30;14-18", " 14h–18h ,9h-12h30", "09：00至12：30，14:00~18:00"]
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert parse_day(text) == ((time(9), time(12, 30)), (time(14), time(18)))


@pytest.mark.parametrize(
    "text, code",
    [
        ("nine to five", "hours_unreadable"),
        ("09:00", "hours_unreadable"),
        ("09:60-10:00", "hours_unreadable"),
        ("09:00-25:00", "hours_unreadable"),
        ("18:00-09:00", "hours_backwards"),
        ("09:00-09:00", "hours_backwards"),
        ("09:00-13:00, 12:00-18:00", "hours_overlap"),
        ("20:00-24:00, 21:00-22:00", "hours_overlap"),
    ],
)
def test_bad_hours_are_refused_with_their_weekday(text: str, code: str) -> None:
    with pytest.raises(BadHours) as refused:
        parse_weekly({2: text})
    assert (refused.value.code, refused.value.weekday) == (code, 2)


@given(st.lists(st.integers(0, 1440), max_size=8, unique=True).filter(lambda minutes: len(minutes) % 2 == 0))
def test_spelled_hours_are_read_back_the_same(minutes: list[int]) -> None:
    clock = [f"{minute // 60:02}:{minute % 60:02}" for minute in sorted(minutes)]
    text = ", ".join(f"{start}-{end}" for start, end in zip(clock[::2], clock[1::2], strict=True))
    assert spell_day(parse_day(text)) == text


def test_a_week_is_spelled_for_the_form() -> None:
    assert parse_weekly(spell_weekly(OFFICE)) == OFFICE
