"""Language, zone and clock of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import login_user

from firebreak.store import db
from firebreak.store.accounts import Account
from firebreak.web import locale
from firebreak.workflow import settings as workflow
from tests.conftest import NOW, SignIn, send, token

pytestmark = pytest.mark.one_database

AT = datetime(2026, 11, 21, 21, 43, tzinfo=UTC)
Reader = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def reader(app: Flask) -> Reader:
    """`with reader(zone=…, clock=…, language=…)`: a request of a person with these preferences."""

    @contextmanager
    def reading(tags: str = "", **preferences: Any) -> Iterator[None]:
        with app.test_request_context(headers={"Accept-Language": tags}):
            person = db.session.get(Account, 1)
            for name, value in preferences.items():
                setattr(person, name, value)
            with db.session.no_autoflush:
                login_user(person)
                yield
            db.session.rollback()

    return reading


def html_language(client: FlaskClient, tags: str = "") -> str:
    page = client.get("/sign-in", headers={"Accept-Language": tags}).text
    return page.split('<html lang="')[1].split('"')[0]


# --- language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hant-TW,en", "zh-Hans"),
        ("de, zh_CN;q=0.5", "zh-Hans"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_the_browsers_language_is_used_where_we_speak_it(client: FlaskClient, tags: str, expected: str) -> None:
    assert html_language(client, tags) == expected


def test_a_language_we_do_not_speak_gives_that_of_the_desk(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        workflow.change({"language": "fr"}, None, NOW)
    assert html_language(client, "de") == "fr"


def test_the_switch_goes_before_the_browser(client: FlaskClient) -> None:
    answer = send(client, "/language", language="zh", next="/sign-in")
    assert (answer.location, html_language(client, "fr")) == ("/sign-in", "zh-Hans")


def test_the_switch_leads_to_no_other_site_and_knows_three_languages(client: FlaskClient) -> None:
    answer = send(client, "/language", language="tlh", next="//evil.example")
    assert (answer.location, html_language(client, "")) == ("/", "en")


def test_the_account_goes_before_everything(client: FlaskClient, sign_in: SignIn) -> None:
    send(client, "/language", language="zh")
    send(sign_in(client, "ada"), "/account", name="Ada", phone="", language="fr", zone="", clock="24h")
    assert '<html lang="fr">' in client.get("/account", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("tags", ["en", "fr", "zh-CN"])
def test_signing_in_tells_what_is_wrong_in_every_language(client: FlaskClient, tags: str) -> None:
    fields = {"csrf_token": token(client), "email": "ada@example.org", "password": "wrong"}
    answer = client.post("/sign-in", data=fields, headers={"Accept-Language": tags})
    assert answer.status_code == 200 and "error-summary" in answer.text


# --- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        ({"zone": "Europe/Paris"}, "Sat, Nov 21, 2026, 22:43 UTC+1"),
        ({"zone": "America/New_York", "clock": "12h"}, "Sat, Nov 21, 2026, 4:43 PM UTC-5"),
        ({"zone": "Asia/Kolkata"}, "Sun, Nov 22, 2026, 03:13 UTC+5:30"),
        ({"zone": "America/St_Johns"}, "Sat, Nov 21, 2026, 18:13 UTC-3:30"),
        ({"zone": ""}, "Sat, Nov 21, 2026, 21:43 UTC"),
        ({"zone": "Mars/Olympus"}, "Sat, Nov 21, 2026, 21:43 UTC"),
        ({"zone": "Europe/Paris", "language": "fr"}, "sam. 21 nov. 2026 à 22:43 UTC+1"),
        ({"zone": "Asia/Shanghai", "language": "zh"}, "2026年11月22日周日 05:43 UTC+8"),
    ],
)
def test_a_time_is_shown_in_zone_clock_and_language_of_the_person(
    reader: Reader, preferences: dict[str, str], expected: str
) -> None:
    with reader(**preferences):
        assert locale.when(AT) == expected


def test_a_person_without_a_zone_has_that_of_the_desk(app: Flask, reader: Reader) -> None:
    with app.app_context():
        workflow.change({"zone": "Asia/Tokyo"}, None, NOW)
    with reader():
        assert (locale.when_short(AT), locale.clock_time(AT)) == ("Nov 22, 06:43", "06:43")


def test_no_time_is_shown_as_nothing(reader: Reader) -> None:
    with reader():
        assert {locale.when(None), locale.when_short(None), locale.clock_time(None), locale.duration(None)} == {""}


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(hours=4, minutes=12, seconds=59), "4 h 12 min"),
        (timedelta(hours=4), "4 h"),
        (timedelta(minutes=-12), "12 min"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(0), "0 s"),
        (timedelta(days=2, hours=3, minutes=9), "2 d 3 h"),
        (timedelta(days=40), "40 d"),
    ],
)
def test_durations_are_short(reader: Reader, length: timedelta, expected: str) -> None:
    with reader():
        assert locale.duration(length) == expected


def test_since_counts_to_the_time_of_the_request(app: Flask, reader: Reader) -> None:
    app.config["CLOCK"] = lambda: AT + timedelta(hours=4, minutes=12)
    with reader():
        assert (locale.since(AT), locale.since(AT + timedelta(days=1))) == ("4 h 12 min", "0 s")
