"""The desk's settings: what is kept, what is refused, what never comes back to the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.store import queries
from firebreak.workflow import settings as workflow
from tests.conftest import NOW, SignIn, send
from tests.web.test_people import last

pytestmark = pytest.mark.long_on_postgres

DESK = {
    "desk_name": "Night desk", "brands": "Motrin\n Tylenol \n\nMotrin", "language": "fr", "zone": "Europe/Paris",
    "country": "FR", "two_factor_required": "", **{f"hours_{day}": "9h-12h30, 14-18" for day in range(5)},
}  # fmt: skip
MAIL = {"mail_host": "smtp.example.org", "mail_port": "587", "mail_security": "starttls", "mail_user": "desk"}
MAIL = {**MAIL, "mail_password": "s3cret-word", "mail_sender": "desk@example.org"}


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


@pytest.fixture
def stored(app: Flask) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        with app.app_context():
            return queries.settings()[name]

    return read


def test_the_desk_is_kept_as_typed_and_tidied(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    send(ada, "/settings", **DESK)
    assert stored("brands") == ["Motrin", "Tylenol"]
    assert stored("staffed") == ["09:00-12:30, 14:00-18:00"] * 5 + ["", ""]


def test_a_change_is_logged_by_the_names_of_its_fields_only(app: Flask, ada: FlaskClient) -> None:
    send(ada, "/settings/mail", **MAIL)
    assert last(app) == (
        "settings:changed",
        {"fields": ["mail_host", "mail_password", "mail_sender", "mail_user"]},
    )


@pytest.mark.parametrize(
    ("hours", "problem"),
    [("soon", "write hours like"), ("18:00-09:00", "the end is not after"), ("9-12, 11-14", "overlap")],
)
def test_hours_that_cannot_be_read_are_refused_at_their_day(
    ada: FlaskClient, stored: Callable[[str], Any], hours: str, problem: str
) -> None:
    page = send(ada, "/settings", **{**DESK, "hours_5": hours}).text
    assert problem in page and 'id="hours_5-error"' in page
    assert stored("desk_name") == "Firebreak"


@pytest.mark.parametrize(("field", "value"), [("zone", "Moon/Base"), ("country", "XX"), ("language", "de")])
def test_unknown_choices_are_refused(ada: FlaskClient, stored: Callable[[str], Any], field: str, value: str) -> None:
    assert "Not a valid choice" in send(ada, "/settings", **{**DESK, field: value}).text
    assert stored(field) != value


def test_countries_have_names_in_the_readers_language(app: Flask, ada: FlaskClient) -> None:
    page = ada.get("/settings", headers={"Accept-Language": "fr"}).text
    assert '<option value="DE">Allemagne</option>' in page


# --- channels --------------------------------------------------------------------------------------


def row(number: int, channel: str, owner: int = 0, address: str = "") -> dict[str, str]:
    return {f"rows-{number}-channel": channel, f"rows-{number}-owner": str(owner), f"rows-{number}-address": address}


def test_channels_are_kept_with_owner_and_address(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    send(ada, "/settings/channels", **row(0, "x", 2, "@desk"), **row(1, ""), **row(2, "weibo"))
    assert stored("channels") == [
        {"channel": "x", "owner": 2, "address": "@desk"},
        {"channel": "weibo", "owner": None, "address": ""},
    ]


def test_another_row_keeps_what_was_typed_and_stores_nothing(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    page = send(ada, "/settings/channels", **row(0, "x", 2, "@desk"), add="1").text
    assert 'value="@desk"' in page and 'name="rows-1-channel"' in page
    assert stored("channels") == []


def test_an_owner_must_be_somebody(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    send(ada, "/settings/channels", **row(0, "x", 99))
    assert stored("channels") == []


# --- secrets ---------------------------------------------------------------------------------------


def test_the_mail_password_never_comes_back_to_the_browser(ada: FlaskClient) -> None:
    send(ada, "/settings/mail", **MAIL)
    page = ada.get("/settings/mail").text
    assert "s3cret-word" not in page and "A password is kept" in page


def test_a_password_left_empty_stays_and_goes_with_its_user(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    send(ada, "/settings/mail", **MAIL)
    send(ada, "/settings/mail", **{**MAIL, "mail_password": "", "mail_port": "465"})
    assert (stored("mail_password"), stored("mail_port")) == ("s3cret-word", 465)
    send(ada, "/settings/mail", **{**MAIL, "mail_password": "", "mail_user": ""})
    assert stored("mail_password") == ""


def test_the_first_webhook_brings_a_secret_shown_once(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    page = send(ada, "/settings/webhook", webhook_url="http://127.0.0.1:9/hook", webhook_private="y").text
    secret = re.findall(r"whsec_[\w+/=]{44}", page)[0]
    assert stored("webhook_secret") == secret
    assert secret not in ada.get("/settings/webhook").text


def test_a_new_secret_takes_the_place_of_the_old(app: Flask, ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    with app.app_context():
        old = workflow.new_webhook_secret(None, NOW)
    page = send(ada, "/settings/webhook/secret").text
    assert stored("webhook_secret") != old and stored("webhook_secret") in page


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("ftp://example.org/", ""),
        ("javascript:alert(1)", ""),
        ("http:///x", ""),
        ("http://127.0.0.1/", ""),
        ("http://10.0.0.1/", ""),
        ("http://[::1]/", ""),
        ("http://169.254.169.254/latest/meta-data", "y"),
        ("http://100.100.100.200/", "y"),
        ("http://0.0.0.0/", "y"),
    ],
)
def test_webhook_addresses_that_are_dangerous_are_refused(
    ada: FlaskClient, stored: Callable[[str], Any], url: str, private: str
) -> None:
    fields = {"webhook_url": url, **({"webhook_private": "y"} if private else {})}
    assert send(ada, "/settings/webhook", **fields).status_code == 200
    assert stored("webhook_url") == ""


def test_a_sender_that_is_no_address_is_refused_at_once(ada: FlaskClient, stored: Callable[[str], Any]) -> None:
    answer = send(ada, "/settings/mail", **{**MAIL, "mail_sender": "The desk"})
    assert "Desk &lt;desk@example.org&gt;" in answer.text
    assert stored("mail_sender") == ""
