"""The settings page of tokens: one is made and shown once, listed, revoked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.store import tokens
from firebreak.workflow import people
from firebreak.workflow import tokens as workflow
from tests.conftest import NOW, SignIn, send

pytestmark = pytest.mark.one_database
PAGE = "/settings/tokens"
WRITTEN = re.compile(r"firebreak_[\w-]{43}")


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


def made(ada: FlaskClient, **fields: str) -> str:
    found = WRITTEN.search(send(ada, PAGE, **{"name": "Monitor", "access": "responder", **fields}).text)
    assert found
    return found.group()


def test_a_token_is_shown_once_and_works(ada: FlaskClient) -> None:
    token = made(ada)
    assert token not in ada.get(PAGE).text
    answer = ada.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_the_list_says_who_may_do_what_and_when_it_was_used(ada: FlaskClient) -> None:
    token = made(ada, name="<b>Monitor</b>", access="observer")
    before = ada.get(PAGE).text
    ada.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"})
    assert all(word in before for word in ("&lt;b&gt;Monitor", "Observer", "Ada", ">never<"))
    assert ">never<" not in ada.get(PAGE).text


def test_who_makes_a_token_stands_behind_it(ada: FlaskClient, app: Flask) -> None:
    made(ada)
    with app.app_context():
        assert [(each.person, each.access, works) for each, works in tokens.every()] == [(1, "responder", True)]


def test_a_token_without_a_name_is_not_made(ada: FlaskClient) -> None:
    answer = send(ada, PAGE, name=" ", access="responder")
    assert (answer.status_code, WRITTEN.search(answer.text)) == (422, None)
    assert "write something here" in answer.text


def test_a_revoked_token_says_so(ada: FlaskClient) -> None:
    token = made(ada)
    assert send(ada, f"{PAGE}/1/revoke").status_code == 303
    assert "Revoked" in ada.get(PAGE).text
    assert ada.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_whose_person_is_disabled_says_so(ada: FlaskClient, app: Flask) -> None:
    with app.app_context():
        workflow.add("Monitor", "observer", 2, None, NOW)
        people.disable(2, 1, NOW)
    assert "Ended with the account" in ada.get(PAGE).text


def test_a_token_that_never_was_cannot_be_revoked(ada: FlaskClient) -> None:
    assert [send(ada, f"{PAGE}/{id}/revoke").status_code for id in (9, 2**63)] == [404, 404]


def test_the_page_is_for_administrators(client: FlaskClient, sign_in: SignIn) -> None:
    assert sign_in(client, "paul").get(PAGE).status_code == 403
