"""The list of incidents: order, pages, figures of a line, and what an empty desk is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.domain.deciding.opening import Opening
from firebreak.store import queries
from firebreak.workflow import incidents, record
from tests.conftest import NOW, Desk, SignIn

HOUR = timedelta(hours=1)


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def reader(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "oscar")


def opened(app: Flask, title: str = "Storm", **facts: object) -> str:
    with app.app_context():
        return incidents.open_incident(Opening("They are angry", title, **facts), 2, NOW - HOUR).reference


def shown(reader: FlaskClient, path: str = "/incidents") -> list[str]:
    return re.findall(r'incident-reference">([^<]+)', reader.get(path).text)


def test_an_empty_desk_is_told_what_to_do(reader: FlaskClient) -> None:
    assert "No incident yet" in reader.get("/incidents").text


def test_open_incidents_stand_before_newer_ones_that_were_stood_down(app: Flask, reader: FlaskClient) -> None:
    first, second = opened(app), opened(app)
    with app.app_context():
        incidents.stand_down(second, "false_alarm", "", 2, NOW)
    assert shown(reader) == [first, second]


def test_the_list_can_be_narrowed_to_one_state(app: Flask, reader: FlaskClient) -> None:
    first, second = opened(app), opened(app)
    with app.app_context():
        incidents.stand_down(first, "false_alarm", "", 2, NOW)
    assert (shown(reader, "/incidents?state=open"), shown(reader, "/incidents?state=stood_down")) == ([second], [first])


def test_every_incident_is_on_exactly_one_page(
    app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = [opened(app) for _ in range(5)]
    with app.app_context():
        [incidents.stand_down(each, "false_alarm", "", 2, NOW) for each in made[3:]]
    seen, path = [], "/incidents"
    while path:
        seen += shown(reader, path)
        following = re.search(r'href="([^"]*before=[^"]*)"', reader.get(path).text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [*reversed(made[:3]), *reversed(made[3:])]


def test_silence_is_counted_from_the_beginning(app: Flask, reader: FlaskClient) -> None:
    opened(app, began_at=NOW - 4 * HOUR, noticed_at=NOW - 2 * HOUR)
    assert "silent for 4 h" in reader.get("/incidents").text


def test_a_public_word_ends_the_silence(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app, channels=("x",))
    with app.app_context():
        record.post_statement(reference, "x", "We hear you.", "", 2, NOW)
    assert "silent for" not in reader.get("/incidents").text


def test_an_exercise_is_marked(app: Flask, reader: FlaskClient) -> None:
    opened(app, exercise=True)
    assert "Exercise</span>" in reader.get("/incidents").text


def test_a_hostile_title_is_shown_harmless(app: Flask, reader: FlaskClient) -> None:
    opened(app, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in reader.get("/incidents").text


@pytest.mark.parametrize(
    "query", ["before=x", "before=open-9999999999", "before=open-1&state=stood_down", "before=%00"]
)
def test_an_odd_cursor_is_an_ordinary_page(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/incidents?{query}").status_code == 200


def test_an_unknown_state_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/incidents?state=burning").status_code == 404
