"""The stream and the visitors of a room, as a browser sees them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import live
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, log, presence
from firebreak.web import live as pages
from firebreak.workflow import incidents, people, record, steps
from tests.conftest import NOW, Desk, SignIn, send
from tests.stories import playbook

Events = Iterator[tuple[str, str]]


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(desk: Desk, clock: Clock) -> Flask:
    return desk({"CLOCK": clock, "LIVE_SECONDS": 600})


@pytest.fixture
def reference(app: Flask) -> str:
    with app.app_context():
        return incidents.open_incident(Opening("Moms are furious"), 2, NOW, playbook=playbook()).reference


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def stream(rosa: FlaskClient) -> Iterator[Events]:
    """The events of an open stream, as (kind, data); it ends with the test."""
    answer = rosa.get("/live")
    yield events(answer)
    answer.close()


def events(answer: Any) -> Events:
    for piece in answer.response:
        for block in (piece.decode() if isinstance(piece, bytes) else piece).split("\n\n"):
            found = re.fullmatch(r"event: (\w+)\ndata: (.*)", block)
            if found:
                yield found[1], found[2]


def until(stream: Events, kind: str) -> str:
    return next(data for found, data in stream if found == kind)


# --- the stream ------------------------------------------------------------------------------------


def test_a_stream_begins_with_hello_and_tells_numbers_only(app: Flask, stream: Events, reference: str) -> None:
    assert next(stream) == ("hello", "now")
    with app.app_context():
        found = record.add_note(reference, "Secret", 2, NOW)
    assert ("changed", f"{reference} {found.seq}") in stream


def test_a_stream_is_not_kept_nor_held_back(rosa: FlaskClient) -> None:
    with rosa.get("/live") as answer:
        told = [answer.headers[name] for name in ("Content-Type", "Cache-Control", "X-Accel-Buffering")]
    assert told == ["text/event-stream; charset=utf-8", "no-store", "no"]


def test_a_stream_holds_no_connection_to_the_database(app: Flask, stream: Events) -> None:
    next(stream)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_quiet_stream_says_that_it_is_there(stream: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "BEAT", 0.05)
    assert until(stream, "beat") == "now"


def test_a_stream_ends_by_itself(app: Flask, rosa: FlaskClient) -> None:
    app.config["LIVE_SECONDS"] = 0.2
    assert rosa.get("/live").get_data(as_text=True).endswith("retry: 50\n\n")


def test_a_stream_ends_when_people_change_and_is_closed_to_who_is_out(
    app: Flask, rosa: FlaskClient, stream: Events
) -> None:
    next(stream)
    with app.app_context():
        people.disable(2, actor=1, now=NOW)
    assert {kind for kind, _ in stream} <= {"hello"}
    assert rosa.get("/live").status_code == 303


def test_signing_out_ends_the_streams_of_that_person(app: Flask, rosa: FlaskClient, stream: Events) -> None:
    next(stream)
    send(rosa, "/sign-out")
    assert {kind for kind, _ in stream} <= {"hello"}


def test_where_there_is_no_place_the_page_is_told_when_to_come_again(app: Flask, rosa: FlaskClient) -> None:
    app.extensions["firebreak_hub"].most = 0
    answer = rosa.get("/live")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_a_closed_stream_gives_its_place_back(app: Flask, rosa: FlaskClient) -> None:
    with rosa.get("/live"), app.app_context():
        assert len(live.hub().listening) == 1
    rosa.head("/live").close()
    with app.app_context():
        assert live.hub().listening == set()


def test_what_a_page_asks_by_itself_leaves_the_session_alone(rosa: FlaskClient, reference: str) -> None:
    with rosa.get("/live") as answer:
        assert "Set-Cookie" not in answer.headers
    asked = [rosa.get(f"/incidents/{reference}/changes?after=0"), send(rosa, f"/incidents/{reference}/here")]
    asked.append(rosa.get("/incidents?part=1", headers={"X-Firebreak": "background"}))
    assert [("Set-Cookie" in each.headers, each.status_code) for each in asked] == [(False, 200)] * 3


# --- who else is here ------------------------------------------------------------------------------


@pytest.fixture
def enter(app: Flask, sign_in: SignIn, reference: str) -> Callable[..., str]:
    """`enter("paul")`: that person's page says that it is seen; what it is answered, as text."""
    browsers: dict[str, FlaskClient] = {}

    def say(name: str, **more: str) -> str:
        browser = browsers.get(name) or browsers.setdefault(name, sign_in(app.test_client(), name))
        return str(send(browser, f"/incidents/{reference}/here", **more).get_data(as_text=True))

    return say


def test_people_in_a_room_see_each_other_and_not_themselves(enter: Callable[..., str]) -> None:
    assert "Also here" not in enter("rosa")
    enter("oscar")
    assert "Also here: Oscar, Rosa<" in enter("paul")


def test_who_left_is_not_shown(enter: Callable[..., str]) -> None:
    enter("rosa")
    enter("rosa", gone="yes")
    assert "Also here" not in enter("paul")


def test_who_was_not_seen_for_a_minute_is_not_shown(enter: Callable[..., str], clock: Clock) -> None:
    enter("rosa")
    clock.now += timedelta(seconds=59)
    assert "Rosa" in enter("paul")
    clock.now += timedelta(seconds=1)
    assert "Rosa" not in enter("paul")


def test_many_pages_of_one_person_write_seldom(app: Flask, enter: Callable[..., str], clock: Clock) -> None:
    enter("rosa")
    clock.now += presence.SEEN_AT_MOST_EVERY - timedelta(seconds=1)
    enter("rosa")
    with app.app_context():
        assert presence.others("FB-2026-001", 0, NOW + presence.GONE_AFTER) == []


def test_who_comes_and_goes_is_told_at_once(enter: Callable[..., str], stream: Events, reference: str) -> None:
    next(stream)
    enter("paul")
    assert until(stream, "here") == reference
    enter("paul", gone="yes")
    assert until(stream, "here") == reference


def test_visitors_are_never_in_the_log(app: Flask, enter: Callable[..., str], reference: str) -> None:
    with app.app_context():
        before = log.load(reference)
        enter("rosa")
        assert log.load(reference) == before


@pytest.mark.parametrize("unknown", ["FB-2026-999", "desk", "FB-2026-001%00"])
def test_there_is_nobody_where_there_is_no_incident(rosa: FlaskClient, unknown: str) -> None:
    assert send(rosa, f"/incidents/{unknown}/here").status_code == 404


# --- two hands on one step -------------------------------------------------------------------------


def test_of_two_who_tick_at_once_the_second_is_told_by_whom(
    app: Flask, sign_in: SignIn, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen the step open before either is stored."""
    both, finish = threading.Barrier(2), steps.finish

    def together(*wish: Any, **more: Any) -> Any:
        both.wait(10)
        return finish(*wish, **more)

    monkeypatch.setattr(steps, "finish", together)
    answers: dict[str, str] = {}

    def tick(name: str) -> None:
        browser = sign_in(app.test_client(), name)
        path = f"/incidents/{reference}/steps/name-lead/done"
        answers[name] = send(browser, path, follow=True).get_data(as_text=True)

    hands = [threading.Thread(target=tick, args=[name]) for name in ("rosa", "paul")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    told = {name: re.findall(r"Already done by (\w+)", text) for name, text in answers.items()}
    assert told in ({"rosa": [], "paul": ["Rosa"]}, {"rosa": ["Paul"], "paul": []})
    with app.app_context():
        found = log.load(reference)
        assert found is not None
        assert sum(fact.event.kind == "step:done" for fact in found.facts) == 1
