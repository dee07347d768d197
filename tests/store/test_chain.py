from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firebreak.domain.events import Event, EventKind
from firebreak.store import chain
from tests.stories import NOW

EVENT = Event(EventKind.STEP_DONE, NOW, 1, {"step": "pause", "note": "Par téléphone 👩‍👩‍👧"})
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def row(**changes: object) -> dict[str, object]:
    return chain.row_of("FB-2026-001", 1, EVENT, NOW, chain.GENESIS)[0] | changes


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_the_same_value_is_the_same_text_in_whatever_order(value: dict[str, object]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert chain.canonical(value) == chain.canonical(backwards)


def test_what_was_typed_is_in_the_body_and_not_in_the_header() -> None:
    kept, body = chain.row_of("FB-2026-001", 1, EVENT, NOW, chain.GENESIS)
    assert "téléphone" in body["body"] and "téléphone" not in chain.header(kept)


def test_the_digest_is_of_salt_and_body() -> None:
    kept, body = chain.row_of("FB-2026-001", 1, EVENT, NOW, chain.GENESIS)
    assert kept["digest"] == chain.digest(body["salt"], body["body"])


def test_the_same_words_never_have_the_same_digest() -> None:
    assert row()["digest"] != row()["digest"]


@pytest.mark.parametrize(
    "change",
    [
        {"stream": "FB-2026-002"},
        {"seq": 2},
        {"kind": "step:reopened"},
        {"version": 2},
        {"actor": 2},
        {"codes": {"step": "other"}},
        {"audience": "legal"},
        {"at": NOW + timedelta(microseconds=1)},
        {"recorded_at": NOW + timedelta(microseconds=1)},
        {"digest": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_hash_hangs_on_every_part_of_the_entry(change: dict[str, object]) -> None:
    told = row()
    assert chain.link(chain.GENESIS, told | change) != told["hash"]


def test_the_hash_hangs_on_the_entry_before() -> None:
    told = row()
    assert chain.link("1" * 64, told) != chain.link(chain.GENESIS, told) == told["hash"]


def test_a_time_in_another_zone_is_the_same_time() -> None:
    told = row()
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    assert chain.link(chain.GENESIS, told | {"at": there}) == told["hash"]
