from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firebreak.domain.durations import parse, spell


@pytest.mark.parametrize(("text", "minutes"), [("10m", 10), ("2h", 120), ("1h30m", 90), ("3d", 4320), ("0m", 0)])
def test_a_written_duration_is_read(text: str, minutes: int) -> None:
    assert parse(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "10", "10 m", "m", "-5m", "30m1h", "1.5h", "１０m", "9999999d", "10m\n10m"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse(text)


@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_spelled_duration_parses_to_itself(minutes: int) -> None:
    duration = timedelta(minutes=minutes)
    assert parse(spell(duration)) == duration


def test_a_duration_is_spelled_as_short_as_it_can_be() -> None:
    assert [spell(timedelta(minutes=minutes)) for minutes in (0, 90, 1440, 4325)] == ["0m", "1h30m", "1d", "3d5m"]


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        spell(timedelta(minutes=-1))
