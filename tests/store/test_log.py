from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from firebreak import signals
from firebreak.domain.deciding import record as wishes
from firebreak.domain.events import Entry, Event, EventKind
from firebreak.domain.folding import replay
from firebreak.domain.refusal import Refused
from firebreak.store import db, log, models, reading
from firebreak.workflow import incidents, record, steps
from tests.stories import ADA, MINUTE, NOW, REFERENCE, ROSA, SEEN, playbook

pytestmark = pytest.mark.usefixtures("inside")


def rows(model: Any, *where: Any) -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.execute(sa.select(models.table(model)).where(*where)))


def entries() -> list[Entry]:
    with db.engine.connect() as connection:
        return list(reading.entries(connection, REFERENCE))


def fresh() -> Any:
    """The incident as a process that has just started folds it."""
    log._cache.clear()
    return log.load(REFERENCE)


def test_the_first_incident_of_the_year_is_number_one() -> None:
    found = [incidents.open_incident(SEEN, ADA, NOW).reference for _ in range(3)]
    assert found == ["FB-2026-001", "FB-2026-002", "FB-2026-003"]


def test_numbers_begin_again_with_the_desks_year() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    assert incidents.open_incident(SEEN, ADA, NOW.replace(year=2027)).reference == "FB-2027-001"


def test_a_refused_opening_uses_no_number() -> None:
    with pytest.raises(Refused):
        incidents.open_incident(replace(SEEN, report=""), ADA, NOW)
    assert incidents.open_incident(SEEN, ADA, NOW).reference == REFERENCE


def test_the_same_key_opens_one_incident() -> None:
    one, two = (incidents.open_incident(SEEN, ADA, NOW, key="tap") for _ in range(2))
    assert (one.reference, len(rows(models.IncidentRow))) == (two.reference, 1)


def test_openings_without_a_key_are_all_different() -> None:
    assert incidents.open_incident(SEEN, ADA, NOW).reference != incidents.open_incident(SEEN, ADA, NOW).reference


def test_what_is_loaded_equals_what_was_returned_and_what_is_replayed() -> None:
    kept = incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    assert kept == log.load(REFERENCE) == fresh() == replay(entries())


def test_a_commit_leaves_one_outbox_row_for_all_its_entries() -> None:
    opened = incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    assert [(row.stream, row.first_seq, row.last_seq) for row in rows(models.Outbox)] == [(REFERENCE, 1, opened.seq)]


def test_a_wish_that_changes_nothing_leaves_nothing() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    before = (len(rows(models.Entry)), len(rows(models.Outbox)))
    incidents.change_severity(REFERENCE, "serious", "", ADA, NOW)
    assert (len(rows(models.Entry)), len(rows(models.Outbox))) == before


def test_an_error_after_recording_stores_nothing() -> None:
    before = incidents.open_incident(SEEN, ADA, NOW)
    with pytest.raises(ZeroDivisionError), log.changing(REFERENCE, NOW) as change:
        change.record(wishes.record_moment(change.incident, "contained", ADA, NOW))
        raise ZeroDivisionError
    assert log.load(REFERENCE) == fresh() == before


def test_signals_are_sent_after_the_commit_and_a_failing_receiver_stops_nobody() -> None:
    heard: list[tuple[int, int]] = []

    def broken(_stream: str, entry: Entry) -> None:
        raise RuntimeError("a receiver that fails")

    def listen(_stream: str, entry: Entry) -> None:
        heard.append((entry.seq, len(entries())))

    with signals.event_recorded.connected_to(broken), signals.event_recorded.connected_to(listen):
        seq = incidents.open_incident(SEEN, ADA, NOW).seq
    assert heard == [(number, seq) for number in range(1, seq + 1)]


@pytest.mark.parametrize(
    "reference", ["FB-2026-999", "desk", "", "\0", "\ud800", "fb-2026-001", "FB-2026-001 ", "FB-2026-1'--"]
)
def test_an_unknown_reference_is_nothing(reference: str) -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    assert log.load(reference) is None
    with pytest.raises(LookupError):
        record.add_note(reference, "Hello", ADA, NOW)


@pytest.mark.parametrize("wish", [("choose_playbook", playbook()), ("retitle", "Mine"), ("add_channel", "weibo")])
def test_the_audit_log_takes_no_entry_of_an_incident(wish: tuple[Any, ...]) -> None:
    before = len(rows(models.Entry))
    with pytest.raises(LookupError):
        getattr(incidents, wish[0])("desk", wish[1], ADA, NOW)
    assert len(rows(models.Entry)) == before


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "=1+1",
        "\u202eكتاب",
        "👩‍👩‍👧 🏳️‍🌈",
        "é ≠ é",
        "'; DROP TABLE entry; --",
        "\\u0000 \\ \" '",
        "\u2028\x85\x0b",
    ],
)
def test_what_was_typed_comes_back_as_typed(text: str) -> None:
    incidents.open_incident(replace(SEEN, report=text + "."), ADA, NOW)
    assert fresh().report == text + "."


def test_a_megabyte_is_kept() -> None:
    report = "🔥" + "x" * 999_998 + "é"
    incidents.open_incident(replace(SEEN, report=report), ADA, NOW)
    assert fresh().report == report


def test_times_keep_their_microseconds() -> None:
    now = NOW.replace(microsecond=123_457)
    incidents.open_incident(SEEN, ADA, now)
    assert fresh().opened_at == now


def test_the_cache_sees_what_another_process_wrote() -> None:
    known = incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())
    kept = dict(log._cache)
    steps.finish(REFERENCE, "name-lead", ROSA, NOW + MINUTE)
    log._cache.clear()
    log._cache.update(kept)
    assert (known.steps["name-lead"].state, log.load(REFERENCE).steps["name-lead"].by) == ("open", ROSA)  # type: ignore[union-attr]


def test_the_cache_sees_an_erasure_by_another_process() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    kept = dict(log._cache)
    record.erase(REFERENCE, [1], "", ADA, NOW)
    log._cache.clear()
    log._cache.update(kept)
    assert log.load(REFERENCE).report == ""  # type: ignore[union-attr]


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "KEPT", 2)
    for _ in range(4):
        incidents.open_incident(SEEN, ADA, NOW)
    assert len(log._cache) == 2


def test_a_body_without_a_row_leaves_the_codes() -> None:
    incidents.open_incident(SEEN, ADA, NOW)
    assert [entry.erased for entry in entries()] == [False] * len(entries())


def test_the_desks_log_takes_the_desks_entries() -> None:
    before = len(rows(models.Entry, models.Entry.stream == "desk"))
    with log.changing(log.DESK, NOW) as change:
        change.record([Event(EventKind.SETTINGS_CHANGED, NOW, ADA, {"fields": ["zone"]})])
    assert len(rows(models.Entry, models.Entry.stream == "desk")) == before + 1
