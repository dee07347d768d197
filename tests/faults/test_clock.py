"""The machine's clock is set back, or forward and back: nothing un-happens, nothing waits too long, and it is said."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import SignatureExpired

from firebreak import maintenance
from firebreak.domain import clocks
from firebreak.domain.deciding import record as deciding
from firebreak.domain.incidents import Incident
from firebreak.notify.worker import Worker
from firebreak.store import db, jobs, log, models, outbox, queries, rates
from firebreak.web.sessions import PatientSessions
from firebreak.workflow import incidents, record, steps
from firebreak.workflow.tick import tick
from tests.conftest import SignIn
from tests.stories import ADA, HOUR, MINUTE, NOW, REFERENCE, SEEN, opened, playbook

LATER = NOW + 2 * HOUR
SET_BACK = LATER - 47 * MINUTE


@pytest.fixture
def incident(inside: Flask) -> Incident:
    return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook())


@pytest.fixture
def ahead(incident: Incident) -> Incident:
    """The last entry was written at LATER; it is earlier now."""
    return record.add_note(REFERENCE, "Written while the clock was ahead", ADA, LATER)


# --- the record ------------------------------------------------------------------------------------


def test_entries_keep_their_order_and_the_time_the_clock_showed(ahead: Incident) -> None:
    after = steps.finish(REFERENCE, "name-lead", ADA, SET_BACK)
    first, last = after.facts[-2:]
    assert (last.seq, last.recorded_at, first.recorded_at) == (first.seq + 1, SET_BACK, LATER)
    assert after.steps["name-lead"].state == "done"


def test_a_log_with_times_out_of_order_is_whole(ahead: Incident) -> None:
    steps.finish(REFERENCE, "name-lead", ADA, SET_BACK)
    assert [finding.broken for finding in maintenance.verify() if finding.broken] == []


def test_what_was_done_last_counts_also_when_the_clock_says_it_was_first(ahead: Incident) -> None:
    steps.finish(REFERENCE, "name-lead", ADA, LATER)
    assert steps.reopen(REFERENCE, "name-lead", "Not yet", ADA, SET_BACK).steps["name-lead"].state == "open"


@pytest.mark.parametrize("wish", ["note", "statement", "decision"])
def test_everything_can_still_be_recorded(ahead: Incident, wish: str) -> None:
    done = {
        "note": lambda now: record.add_note(REFERENCE, "A note", ADA, now),
        "statement": lambda now: record.post_statement(REFERENCE, "x", "We are looking", "", ADA, now),
        "decision": lambda now: record.make_decision(REFERENCE, "Pull it?", "", "Yes", "It hurts", ADA, now),
    }
    assert done[wish](NOW - HOUR).seq == ahead.seq + 1


# --- clocks ----------------------------------------------------------------------------------------


def test_a_breach_does_not_un_happen() -> None:
    story = opened(channels=("x",)).wait(16 * MINUTE)
    story.tick()
    story.wait(-10 * MINUTE)
    assert story.status("acknowledge") == "breached"
    assert story.tick() == [] and story.wait(20 * MINUTE).tick() == []


def test_a_warning_does_not_un_happen() -> None:
    story = opened(channels=("x",)).wait(12 * MINUTE)
    story.tick()
    assert story.wait(-10 * MINUTE).status("acknowledge") == "warning"


def test_a_promise_made_anew_runs_anew_after_a_breach() -> None:
    story = opened(channels=("x",))
    story.do(deciding.post_statement, "x", "We speak at ten", "", next_update_at=NOW + HOUR)
    story.wait(2 * HOUR).tick()
    story.do(deciding.post_statement, "x", "We speak again", "", next_update_at=story.now + HOUR)
    assert story.status("next_update") == "running"


def test_the_worker_rings_each_clock_once_however_the_time_jumps(incident: Incident) -> None:
    for now in (LATER, SET_BACK, LATER, NOW, LATER):
        tick(now)
    rung = [fact.event.data["clock"] for fact in log.load(REFERENCE).facts if fact.event.kind == "clock:breached"]  # type: ignore[union-attr]
    assert len(rung) == len(set(rung)) > 0


def test_the_shown_share_of_a_rung_clock_is_whole() -> None:
    story = opened(channels=("x",)).wait(16 * MINUTE)
    story.tick()
    assert clocks.read(story.incident, story.incident.clocks["acknowledge"], NOW).share == 1.0


# --- what waits ------------------------------------------------------------------------------------


def waiting(next_try_at: datetime, state: str = "pending") -> int:
    row = {"key": "k", "reference": REFERENCE, "kind": "opened", "first_seq": 1, "last_seq": 1, "channel": "mail"}
    row |= {"account_id": ADA, "state": state, "tries": 1, "created_at": NOW, "next_try_at": next_try_at}
    with db.engine.begin() as connection:
        return int(
            connection.execute(sa.insert(models.Delivery).values(row).returning(models.Delivery.id)).scalar_one()
        )


def test_a_worker_that_starts_behind_the_log_sends_what_waits_and_says_so(
    ahead: Incident, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    id = waiting(LATER + HOUR)
    with caplog.at_level(logging.WARNING):
        Worker(app, tick, lambda: SET_BACK).once()
    assert "this machine's clock is 2820 s behind" in caplog.text
    assert [row.state for row in queries.deliveries(REFERENCE) if row.id == id] == ["skipped"]


def test_a_worker_under_which_the_clock_is_set_back_looks_again(
    incident: Incident, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    times = [LATER]
    worker = Worker(app, tick, lambda: times[0])
    worker.once()
    times[0] = SET_BACK
    worker.once()
    assert "this machine's clock is" in caplog.text
    assert queries.worker_seen_at() == SET_BACK


def test_a_lease_from_the_future_holds_nothing_up(incident: Incident) -> None:
    id = waiting(LATER + outbox.LEASE, "sending")
    jobs.ask("pack", {}, ADA, NOW)
    jobs.claim(LATER)
    assert id in outbox.due(SET_BACK)
    assert jobs.claim(SET_BACK) is not None


def test_a_worker_heard_of_in_the_future_counts_as_silent(inside: Flask) -> None:
    outbox.beat("one", LATER)
    assert queries.worker_is_silent(SET_BACK)


# --- signing in ------------------------------------------------------------------------------------


def test_a_used_code_of_the_future_locks_nobody_out(inside: Flask) -> None:
    assert rates.advance("totp 1", 900, 120, LATER)
    assert rates.get("totp 1", SET_BACK, 120) is None
    assert rates.advance("totp 1", 806, 120, SET_BACK)


def test_a_used_code_still_counts_once(inside: Flask) -> None:
    rates.advance("totp 1", 900, 120, LATER)
    assert not rates.advance("totp 1", 900, 120, LATER + MINUTE)


def test_tries_counted_in_the_future_do_not_count(inside: Flask) -> None:
    for _ in range(5):
        rates.count("tries", 60, 1, LATER)
    assert rates.count("tries", 60, 1, SET_BACK) == 1


@pytest.mark.parametrize(("hours", "kept"), [(-11, True), (0, True), (11, True), (13, False), (-13, False)])
def test_a_session_lasts_twelve_hours_in_both_directions(app: Flask, hours: int, kept: bool) -> None:
    serializer = PatientSessions().get_signing_serializer(app)
    assert serializer is not None
    signer = serializer.make_signer(serializer.salt)
    signed = signer.sign("rosa")
    present = signer.get_timestamp()
    signer.get_timestamp = lambda: present + hours * 3600  # type: ignore[method-assign]
    if kept:
        assert signer.unsign(signed, max_age=12 * 3600) == b"rosa"
    else:
        with pytest.raises(SignatureExpired):
            signer.unsign(signed, max_age=12 * 3600)


# --- what is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "told"), [("ada", True), ("rosa", False)])
def test_administrators_are_told_by_how_much_the_clock_is_behind(
    ahead: Incident, app: Flask, client: FlaskClient, sign_in: SignIn, name: str, told: bool
) -> None:
    app.config["CLOCK"] = lambda: SET_BACK
    page = sign_in(client, name).get("/incidents").text
    assert ("clock is 47 min behind the log" in page) is told


def test_the_room_of_a_set_back_clock_still_shows_the_breach(
    ahead: Incident, app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    tick(LATER)
    app.config["CLOCK"] = lambda: NOW + timedelta(minutes=1)
    assert "clock-breached" in sign_in(client, "rosa").get(f"/incidents/{REFERENCE}").text


def test_a_watchdog_is_told_too(ahead: Incident, app: Flask, client: FlaskClient) -> None:
    app.config["CLOCK"] = lambda: SET_BACK
    assert "clock: 2820 s behind the log" in client.get("/healthz").text
