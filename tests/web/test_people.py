"""People: adding, access, disabling, erasing, and the account page; each change is in the desk's log."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from firebreak.commands.people import people as command
from firebreak.domain.events import Entry
from firebreak.domain.refusal import Refused
from firebreak.store import db, reading
from firebreak.store.accounts import Account
from firebreak.workflow import people
from firebreak.workflow import settings as workflow
from tests.conftest import NOW, SignIn, send

pytestmark = pytest.mark.long_on_postgres

Person = Callable[[str], Account]
EVE = {"name": "Eve", "email": "eve@example.org", "access": "responder"}


def desk_log(app: Flask) -> list[Entry]:
    with app.app_context(), db.engine.connect() as connection:
        return list(reading.entries(connection, "desk"))


def last(app: Flask) -> tuple[str, dict[str, Any]]:
    event = desk_log(app)[-1].event
    return event.kind.value, dict(event.data)


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


# --- who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["oscar", "rosa", "paul"])
def test_only_administrators_reach_people_and_settings(client: FlaskClient, sign_in: SignIn, name: str) -> None:
    sign_in(client, name)
    paths = ["/people", "/people/add", "/people/1", "/settings", "/settings/mail", "/settings/webhook"]
    assert {client.get(path).status_code for path in paths} == {403}


def test_nobody_but_an_administrator_changes_access(client: FlaskClient, sign_in: SignIn, person: Person) -> None:
    rosa = person("rosa").id
    assert send(sign_in(client, "rosa"), f"/people/{rosa}/access", access="administrator").status_code == 403
    assert person("rosa").access == "responder"


# --- adding ----------------------------------------------------------------------------------------


def test_adding_shows_an_invitation_once_with_which_the_person_gets_in(app: Flask, ada: FlaskClient) -> None:
    page = send(ada, "/people/add", **EVE)
    link = re.findall(r"http://localhost(/link/[\w-]+)", page.text)[0]
    browser = app.test_client()
    send(browser, link, password="many words make it", again="many words make it")
    send(browser, "/sign-in", email="eve@example.org", password="many words make it")
    assert browser.get("/account").status_code == 200


def test_adding_is_logged_with_the_name_in_the_part_that_can_be_erased(app: Flask, ada: FlaskClient) -> None:
    send(ada, "/people/add", **EVE)
    added = next(entry for entry in reversed(desk_log(app)) if entry.event.kind.value == "person:added")
    assert added.event.codes == {"person": 5, "access": "responder"}
    assert added.event.body == {"name": "Eve", "email": "eve@example.org"}


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("email", "ada@EXAMPLE.org", "Another account has this address"),
        ("email", "nowhere", "Write an address like"),
        ("name", " ", "Name: write something here"),
        ("name", "E\0ve", "at position 2"),
        ("access", "king", "Not a valid choice"),
    ],
)
def test_a_person_that_cannot_be_added_is_refused_with_the_reason(
    ada: FlaskClient, field: str, value: str, problem: str
) -> None:
    assert problem in send(ada, "/people/add", **{**EVE, field: value}).text


def test_a_persons_page_is_about_that_person_and_not_about_the_reader(ada: FlaskClient, person: Person) -> None:
    rosa = person("rosa").id
    page = ada.get(f"/people/{rosa}").text
    assert "<h1>Rosa</h1>" in page and f'formaction="/people/{rosa}/disable"' in page
    assert "<h1>Erase Rosa?</h1>" in ada.get(f"/people/{rosa}/erase").text


def test_hostile_names_are_shown_harmless(ada: FlaskClient) -> None:
    send(ada, "/people/add", **{**EVE, "name": "<script>alert(1)</script>"})
    page = ada.get("/people").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_an_address_inside_the_company_is_an_address(ada: FlaskClient, app: Flask) -> None:
    send(ada, "/people/add", **{**EVE, "email": "eve@desk.local"})
    assert "eve@desk.local" in ada.get("/people").text


# --- changing --------------------------------------------------------------------------------------


def test_changing_access_is_logged_with_what_it_was(app: Flask, ada: FlaskClient, person: Person) -> None:
    send(ada, f"/people/{person('oscar').id}/access", access="responder")
    assert last(app) == ("access:changed", {"person": 3, "access": "responder", "previous": "observer"})


@pytest.mark.parametrize("wish", ["disable", "erase"])
def test_the_last_administrator_stays(app: Flask, ada: FlaskClient, person: Person, wish: str) -> None:
    page = send(ada, f"/people/{person('ada').id}/{wish}", follow=True).text
    assert "This is the last administrator" in page
    assert person("ada").active and person("ada").access == "administrator"


def test_the_last_administrator_cannot_be_demoted_by_racing_ones(app: Flask, person: Person) -> None:
    with app.app_context():
        people.give_access(person("rosa").id, "administrator", None, NOW)
        people.give_access(person("ada").id, "observer", None, NOW)
        with pytest.raises(Refused, match="last_administrator"):
            people.give_access(person("rosa").id, "observer", None, NOW)


def test_a_disabled_administrator_does_not_count(app: Flask, person: Person) -> None:
    with app.app_context():
        people.give_access(person("rosa").id, "administrator", None, NOW)
        people.disable(person("rosa").id, None, NOW)
        with pytest.raises(Refused, match="last_administrator"):
            people.disable(person("ada").id, None, NOW)


def test_a_change_that_changes_nothing_is_not_logged(app: Flask, ada: FlaskClient, person: Person) -> None:
    before = len(desk_log(app))
    send(ada, f"/people/{person('rosa').id}", name="Rosa", email="rosa@example.org")
    send(ada, f"/people/{person('rosa').id}/access", access="responder")
    assert len(desk_log(app)) == before


def test_an_unknown_person_is_not_found(ada: FlaskClient) -> None:
    assert (ada.get("/people/99").status_code, send(ada, "/people/99/disable").status_code) == (404, 404)


def test_taking_the_second_step_off_leaves_the_password(app: Flask, ada: FlaskClient, person: Person) -> None:
    with app.app_context():
        people.set_second_step(2, "secret", ["one"], 2, NOW)
    send(ada, "/people/2/reset-second-step")
    assert (person("rosa").tf_totp_secret, person("rosa").mf_recovery_codes) == (None, [])
    assert last(app) == ("account:secured", {"person": 2, "what": "second_step_removed"})


# --- erasing ---------------------------------------------------------------------------------------


def test_erasing_leaves_a_number_and_no_name(app: Flask, ada: FlaskClient) -> None:
    send(ada, "/account", name="Ada", phone="", language="", zone="", clock="24h")
    send(ada, "/people/2/erase")
    with app.app_context():
        rosa = db.session.get(Account, 2)
        assert rosa is not None and rosa.erased_at is not None
        assert (rosa.name, rosa.email, rosa.password) == ("Erased person 2", "erased-2@invalid", None)


def test_erasing_empties_what_the_log_holds_about_the_person(app: Flask, ada: FlaskClient) -> None:
    send(ada, "/people/2/erase")
    entries = desk_log(app)
    assert last(app) == ("person:erased", {"person": 2, "entries": [2]})
    assert not any("Rosa" in str(entry.event.data) for entry in entries) and entries[1].erased


def test_the_chain_of_the_log_holds_after_an_erasure(app: Flask, ada: FlaskClient) -> None:
    from firebreak import maintenance

    send(ada, "/people/2/erase")
    with app.app_context():
        assert [finding.broken for finding in maintenance.verify()] == [""]


def test_an_erased_person_is_out_at_once_and_gone_from_the_list(app: Flask, ada: FlaskClient, sign_in: SignIn) -> None:
    rosa = sign_in(app.test_client(), "rosa")
    send(ada, "/people/2/erase")
    assert rosa.get("/account").status_code == 303
    assert "rosa@example.org" not in ada.get("/people").text


# --- one's own account -----------------------------------------------------------------------------


def test_a_person_changes_phone_zone_language_and_clock(app: Flask, ada: FlaskClient, person: Person) -> None:
    wish = {"name": "Ada", "phone": "+33 1 23", "language": "fr", "zone": "Europe/Paris", "clock": "12h"}
    send(ada, "/account", **wish)
    assert {field: getattr(person("ada"), field) for field in wish} == wish
    assert last(app) == ("person:changed", {"person": 1, "fields": ["clock", "language", "phone", "zone"]})


@pytest.mark.parametrize(("field", "value"), [("zone", "Mars/Olympus"), ("language", "tlh"), ("clock", "36h")])
def test_unknown_choices_are_refused(ada: FlaskClient, person: Person, field: str, value: str) -> None:
    wish = {"name": "Ada", "phone": "", "language": "", "zone": "", "clock": "24h", field: value}
    assert "Not a valid choice" in send(ada, "/account", **wish).text
    assert getattr(person("ada"), field) != value


# --- mail ------------------------------------------------------------------------------------------


class Box:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def box(app: Flask) -> Iterator[Box]:
    """The desk's mail server."""
    kept = Box()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    server = {"mail_host": "127.0.0.1", "mail_port": port, "mail_security": "none", "mail_sender": "desk@example.org"}
    with app.app_context():
        workflow.change(server, None, NOW)
    yield kept
    controller.stop()


