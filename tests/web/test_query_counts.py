"""How many statements a page sends to the database: few, and no more of them when there is more to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, log
from firebreak.web import room_page
from firebreak.workflow import incidents, people, record, steps
from tests.conftest import NOW, send

FEW, MANY = 2, 20
MOST = {
    "/incidents/{}": 5,
    "/incidents/{}/changes?after=3": 5,
    "/incidents/{}/log/2": 5,
    "/incidents/{}/brief": 6,
    "/incidents/{}/review": 12,
    "/incidents/{}/told": 6,
    "/incidents/{}/roles/legal": 6,
    "/incidents": 12,
    "/incidents/new": 8,
    "/playbooks": 6,
    "/playbooks?language=all&q=post": 6,
    "/playbooks/health": 6,
    "/playbooks/matching": 6,
    "/playbooks/en/weekend-firestorm": 6,
    "/playbooks/en/weekend-firestorm/history": 6,
    "/account": 6,
    "/people": 6,
    "/actions": 6,
}
"""Page -> the most statements it may send, made for the first time."""


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def ada(client: FlaskClient, sign_in: Any) -> FlaskClient:
    """Somebody who may see every page."""
    return sign_in(client, "ada")


@pytest.fixture
def storm(app: Flask) -> str:
    with app.app_context():
        return _open("Moms are furious")


def _open(report: str) -> str:
    playbook = library.get("en", "weekend-firestorm")
    told = Opening(report, channels=("x",))
    return incidents.open_incident(told, 2, NOW - timedelta(hours=1), playbook=playbook).reference


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent inside the block, BEGIN and the like left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", note)


def cost(app: Flask, client: FlaskClient, path: str) -> int:
    """Statements of one GET, once playbooks and settings are known to the process and nothing of the page is."""
    client.get("/account")
    room_page._pages.forget()
    with counted(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def fill(storm: str, number: int, mark: str = "f") -> None:
    """So many more entries, people and incidents."""
    for each in range(number):
        record.add_note(storm, f"Note {each}", 2, NOW)
        people.add(email=f"{mark}{each}@example.org", name=f"P{each}", access="responder", actor=1, now=NOW)
        _open(f"Storm {each}")


@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_little_however_much_there_is(app, ada, storm, path):
    with app.app_context():
        fill(storm, FEW)
    path = path.format(storm)
    few = cost(app, ada, path)
    with app.app_context():
        fill(storm, MANY, "m")
    many = cost(app, ada, path)
    assert many <= few, (few, many)
    assert many <= MOST[path.replace(storm, "{}")]


def test_a_room_seen_before_is_one_statement(app, ada, storm):
    ada.get(f"/incidents/{storm}")
    with counted(app) as sent:
        ada.get(f"/incidents/{storm}")
    assert len(sent) <= 2, sent


def test_nothing_new_is_one_statement(app, ada, storm):
    ada.get(f"/incidents/{storm}")
    with app.app_context():
        head = log.load(storm).seq
    with counted(app) as sent:
        assert ada.get(f"/incidents/{storm}/changes?after={head}").status_code == 204
    assert len(sent) == 1, sent


def test_a_tick_asks_no_more_with_a_long_log(app, ada, storm):
    with app.app_context():
        first, second = [step.id for step in log.load(storm).steps.values() if not step.decision][:2]
    with counted(app) as short:
        send(ada, f"/incidents/{storm}/steps/{first}/done")
    with app.app_context():
        for each in range(MANY):
            record.add_note(storm, f"Note {each}", 2, NOW)
        steps.assign(storm, second, 2, 2, NOW)
    with counted(app) as long:
        send(ada, f"/incidents/{storm}/steps/{second}/done")
    assert len(long) <= len(short) <= 12, (len(short), len(long))
