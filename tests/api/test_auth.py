"""Who may come in: tokens and nothing else, and how the API says no."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.api import auth
from firebreak.domain.events import EventKind
from firebreak.domain.refusal import Refused
from firebreak.store import db, log, reading
from firebreak.store import tokens as store
from firebreak.store.models import ApiToken
from firebreak.workflow import people, tokens
from tests.api.conftest import TEXT, Program, Watch
from tests.conftest import NOW, SignIn, token

ROSA = 2
PROBLEM = "application/problem+json"


def only_token(app: Flask) -> ApiToken:
    with app.app_context():
        return store.every()[0][0]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer " + "x" * 300, "Bearer é"]
)
def test_without_a_token_that_works_it_is_a_401_problem(app: Flask, header: str | None) -> None:
    answer = app.test_client().get("/api/v1/incidents", headers={"Authorization": header} if header is not None else {})
    assert (answer.status_code, answer.content_type, answer.json["code"]) == (401, PROBLEM, "no_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.one_database
def test_a_session_of_the_pages_opens_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "ada")
    assert client.get("/api/v1/incidents").status_code == 401
    sent = client.post("/api/v1/incidents", json={"text": TEXT}, headers={"X-CSRFToken": token(client)})
    assert sent.status_code == 401


@pytest.mark.one_database
def test_a_token_opens_no_page(bridge: Program) -> None:
    headers = {"Authorization": f"Bearer {bridge.token}"}
    assert bridge.app.test_client().get("/incidents", headers=headers).location.startswith("/sign-in")


def test_a_revoked_token_opens_nothing(bridge: Program, app: Flask) -> None:
    with app.app_context():
        tokens.revoke(1, 1, NOW)
        tokens.revoke(1, 1, NOW)
        with db.engine.connect() as connection:
            kinds = [entry.event.kind for entry in reading.entries(connection, log.DESK)]
    assert bridge.get("/incidents").status_code == 401
    assert kinds[-2:] == [EventKind.TOKEN_ADDED, EventKind.TOKEN_REVOKED]


def test_only_the_hash_of_a_token_is_kept(bridge: Program, app: Flask) -> None:
    kept = only_token(app)
    assert kept.token_hash == people.fingerprint(bridge.token)
    assert bridge.token not in {kept.name, kept.token_hash, kept.access}


def test_last_use_is_noted_once_a_minute(bridge: Program, app: Flask, watch: Watch) -> None:
    assert only_token(app).last_used_at is None
    noted = []
    for seconds in (0, 30, 40):
        watch.wait(seconds=seconds)
        bridge.get("/incidents")
        noted.append(only_token(app).last_used_at)
    assert noted == [NOW, NOW, NOW + timedelta(seconds=70)]


def test_a_token_ends_with_the_person_behind_it(program: Callable[..., Program], app: Flask) -> None:
    rosas = program(person=ROSA)
    assert rosas.get("/incidents").status_code == 200
    with app.app_context():
        people.disable(ROSA, 1, NOW)
    assert rosas.get("/incidents").status_code == 401


def test_a_token_goes_no_further_than_the_person_behind_it(program: Callable[..., Program], app: Flask) -> None:
    rosas = program("administrator", person=ROSA)
    assert rosas.post("/incidents", {"text": TEXT}).status_code == 201
    with app.app_context():
        people.give_access(ROSA, "observer", 1, NOW)
    assert rosas.post("/incidents", {"text": TEXT}).json["facts"] == {"needs": "responder", "access": "observer"}


@pytest.mark.one_database
def test_an_observer_reads_and_matches_and_changes_nothing(program: Callable[..., Program]) -> None:
    room, observer = program().opened(), program("observer")
    assert [observer.get(path).status_code for path in (room, f"{room}/log", "/incidents", "/playbooks")] == [200] * 4
    assert observer.post("/match", {"text": TEXT}).status_code == 200
    answer = observer.post(f"{room}/notes", {"text": "x"})
    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


@pytest.mark.one_database
def test_a_token_needs_a_name_a_known_access_and_a_person_who_is_there(inside: Flask) -> None:
    codes = []
    for wish in ((" ", "observer", None), ("x" * 101, "observer", None), ("a", "king", None), ("a", "observer", 99)):
        with pytest.raises(Refused) as refused:
            tokens.add(*wish, None, NOW)
        codes.append(refused.value.code)
    assert codes == ["required", "too_long", "unknown_access", "disabled"]


@pytest.mark.one_database
def test_what_a_program_did_bears_its_name_on_the_pages(bridge: Program, client: FlaskClient, sign_in: SignIn) -> None:
    room = bridge.opened()
    sign_in(client, "oscar")
    assert "bridge" in client.get(room).text


# --- how it says no --------------------------------------------------------------------------------


@pytest.mark.one_database
def test_unknown_addresses_and_methods_are_problems(bridge: Program) -> None:
    headers = {"Authorization": f"Bearer {bridge.token}"}
    wrong = bridge.app.test_client().patch("/api/v1/incidents", json={}, headers=headers)
    assert (wrong.status_code, wrong.content_type) == (405, PROBLEM)
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))
    assert (bridge.get("/nothing").status_code, bridge.get("/nothing").content_type) == (404, PROBLEM)
    assert bridge.post("/nothing", {}).json["code"] == "not_found"


@pytest.mark.one_database
def test_pages_keep_their_own_errors(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "ada")
    answers = [client.get("/nothing"), client.delete("/incidents")]
    assert [(each.status_code, each.mimetype) for each in answers] == [(404, "text/html"), (405, "text/html")]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (b'{"text": "x"}', "text/plain", 415),
        (b"text=x", "application/x-www-form-urlencoded", 415),
        (b"", "", 415),
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"\xff", "application/json", 422),
        (b'"\\ud800"', "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"text": "' + b"x" * 1_000_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_or_too_big_is_a_problem(
    bridge: Program, data: bytes, media_type: str, status: int
) -> None:
    answer = bridge.raw("/match", data, media_type)
    assert (answer.status_code, answer.content_type, answer.json["status"]) == (status, PROBLEM, status)


@pytest.mark.one_database
def test_who_asks_too_often_is_told_when_to_come_again(
    bridge: Program, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "REQUESTS", 2)
    assert [bridge.get("/incidents").status_code for _ in range(2)] == [200, 200]
    watch.wait(seconds=20)
    answer = bridge.get("/incidents")
    assert (answer.status_code, answer.content_type, answer.headers["Retry-After"]) == (429, PROBLEM, "40")
    watch.wait(seconds=40)
    assert bridge.get("/incidents").status_code == 200


@pytest.mark.one_database
def test_a_fault_and_a_database_that_is_away_are_problems(bridge: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from firebreak.store import finding

    def fail(error: Exception) -> Any:
        def raising(*_wanted: Any) -> None:
            raise error

        monkeypatch.setattr(finding, "incidents", raising)
        return bridge.get("/incidents")

    bridge.app.config["PROPAGATE_EXCEPTIONS"] = False
    answers = [
        fail(OperationalError("", {}, OSError())),
        fail(ProgrammingError("", {}, OSError())),
        fail(KeyError("x")),
    ]
    assert [(each.status_code, each.content_type) for each in answers] == [(s, PROBLEM) for s in (503, 500, 500)]
    assert answers[0].headers["Retry-After"] == "5"
    full = fail(OSError(errno.ENOSPC, "full"))
    assert (full.status_code, full.content_type, fail(OSError()).status_code) == (503, PROBLEM, 500)


# --- the document ----------------------------------------------------------------------------------


@pytest.mark.one_database
def test_the_document_is_open_to_all(bridge: Program, client: FlaskClient) -> None:
    assert bridge.get("/openapi.json").json["openapi"].startswith("3.1")
    assert client.get("/api/v1/openapi.json").json["info"]["title"] == "Firebreak"


@pytest.mark.one_database
def test_the_document_can_be_read_as_a_page(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "oscar").get("/api").text
    assert "POST /api/v1/incidents/{reference}/stand-down" in page
    assert all(f'id="problem-{code}"' in page for code in ("malformed", "critical_steps_open", "key_reused"))