def test_where_the_desk_has_mail_the_invitation_goes_out_as_well(ada: FlaskClient, box: Box) -> None:
    page = send(ada, "/people/add", **EVE).text
    receivers, letter = box.letters[0]
    assert receivers == ["eve@example.org"] and "It was mailed to eve@example.org" in page
    assert re.search(r"http://localhost/link/[\w-]{43}", letter.replace("=\r\n", ""))


def test_a_forgotten_password_brings_a_link_by_mail_that_works(client: FlaskClient, box: Box, app: Flask) -> None:
    send(client, "/forgotten", email="ROSA@example.org")
    [thread.join() for thread in threading.enumerate() if thread.name == "forgotten"]
    link = re.findall(r"http://127.0.0.1:5000(/link/[\w-]{43})", box.letters[0][1].replace("=\r\n", ""))[0]
    assert client.get(link).status_code == 200


def test_the_test_mail_goes_to_oneself(ada: FlaskClient, box: Box) -> None:
    page = send(ada, "/settings/mail/test", follow=True).text
    assert box.letters[0][0] == ["ada@example.org"] and "took the test mail" in page


def test_a_test_mail_that_fails_tells_the_real_reason(app: Flask, ada: FlaskClient) -> None:
    with app.app_context():
        workflow.change({"mail_host": "127.0.0.1", "mail_port": 1, "mail_sender": "d@example.org"}, None, NOW)
    assert "Connection refused" in send(ada, "/settings/mail/test", follow=True).text


