"""The worker: alone, in company, killed, without its database."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import render_template, render_template_string

from firebreak.notify import NUDGED, routing, worker
from firebreak.store import db, models, outbox, queries
from firebreak.store.outbox import LEASE
from firebreak.web import worker_notice
from tests.notify.conftest import BOTH
from tests.notify.desk import MINUTE, NOW, Desk, Hook, Mailbox

kind = pytest.fixture(params=BOTH)(lambda request: request.param)
ROOT = Path(__file__).resolve().parents[2]
ONE_ROUND = """
import sys
from datetime import datetime
from pathlib import Path
from firebreak.web import worker_notice
from tests.notify.conftest import BOTH
from tests.notify.desk import Desk, make_app
desk = Desk(make_app(sys.argv[1], Path(sys.argv[2])))
desk.now = datetime.fromisoformat(sys.argv[3])
desk.work()
"""


def race(desk: Desk, workers: int = 2) -> None:
    threads = [threading.Thread(target=desk.worker().once) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_workers_deliver_each_of_200_rows_once(desk: Desk, hook: Hook) -> None:
    entry = desk.open(None).seq
    row = {"stream": "FB-2026-001", "first_seq": 1, "last_seq": entry, "created_at": NOW}
    with db.engine.begin() as connection:
        connection.execute(sa.insert(models.Outbox), [row] * 199)
    race(desk)
    assert len(hook.calls) == 200
    assert len({headers["webhook-id"] for headers, _ in hook.calls}) == 200


def test_two_workers_ring_a_clock_once(desk: Desk) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None)
    desk.now += timedelta(days=2)
    race(desk)
    assert [row.kind for row in desk.deliveries()].count("breached") == 1


def test_a_worker_killed_while_it_sends_loses_nothing(desk: Desk, box: Mailbox, tmp_path: Path) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None)
    box.held = True
    url = db.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", ONE_ROUND, url, str(tmp_path), desk.now.isoformat()]
    with subprocess.Popen(command, cwd=ROOT) as process:
        assert box.arrived.wait(20)
        process.send_signal(signal.SIGKILL)
    box.held = False
    desk.work()
    assert desk.results() == {("opened", "sending", None)}
    desk.work(LEASE)
    assert desk.results() == {("opened", "sent", None)}
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


def test_a_row_that_cannot_be_routed_does_not_stop_the_others(
    desk: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.person("Ben Okafor", "administrator")
    first, second = desk.open(None).reference, desk.open(None, report="Another storm").reference
    plan = routing.plan

    def stumbling(entries: list[object], incident: object, *rest: object) -> object:
        if incident.reference == first:  # type: ignore[attr-defined]
            raise ValueError("odd")
        return plan(entries, incident, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(routing, "plan", stumbling)
    desk.work()
    assert [row.reference for row in desk.deliveries()] == [second]
    assert "outbox row 1 (FB-2026-001) could not be routed" in caplog.text


def test_an_unforeseen_fault_of_one_message_is_told_and_tried_again(
    desk: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.person("Ben Okafor", "administrator")
    desk.open(None)
    monkeypatch.setitem(worker.CHANNELS, "mail", lambda notice, now: 1 / 0)  # type: ignore[arg-type]
    desk.work()
    assert desk.results() == {("opened", "pending", "fault")}


def test_an_absent_database_is_said_once_and_waited_for(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    lost = desk.worker()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE outbox RENAME TO away")
    for _ in range(3):
        lost._guarded(lost._look)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO outbox")
    lost._guarded(lost._look)
    lines = [record.getMessage() for record in caplog.records if record.name == worker.__name__]
    assert [line.partition(":")[0] for line in lines] == [
        "the database cannot be used, trying again",
        "the database is back",
    ]


def test_a_running_worker_sends_when_nudged_and_stops_when_told(desk: Desk, box: Mailbox) -> None:
    desk.person("Ben Okafor", "administrator")
    running = desk.worker()
    thread = threading.Thread(target=running.run)
    thread.start()
    desk.open(None)
    assert box.arrived.wait(10)
    running.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_recording_something_nudges_the_worker_of_this_process(desk: Desk) -> None:
    NUDGED.clear()
    desk.open(None)
    assert NUDGED.is_set()


def test_a_worker_is_heard_of_and_forgotten_after_a_day(desk: Desk) -> None:
    outbox.beat("old-1", NOW - timedelta(days=2))
    desk.work()
    desk.work(MINUTE)
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(models.WorkerBeat.name, models.WorkerBeat.at)).all()
    assert [tuple(row) for row in rows] == [(desk.worker().name, NOW + MINUTE)]
    assert not queries.worker_is_silent(desk.now)


def test_deliveries_are_shown_with_result_and_reason(desk: Desk) -> None:
    ben = desk.person("<b>Ben</b>", "administrator", email="ben@example.org")
    desk.open(None)
    desk.work()
    page = '{% include "incidents/_deliveries.html" %}'
    desk.app.jinja_env.filters |= {"when": str, "when_short": str}
    rows = desk.deliveries()
    with desk.app.test_request_context():
        shown = render_template_string(page, deliveries=rows, names={ben: "<b>Ben</b>"})
    for part in ("Incident opened", "&lt;b&gt;Ben", "Mail", "not sent: no mail server set"):
        assert part in " ".join(shown.split())


def test_every_page_can_say_that_the_worker_is_silent(desk: Desk) -> None:
    worker_notice.init_app(desk.app)
    desk.app.jinja_env.globals |= {"signed_in": lambda: True, "url_for": lambda *_, **__: ""}
    desk.app.jinja_env.filters |= {"when": str, "when_short": str}
    assert "The worker is silent." in notice_of(desk)
    outbox.beat("new-1", datetime.now(UTC))
    assert notice_of(desk) == ""


def notice_of(desk: Desk) -> str:
    with desk.app.app_context(), desk.app.test_request_context():
        return render_template("_worker_notice.html").strip()


def test_the_watch_command_stops_at_once_on_sigterm(tmp_path: Path) -> None:
    environ = {**os.environ, "FIREBREAK_INSTANCE": str(tmp_path)}
    environ.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "firebreak", "setup"], cwd=ROOT, env=environ, check=True, capture_output=True)
    with subprocess.Popen([sys.executable, "-m", "firebreak", "watch"], cwd=ROOT, env=environ) as process:
        wait_for_a_beat(tmp_path / "firebreak.sqlite")
        process.terminate()
        assert process.wait(3) == 0


def wait_for_a_beat(path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    until = datetime.now(UTC) + timedelta(seconds=20)
    while datetime.now(UTC) < until:
        with engine.connect() as connection:
            if connection.execute(sa.text("SELECT count(*) FROM worker_beat")).scalar():
                return
        threading.Event().wait(0.05)
    logging.error("no beat")
