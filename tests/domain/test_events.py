from __future__ import annotations

import pytest

from firebreak.domain.events import DESK_KINDS, SHAPES, Event, EventKind, upcast
from tests.stories import NOW


def test_every_kind_has_a_shape() -> None:
    assert set(SHAPES) == set(EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_no_key_is_both_kept_for_good_and_erasable(kind: EventKind) -> None:
    assert not SHAPES[kind].codes & SHAPES[kind].body


@pytest.mark.parametrize("kind", EventKind)
def test_kinds_are_a_subject_and_what_happened_to_it(kind: EventKind) -> None:
    subject, colon, action = kind.partition(":")
    assert subject and colon and action and kind == kind.lower()


def test_an_event_splits_into_codes_and_what_was_typed() -> None:
    event = Event(EventKind.STEP_DONE, NOW, 1, {"step": "pause", "note": "Done by phone"})
    assert (event.codes, event.body) == ({"step": "pause"}, {"note": "Done by phone"})


def test_an_event_refuses_a_key_that_its_kind_does_not_carry() -> None:
    with pytest.raises(ValueError, match="does not carry colour"):
        Event(EventKind.STEP_DONE, NOW, 1, {"colour": "red"})


def test_data_of_version_1_is_todays_shape() -> None:
    assert upcast("step:done", 1, {"step": "pause"}) == {"step": "pause"}


def test_nothing_of_the_desk_can_be_struck_or_corrected() -> None:
    assert not any(SHAPES[kind].mendable for kind in DESK_KINDS)
