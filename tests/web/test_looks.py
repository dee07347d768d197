"""How a browser shows the desk, the list of keys, and the word that lets drafts go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.config import HOME
from firebreak.web import keys
from tests.conftest import SignIn, send

pytestmark = pytest.mark.one_database
DARK = re.compile(r'css/dark\.css[^>]*media="([^"]*)"')


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "rosa")


def media(client: FlaskClient) -> list[str]:
    return DARK.findall(client.get("/account").text)


def test_the_dark_theme_follows_the_device_until_somebody_chooses(rosa: FlaskClient) -> None:
    assert media(rosa) == ["screen and (prefers-color-scheme: dark)"]
    send(rosa, "/account/looks", theme="dark", keys="y")
    assert media(rosa) == ["screen"]
    send(rosa, "/account/looks", theme="light", keys="y")
    assert media(rosa) == []


@pytest.mark.parametrize("theme", ["", "purple", '"><script>'])
def test_any_other_theme_is_that_of_the_device(rosa: FlaskClient, theme: str) -> None:
    send(rosa, "/account/looks", theme=theme)
    rosa.set_cookie("firebreak_theme", theme)
    assert media(rosa) == ["screen and (prefers-color-scheme: dark)"]


def test_keys_are_on_until_they_are_turned_off(rosa: FlaskClient) -> None:
    assert "js/keys.js" in rosa.get("/account").text
    send(rosa, "/account/looks", theme="")
    page = rosa.get("/account").text
    assert "js/keys.js" not in page and "keys-sheet" not in page


def test_the_list_of_keys_is_a_page_of_its_own(rosa: FlaskClient) -> None:
    page = rosa.get("/help/keys").text
    assert "<kbd>n</kbd>" in page and "write a note" in page


def test_every_key_that_a_page_names_is_in_the_list() -> None:
    listed = {key for _title, rows in keys.SHEET for names, _does in rows for key in names}
    pages = (path.read_text("utf-8") for path in Path(HOME / "templates").rglob("*.html"))
    named = {key for page in pages for key in re.findall(r'data[-_]key="([^"{]+)"', page)}
    assert named - {"l "} <= listed


def accepted(answer: Any) -> list[str]:
    cookies = answer.headers.getlist("Set-Cookie")
    return [each.split(";")[0].partition("=")[2] for each in cookies if each.startswith("firebreak_accepted=")]


def test_an_accepted_form_is_named_to_the_next_page(rosa: FlaskClient) -> None:
    answer = send(rosa, "/account", name="Rosa L.", clock="24h")
    assert accepted(answer) == ["%2Faccount"]


def test_a_form_with_an_error_is_not(rosa: FlaskClient) -> None:
    assert accepted(send(rosa, "/account", name="", clock="13h")) == []


def test_a_form_that_leads_to_the_password_page_is_not(client: FlaskClient, sign_in: SignIn) -> None:
    ada = sign_in(client, "ada")
    with ada.session_transaction() as session:
        session["fs_paa"] -= 7200
    answer = send(ada, "/settings", desk_name="Another")
    assert answer.location.startswith("/confirm-password") and accepted(answer) == []


def test_drafts_know_their_owner_by_a_word_that_names_nobody(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    owners = {
        re.findall(r'data-account="(\w+)"', sign_in(client, name).get("/account").text)[0] for name in ("ada", "rosa")
    }
    assert len(owners) == 2 and all(len(owner) == 16 for owner in owners)
