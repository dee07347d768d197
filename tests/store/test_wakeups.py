"""Every commit wakes the listeners of every process, on both databases; a lost notice is made up for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak import live, signals
from firebreak.domain.incidents import Incident
from firebreak.live import Listening, Wake
from firebreak.store import db, log, wakeups
from firebreak.workflow import incidents, record
from tests.stories import ADA, NOW, REFERENCE, SEEN

ROOT = Path(__file__).resolve().parents[2]
SOON = 10.0
"""Seconds within which a machine that is busy with other things wakes somebody."""
STRANGER = """
import sys
from flask import Flask
from firebreak import store
from firebreak.workflow import record
from tests.stories import NOW, REFERENCE

app = Flask("stranger")
app.config.update(SQLALCHEMY_DATABASE_URI=sys.argv[1])
store.init_app(app)
with app.app_context():
    record.add_note(REFERENCE, "From elsewhere", 1, NOW)
"""


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW)


@pytest.fixture
def listening(incident: Incident) -> Iterator[Listening]:
    """A listener that has heard that nothing is missed from here on."""
    joined = live.hub().join(ADA)
    assert joined is not None
    assert joined.take(SOON).anything
    yield joined
    joined.close()


def heard(listening: Listening, wanted: Callable[[Wake], object]) -> Wake:
    """The first wake of this kind; an empty one when there is none."""
    while wake := listening.take(SOON):
        if wanted(wake):
            return wake
    return wake


def elsewhere(database: str) -> None:
    """Another process adds a note, and ends."""
    subprocess.run([sys.executable, "-c", STRANGER, database], cwd=ROOT, check=True)


def test_a_change_in_this_process_wakes_with_its_number(listening: Listening, incident: Incident) -> None:
    record.add_note(REFERENCE, "Here", ADA, NOW)
    assert heard(listening, lambda wake: wake.changed).changed == {REFERENCE: incident.seq + 1}


def test_a_change_in_another_process_wakes_too(listening: Listening, incident: Incident, database: str) -> None:
    elsewhere(database)
    assert heard(listening, lambda wake: wake.changed).changed == {REFERENCE: incident.seq + 1}


def test_a_number_is_told_once(listening: Listening, incident: Incident) -> None:
    record.add_note(REFERENCE, "Here", ADA, NOW)
    assert heard(listening, lambda wake: wake.changed).changed
    assert not listening.take(3 * wakeups.POLL)


def test_a_notice_that_got_lost_is_made_up_for(
    incident: Incident, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wakeups, "NET", 0.2)
    monkeypatch.setattr(wakeups.Watcher, "_heard", lambda *_: None)
    joined = live.hub().join(ADA)
    assert joined is not None and joined.take(SOON).anything
    elsewhere(database)
    assert heard(joined, lambda wake: wake.changed).changed == {REFERENCE: incident.seq + 1}
    joined.close()


def test_an_entry_that_commits_after_one_with_a_higher_id_is_not_missed(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr(wakeups, "NET", 0.2)
    monkeypatch.setattr(signals.event_recorded, "receivers", {})
    monkeypatch.setattr(wakeups.Watcher, "_heard", lambda *_: None)
    second = incidents.open_incident(SEEN, ADA, NOW)
    joined = live.hub().join(ADA)
    assert joined is not None and joined.take(SOON).anything
    with log.changing(REFERENCE, NOW) as slow:
        slow.record(record.decide.add_note(slow.incident, "Slow", "", [], ADA, NOW))
        record.add_note(second.reference, "Quick", ADA, NOW)
        assert second.reference in heard(joined, lambda wake: wake.changed).changed
    assert heard(joined, lambda wake: wake.changed).changed == {REFERENCE: incident.seq + 1}
    joined.close()


def test_after_the_database_was_away_everything_is_looked_at(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher's connection breaks, as it does when the server restarts or the file is put back."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            connection.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    else:
        monkeypatch.setattr(wakeups, "NET", 0.1)
        file = Path(str(db.engine.url.database))
        kept = file.read_bytes()
        file.unlink()
        file.write_bytes(kept)
    assert heard(listening, lambda wake: wake.anything).anything


def test_a_failing_notice_never_fails_the_change(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_engine: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(wakeups, "_own", away)
    assert record.add_note(REFERENCE, "Stored all the same", ADA, NOW).seq == incident.seq + 1


# --- the hub ---------------------------------------------------------------------------------------


def test_threads_run_only_while_somebody_listens(incident: Incident) -> None:
    hub = live.hub()
    assert hub.watcher is None
    joined = hub.join(ADA)
    assert joined is not None and hub.watcher is not None
    watcher = hub.watcher
    joined.close()
    watcher.thread.join(SOON)
    assert (hub.watcher, watcher.thread.is_alive()) == (None, False)


def test_who_does_not_take_keeps_one_number_for_each_incident(listening: Listening) -> None:
    for seq in range(1000):
        listening.put(Wake(changed={REFERENCE: seq}))
    assert listening.take(0).changed == {REFERENCE: 999}


def test_who_is_far_behind_is_told_to_look_at_everything(listening: Listening) -> None:
    for number in range(live.MOST_KEPT + 1):
        listening.put(Wake(changed={f"FB-2026-{number:03d}": 1}))
    assert listening.take(0) == Wake(anything=True)


def test_places_are_limited_in_all_and_for_each_account(inside: Flask) -> None:
    hub = live.Hub(live.FOR_ONE + 2)
    theirs = [hub.join(1) for _ in range(live.FOR_ONE + 1)]
    others = [hub.join(2) for _ in range(3)]
    assert [place is None for place in (theirs[-2], theirs[-1], *others)] == [False, True, False, False, True]
    for place in filter(None, theirs + others):
        place.close()
    assert hub.listening == set()


def test_the_place_of_a_reader_who_left_is_given_away(inside: Flask) -> None:
    hub = live.Hub(1)
    left = hub.join(1, gone=lambda: True)
    assert left is not None
    assert hub.join(2) is not None
    assert left.over
    hub.end()
    for each in list(hub.listening):
        each.close()


def test_who_signs_out_is_told_that_it_is_over(listening: Listening) -> None:
    live.call("out", str(ADA))
    listening.take(SOON)
    assert listening.over
