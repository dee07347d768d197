"""The ways in: password, second step, links, limits, and the ends of a session."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.proxies import _security as security

from firebreak.domain.refusal import Refused
from firebreak.store.accounts import Account
from firebreak.web.setup import first_link
from firebreak.workflow import people
from firebreak.workflow import settings as workflow
from tests.conftest import PASSWORD, SignIn, send

pytestmark = pytest.mark.long_on_postgres

Person = Callable[[str], Account]
NEW = "another row of four words"
SETUP = {"name": "Eve", "email": "eve@example.org", "password": NEW, "again": NEW, "language": "en", "zone": "UTC"}


def enter(client: FlaskClient, name: str = "ada", password: str = PASSWORD) -> int:
    """Sign in by the form; the status of a page that needs it."""
    send(client, "/sign-in", email=f"{name}@example.org", password=password)
    return client.get("/account").status_code


def now() -> datetime:
    return datetime.now(UTC)


# --- the password ----------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/people?x=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/people?x%3D1")


def test_the_right_password_lets_in_and_goes_on_to_the_page_asked_for(client: FlaskClient) -> None:
    answer = send(client, "/sign-in", email="Ada@Example.org", password=PASSWORD, next="/people?x=1")
    assert (answer.location, client.get("/account").status_code) == ("/people?x=1", 200)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    answer = send(client, "/sign-in", email="ada@example.org", password=PASSWORD, next=target)
    assert re.match(r"/(?![/\\])|$", answer.location or "")


def test_wrong_password_unknown_address_and_disabled_account_get_the_same_answer(
    app: Flask, client: FlaskClient, person: Person
) -> None:
    with app.app_context():
        people.disable(person("oscar").id, None, now())
    tries = [("ada", "wrong"), ("nobody", PASSWORD), ("oscar", PASSWORD), ("", "")]
    pages = [send(client, "/sign-in", email=f"{who}@example.org", password=word).text for who, word in tries]
    assert len({re.sub(r'value="[^"]*"', "", page) for page in pages}) == 1


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-in", data={"email": "ada@example.org", "password": PASSWORD}).status_code == 400


def test_signing_out_needs_a_form_with_its_token(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "ada")
    assert client.get("/sign-out").status_code == 405
    send(client, "/sign-out")
    assert client.get("/account").status_code == 303


def test_a_form_sent_after_the_session_ended_is_told_so(client: FlaskClient) -> None:
    assert send(client, "/account", name="Ada").status_code == 401


def test_pages_of_the_library_that_we_do_not_use_are_not_there(client: FlaskClient, sign_in: SignIn) -> None:
    paths = ["/tf-setup", "/tf-rescue", "/tf-select", "/mf-recovery-codes"]
    assert {sign_in(client, "ada").get(path).status_code for path in paths} == {404}


def test_a_session_cookie_is_closed_to_scripts_and_lasts_twelve_hours(client: FlaskClient) -> None:
    answer = send(client, "/sign-in", email="ada@example.org", password=PASSWORD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    ends = parsedate_to_datetime(re.search(r"Expires=([^;]+)", cookie)[1])
    assert timedelta(hours=11) < ends - now() <= timedelta(hours=12)


# --- limits ----------------------------------------------------------------------------------------


def test_after_ten_tries_in_a_minute_the_eleventh_waits_also_in_another_process(desk: Callable[[], Flask]) -> None:
    browsers = [desk().test_client(), desk().test_client()]
    answers = [send(browsers[n % 2], "/sign-in", email="ada@example.org", password="no") for n in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61 and "Try again in" in answers[-1].text


def test_tries_at_one_account_do_not_lock_another(client: FlaskClient) -> None:
    for _ in range(11):
        send(client, "/sign-in", email="ada@example.org", password="no")
    assert enter(client, "rosa") == 200


# --- sessions --------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    other = sign_in(app.test_client(), "ada")
    sign_in(client, "ada")
    send(client, "/account/password", old=PASSWORD, password=NEW, again=NEW)
    assert (client.get("/account").status_code, other.get("/account").status_code) == (200, 303)


def test_a_new_password_needs_the_old_one(client: FlaskClient, sign_in: SignIn) -> None:
    answer = send(sign_in(client, "ada"), "/account/password", old="wrong", password=NEW, again=NEW)
    assert "This is not your password." in answer.text


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "at least 12"),
        ("aaaaaaaaaaaaaaaa", "more different"),
        ("ada@example.org1", "other than your name"),
        ("x" * 400 + "abcdef" * 40, "at most 500"),
    ],
)
def test_poor_passwords_are_refused_with_the_reason(
    client: FlaskClient, sign_in: SignIn, password: str, problem: str
) -> None:
    answer = send(sign_in(client, "ada"), "/account/password", old=PASSWORD, password=password, again=password)
    assert problem in answer.text


def test_disabling_ends_the_session_at_once_and_enabling_does_not_bring_it_back(
    app: Flask, client: FlaskClient, sign_in: SignIn, person: Person
) -> None:
    sign_in(client, "rosa")
    with app.app_context():
        people.disable(person("rosa").id, None, now())
        assert client.get("/account").status_code == 303
        people.enable(person("rosa").id, None, now())
    assert client.get("/account").status_code == 303


def test_sensitive_pages_ask_for_the_password_again_after_an_hour(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "ada")
    with client.session_transaction() as session:
        session["fs_paa"] -= 3700
    asked = client.get("/settings")
    assert asked.location == "/confirm-password?next=/settings"
    assert send(client, "/confirm-password", password=PASSWORD, next="/settings").location == "/settings"
    assert client.get("/settings").status_code == 200


# --- the second step -------------------------------------------------------------------------------


def code(app: Flask, secret: str) -> str:
    with app.app_context():
        return str(security.totp_factory.generate_totp_password(secret))


def set_up(app: Flask, client: FlaskClient) -> tuple[str, list[str]]:
    """Set the second step up; its secret and the recovery codes."""
    client.get("/account/second-step")
    with client.session_transaction() as session:
        secret = session["second_step_secret"]
    page = send(client, "/account/second-step", code=code(app, secret)).text
    return secret, re.findall(r"<code>([0-9a-f-]{14})</code>", page)


@pytest.fixture
def armed(app: Flask, sign_in: SignIn) -> tuple[str, list[str]]:
    """Rosa has a second step."""
    return set_up(app, sign_in(app.test_client(), "rosa"))


def test_setting_up_shows_a_picture_of_the_key_and_eight_recovery_codes(
    client: FlaskClient, sign_in: SignIn, armed: tuple[str, list[str]]
) -> None:
    sign_in(client, "ada").get("/account/second-step")
    assert client.get("/account/second-step.svg").mimetype == "image/svg+xml"
    assert len(armed[1]) == 8


def test_the_password_alone_is_not_enough_any_more(client: FlaskClient, armed: tuple[str, list[str]]) -> None:
    assert enter(client, "rosa") == 303
    send(client, "/sign-in/code", code="000000")
    assert client.get("/account").status_code == 303


def test_a_code_lets_in_once(app: Flask, client: FlaskClient, armed: tuple[str, list[str]]) -> None:
    used = code(app, armed[0])
    enter(client, "rosa")
    assert "used already" in send(client, "/sign-in/code", code=used).text
    # The next code of the telephone: half a minute ahead is within what clocks may differ.
    from flask_security.totp import TOTP

    ahead = TOTP.using(secrets=app.config["SECURITY_TOTP_SECRETS"]).from_source(armed[0])
    following = ahead.generate(int(now().timestamp()) + 30).token
    send(client, "/sign-in/code", code=f"{following[:3]} {following[3:]}")
    assert client.get("/account").status_code == 200


def test_a_recovery_code_lets_in_once(app: Flask, armed: tuple[str, list[str]]) -> None:
    statuses = []
    for browser in (app.test_client(), app.test_client()):
        enter(browser, "rosa")
        send(browser, "/sign-in/recovery", code=armed[1][0].upper())
        statuses.append(browser.get("/account").status_code)
    assert statuses == [200, 303]


def test_recovery_codes_and_the_key_are_not_kept_in_clear(person: Person, armed: tuple[str, list[str]]) -> None:
    kept = f"{person('rosa').mf_recovery_codes} {person('rosa').tf_totp_secret}"
    assert not any(code in kept for code in armed[1]) and "enckey" in kept


def test_a_desk_that_asks_for_it_lets_nobody_further_before_it_is_set_up(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        workflow.change({"two_factor_required": True}, None, now())
    sign_in(client, "ada")
    assert {client.get(path).location for path in ("/people", "/account", "/incidents")} == {"/account/second-step"}
    set_up(app, client)
    assert client.get("/people").status_code == 200


def test_it_cannot_be_turned_off_where_the_desk_asks_for_it(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    set_up(app, sign_in(client, "ada"))
    with app.app_context():
        workflow.change({"two_factor_required": True}, None, now())
    assert send(client, "/account/second-step/remove").status_code == 403


# --- links -----------------------------------------------------------------------------------------


def link_of(app: Flask, person: Person, purpose: str = "reset", age: timedelta = timedelta()) -> str:
    with app.app_context():
        return f"/link/{people.issue_link(person('rosa').id, purpose, None, now() - age)}"


def test_a_link_sets_a_password_once(app: Flask, client: FlaskClient, person: Person) -> None:
    link = link_of(app, person)
    assert send(client, link, password=NEW, again=NEW).location == "/sign-in"
    assert client.get(link).status_code == 410
    assert enter(client, "rosa", NEW) == 200


def test_looking_at_a_link_does_not_use_it_up(app: Flask, client: FlaskClient, person: Person) -> None:
    link = link_of(app, person)
    assert [client.get(link).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(("purpose", "hours"), [("reset", 24), ("forgotten", 1), ("invitation", 7 * 24)])
def test_links_run_out(app: Flask, client: FlaskClient, person: Person, purpose: str, hours: int) -> None:
    assert client.get(link_of(app, person, purpose, timedelta(hours=hours, minutes=1))).status_code == 410


def test_a_newer_link_voids_the_older(app: Flask, client: FlaskClient, person: Person) -> None:
    older = link_of(app, person)
    newer = link_of(app, person)
    assert (client.get(older).status_code, client.get(newer).status_code) == (410, 200)


def test_without_a_mail_server_the_page_says_whom_to_ask(client: FlaskClient) -> None:
    assert "Ask an administrator for a link" in client.get("/forgotten").text


def test_a_forgotten_password_is_answered_alike_for_everybody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        workflow.change({"mail_host": "127.0.0.1", "mail_port": 1, "mail_sender": "d@example.org"}, None, now())
    pages = [send(client, "/forgotten", email=f"{who}@example.org").text for who in ("ada", "nobody")]
    for thread in threading.enumerate():
        if thread.name == "forgotten":
            thread.join()
    assert len({re.sub(r'value="[^"]*"', "", page) for page in pages}) == 1


# --- the first administrator -----------------------------------------------------------------------


def path_of(link: str | None) -> str:
    assert link is not None
    return link.removeprefix("http://127.0.0.1:5000")


def test_the_set_up_link_makes_the_first_administrator_once(empty: Flask) -> None:
    browser = empty.test_client()
    link = path_of(first_link(empty))
    assert send(browser, link, **SETUP, desk_name="Night desk", country="FR").location == "/sign-in"
    assert enter(browser, "eve", NEW) == 200 and browser.get("/people").status_code == 200
    assert (browser.get(link).status_code, first_link(empty)) == (410, None)


def test_a_new_start_voids_the_older_set_up_link(empty: Flask) -> None:
    older, newer = path_of(first_link(empty)), path_of(first_link(empty))
    assert [empty.test_client().get(link).status_code for link in (older, newer)] == [410, 200]


def test_of_two_at_the_set_up_page_one_becomes_administrator(empty: Flask) -> None:
    """Both have the page open; the second one's link is gone, and so is the right to a first account."""
    token = path_of(first_link(empty)).rsplit("/", 1)[1]
    told: list[str] = []

    def make(number: int) -> None:
        who = {"email": f"p{number}@example.org", "name": "P", "password_hash": "x"}
        try:
            with empty.app_context():
                people.first(token, **who, desk={}, now=now())
                told.append("made")
        except Refused as refused:
            told.append(refused.code)

    racers = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    [racer.start() for racer in racers]
    [racer.join() for racer in racers]
    assert sorted(told) == ["link_over"] * 3 + ["made"]


def test_the_set_up_page_keeps_what_was_typed_and_says_what_is_wrong(empty: Flask) -> None:
    page = unescape(send(empty.test_client(), path_of(first_link(empty)), **{**SETUP, "email": "no address"}).text)
    assert "Write an address like" in page and 'value="Eve"' in page