# --- the command line ------------------------------------------------------------------------------


@pytest.fixture
def shell(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`firebreak people …` on this test's database."""
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database)
    return lambda *words, typed="": CliRunner().invoke(command, words, input=typed)


def test_a_person_is_added_from_the_shell_with_a_password(shell: Callable[..., Any]) -> None:
    added = shell(
        "add", "eve@example.org", "--name", "Eve", "--role", "observer", "--password-stdin", typed="row of four words\n"
    )
    assert added.output == "eve@example.org is observer.\n"
    assert "observer       active    eve@example.org" in shell("list").output


def test_without_a_password_the_shell_prints_a_link_that_works(shell: Callable[..., Any], client: FlaskClient) -> None:
    added = shell("add", "eve@example.org", "--name", "Eve", "--role", "responder")
    assert client.get(re.findall(r"/link/[\w-]{43}", added.output)[0]).status_code == 200


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["disable", "ada@example.org"], "Error: this is the last administrator"),
        (["erase", "nobody@example.org"], "Error: nobody has the address nobody@example.org"),
        (["add", "ada@example.org", "--name", "A", "--role", "observer"], "Error: another account has this address"),
        (["add", "ada", "--name", "A", "--role", "observer"], "Error: ada is not an address"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_one_line(shell: Callable[..., Any], words: list[str], told: str) -> None:
    answer = shell(*words)
    assert answer.exit_code == 1 and answer.output.startswith(told) and answer.output.count("\n") == 1
