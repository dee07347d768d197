"""Response headers: a strict content policy on every answer, nothing kept by browsers, HSTS where it is https."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SignIn, send

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/nowhere", "/static/css/base.css", "/people"])
def test_every_answer_has_a_policy_without_anything_inline(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy and "data:" not in policy and "*" not in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
        ("Cache-Control", "no-store"),
    ],
)
def test_pages_carry_the_other_headers(client: FlaskClient, sign_in: SignIn, name: str, value: str) -> None:
    assert value in sign_in(client, "ada").get("/people").headers[name]


def test_only_a_desk_reached_by_https_asks_for_https(desk: Callable[..., Flask]) -> None:
    plain, safe = desk(), desk(public_url="https://desk.example.org")
    assert "Strict-Transport-Security" not in plain.test_client().get("/healthz").headers
    assert "max-age=" in safe.test_client().get("/healthz").headers["Strict-Transport-Security"]


def test_cookies_of_a_desk_reached_by_https_travel_by_https_only(desk: Callable[..., Flask]) -> None:
    client = desk(public_url="https://desk.example.org").test_client()
    assert "Secure" in client.get("/sign-in", base_url="https://desk.example.org").headers["Set-Cookie"]


def test_a_health_check_needs_no_sign_in(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text.splitlines()[0]) == (200, "ok")


PAGES = [
    *("/account", "/account/password", "/account/second-step"),
    *("/people", "/people/add", "/people/2", "/people/2/erase"),
    *("/settings", "/settings/channels", "/settings/mail", "/settings/webhook"),
]


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten", "/link/none", "/setup/none", *PAGES])
def test_no_page_has_script_or_style_inside(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    page = (sign_in(client, "ada") if path in PAGES else client).get(path).text
    assert "<style" not in page and " style=" not in page and "<script>" not in page and " onclick=" not in page
    assert "data:" not in page


@pytest.mark.parametrize("path", PAGES)
def test_every_form_carries_its_token(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    page = sign_in(client, "ada").get(path).text
    assert page.count("<form") == page.count('name="csrf_token"') > 0


def test_a_link_shown_once_is_not_kept_by_the_browser(client: FlaskClient, sign_in: SignIn) -> None:
    assert send(sign_in(client, "ada"), "/people/2/link").headers["Cache-Control"] == "no-store"
