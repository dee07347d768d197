"""kill -9 of a real process in a storm of ticks: what it said was stored is stored, and nothing is half there."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from flask import Flask

from firebreak import maintenance
from firebreak.domain.incidents import Incident
from firebreak.store import db, log, reading
from firebreak.workflow import incidents, steps
from tests.stories import ADA, NOW, REFERENCE, SEEN, STEPS, playbook

ROOT = Path(__file__).resolve().parents[1]
COUNT = 120
LISTED = "".join(f"- [ ] Step {n} {{#step-{n} role=lead due=1h}}\n" for n in range(COUNT))

# Four threads tick step after step and say each one, unbuffered, once it has been committed.
STORM = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from flask import Flask
from firebreak import store
from firebreak.workflow import steps
from tests.stories import NOW, REFERENCE

app = Flask("storm")
app.config.update(SQLALCHEMY_DATABASE_URI=sys.argv[1], MIGRATIONS="migrations")
store.init_app(app)

def tick(number):
    with app.app_context():
        done = steps.finish(REFERENCE, f"step-{number}", 1, NOW).steps[f"step-{number}"]
        os.write(1, f"{number} {done.seq}\\n".encode())

with ThreadPoolExecutor(4) as pool:
    list(pool.map(tick, range(int(sys.argv[2]))))
"""


def storm(url: str, until: int) -> dict[str, int]:
    """Step -> entry, as acknowledged before the process was killed outright."""
    command = [sys.executable, "-c", STORM, url, str(COUNT)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(until)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait()
    told = [line.split() for line in lines if line.endswith("\n")]
    return {f"step-{number}": int(seq) for number, seq in told}


def after_restart() -> Incident:
    log._cache.clear()
    found = log.load(REFERENCE)
    assert found is not None
    return found


def test_every_acknowledged_tick_is_there_after_kill_9(inside: Flask, database: str) -> None:
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook(steps=LISTED + STEPS))
    told = storm(database, until=30)
    kept = after_restart()
    assert {step: kept.steps[step].seq for step in told} == told
    assert len(told) >= 30


def test_after_kill_9_the_record_is_whole_and_work_goes_on(inside: Flask, database: str) -> None:
    incidents.open_incident(SEEN, ADA, NOW, playbook=playbook(steps=LISTED + STEPS))
    storm(database, until=7)
    log._cache.clear()
    assert [finding.broken for finding in maintenance.verify() if finding.broken] == []
    assert steps.finish(REFERENCE, "name-lead", ADA, NOW).steps["name-lead"].state == "done"
    with db.engine.connect() as connection:
        assert not any(entry.erased for entry in reading.entries(connection, REFERENCE))
