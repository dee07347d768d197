"""Ways in that are closed, secrets that stay secret, and what was erased."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from firebreak import serve
from firebreak.domain.refusal import Refused
from firebreak.notify import webhook
from firebreak.notify.notice import SendError
from firebreak.store import db, log
from firebreak.store.accounts import Account
from firebreak.web import links
from firebreak.workflow import people, record, settings
from tests.conftest import NOW, SignIn, send, token

Parts = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    """The desk at a fixed time."""
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def ada(app: Flask, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), "ada")


# --- ways in ---------------------------------------------------------------------------------------


def test_a_link_that_a_stranger_asked_for_never_leads_to_a_host_of_the_strangers(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    told: list[str] = []
    monkeypatch.setattr(links, "send_by_mail", lambda _person, _purpose, address: told.append(address) or "")
    with app.app_context():
        settings.change({"mail_host": "127.0.0.1", "mail_port": 1, "mail_sender": "d@example.org"}, None, NOW)
    with app.test_request_context("/forgotten", base_url="https://evil.example"):
        links._send_in_background("ada@example.org")
    [thread.join() for thread in threading.enumerate() if thread.name == "forgotten"]
    assert told and told[0].startswith("http://127.0.0.1:5000/link/")


@pytest.mark.one_database
def test_a_visitor_does_not_escape_the_limits_by_naming_other_addresses(client: FlaskClient) -> None:
    told = {"csrf_token": token(client), "email": "ada@example.org", "password": "no"}
    spoofed = [{"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.0.1.{n}", "Forwarded": "for=1"} for n in range(11)]
    assert client.post("/sign-in", data=told, headers=spoofed[0]).status_code == 200
    assert [client.post("/sign-in", data=told, headers=each).status_code for each in spoofed][-1] == 429


def test_the_server_hands_on_no_header_that_moves_its_addresses() -> None:
    options = serve.gunicorn(3, serve.APP, 1, 4)
    assert options[options.index("--forwarded-allow-ips") + 1] == ""


@pytest.mark.parametrize("purpose", ["reset", "invitation"])
def test_of_two_who_use_a_link_at_once_one_sets_the_password(
    app: Flask, person: Callable[[str], Account], purpose: str
) -> None:  # fmt: skip
    with app.app_context():
        link = people.issue_link(person("rosa").id, purpose, None, datetime.now(UTC))
    told: list[str] = []

    def use(number: int) -> None:
        try:
            with app.app_context():
                people.redeem_link(link, f"hash {number}", datetime.now(UTC))
                told.append("set")
        except Refused as refused:
            told.append(refused.code)

    racers = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    [racer.start() for racer in racers]
    [racer.join() for racer in racers]
    assert sorted(told) == ["link_over"] * 3 + ["set"]


# --- secrets ---------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("signed_in", [True, False])
def test_no_password_comes_back_from_a_form_that_was_not_taken(
    app: Flask, rosa: FlaskClient, signed_in: bool
) -> None:  # fmt: skip
    browser = rosa if signed_in else app.test_client()
    told = {"old": "hunter2 one", "password": "hunter2 two", "again": "hunter2 two"}
    assert "hunter2" not in browser.post("/account/password", data={**told, "csrf_token": "old"}).text


def test_errors_of_the_database_do_not_tell_what_was_to_be_stored(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    with app.app_context(), pytest.raises(sa.exc.DBAPIError) as error, db.engine.connect() as connection:
        connection.execute(sa.text("select * from nowhere where secret = :secret"), {"secret": "hunter2"})
    assert "hunter2" not in str(error.value)


@pytest.mark.one_database
def test_the_secrets_of_mail_and_webhook_are_on_no_page(app: Flask, ada: FlaskClient) -> None:
    with app.app_context():
        kept = {"mail_user": "u", "mail_password": "hunter2", "webhook_secret": "whsec_hunter2"}
        settings.change(kept, None, NOW)
    assert not any("hunter2" in ada.get(f"/settings{page}").text for page in ("", "/mail", "/webhook", "/channels"))


# --- what the desk calls ---------------------------------------------------------------------------


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[::a9fe:a9fe]", "[2002:a9fe:a9fe::1]"],
)
def test_the_keys_of_a_cloud_are_not_reached_by_any_spelling(host: str, private: bool) -> None:
    with pytest.raises(SendError, match="forbidden_address"):
        webhook.check(f"http://{host}/latest", private)


# --- erasing ---------------------------------------------------------------------------------------


def test_what_was_erased_is_on_no_page_and_in_no_table(
    app: Flask, rosa: FlaskClient, ada: FlaskClient, parts: Parts, room: str
) -> None:  # fmt: skip
    send(rosa, f"{room}/title", **{"title-title": "Jane Doe was seen"})
    send(rosa, f"{room}/notes", **{"note-text": "Jane Doe again", "note-files": (BytesIO(PNG), "Jane Doe.png")})
    with app.app_context():
        seqs = [fact.seq for fact in log.load(parts["reference"]).facts if "Jane" in str(fact.event.data)]
        record.erase(parts["reference"], seqs, "Asked to", 1, NOW)
        rows = [row for table in sa.inspect(db.engine).get_table_names() for row in _rows(table)]
    assert not any("jane" in str(row).lower() for row in rows)
    assert not any("Jane" in ada.get(path).text for path in (room, "/incidents", f"{room}/log/{seqs[0]}"))


def _rows(table: str) -> list[Any]:
    """The words of SQLite's search can not be read as a table; those that hold its parts can."""
    if table == "search_words" and db.engine.dialect.name == "sqlite":
        return []
    with db.engine.connect() as connection:
        return list(connection.execute(sa.text(f'select * from "{table}"')))
