"""What strangers and colleagues of ill will may send, and what must not come of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from firebreak.store import log
from firebreak.web.opening_form import MOST_READ, OpeningForm
from tests.conftest import NOW, SignIn, send, token

Parts = dict[str, Any]
EVIL = """"><img src=x onerror=alert(1)>'<script>alert(2)</script> {{ 7 * 7 }} =1+1 \u202eevil 🔥"""
LINK = "https://x.com/'onmouseover='alert(1)?\"><script>alert(3)</script>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FORM = "application/x-www-form-urlencoded"


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


def raw(client: FlaskClient, path: str, body: bytes, type: str = FORM) -> Any:
    """POST bytes as they are, with the token in its header."""
    return client.post(path, data=body, content_type=type, headers={"X-CSRFToken": token(client)})


# --- scripts in every field ------------------------------------------------------------------------


def soak(rosa: FlaskClient, ada: FlaskClient, room: str, step: str) -> None:
    """Type EVIL wherever something can be typed."""
    sent = [
        ("/notes", {"note-text": EVIL}),
        ("/notes", {"note-text": f"[a](javascript:alert(1)) ![b](javascript:x) <{EVIL}>", "note-files": file(EVIL)}),
        ("/decisions", {f"decision-{name}": EVIL for name in ("question", "options", "chosen", "why")}),
        ("/statements/x", {"statement-x-text": EVIL, "statement-x-url": LINK, "statement-x-as_it_is": "y"}),
        ("/moments/withdrew", {"moment-note": EVIL}),
        ("/steps", {"step-title": EVIL, "step-due": "30m"}),
        (f"/steps/{step}/done", {"done-note": EVIL}),
        (f"/steps/{step}/reopen", {"again-reason": EVIL}),
        (f"/steps/{step}/not-applicable", {"aside-reason": EVIL}),
        ("/title", {"title-title": EVIL}),
        ("/severity", {"severity-severity": "watch", "severity-reason": EVIL}),
        ("/log/6/correct", {"correct-new_text": EVIL * 2, "correct-reason": EVIL}),
        ("/log/7/strike", {"strike-reason": EVIL}),
        ("/stand-down", {"stand_down-outcome": "resolved", "stand_down-reason": EVIL}),
        ("/reopen", {"reopen-reason": EVIL}),
    ]
    answers = {path: send(rosa, room + path, **fields).status_code for path, fields in sent}
    assert {path: status for path, status in answers.items() if status != 303} == {}
    send(rosa, "/account", name=EVIL, phone=EVIL, language="", zone="", clock="24h")
    channels = {"rows-0-channel": "x", "rows-0-owner": "2", "rows-0-address": EVIL}
    assert send(ada, "/settings/channels", **channels).status_code == 303
    week = {f"hours_{day}": "" for day in range(7)}
    desk = {"desk_name": EVIL, "brands": EVIL, "language": "en", "zone": "UTC", "country": "", **week}
    assert send(ada, "/settings", **desk).status_code == 303


def file(name: str, content: bytes = PNG) -> tuple[BytesIO, str]:
    return BytesIO(content), name


@pytest.mark.one_database
def test_what_was_typed_runs_on_no_page(
    app: Flask, rosa: FlaskClient, ada: FlaskClient, parts: Parts, room: str
) -> None:  # fmt: skip
    soak(rosa, ada, room, parts["step"])
    with app.app_context():
        last = log.load(parts["reference"]).seq
    own = [f"{room}{path}" for path in ("", "/steps/own-1", f"/steps/{parts['step']}", "/roles/lead")]
    entries = [f"{room}/log/{seq}" for seq in range(1, last + 1)]
    desk = ["/incidents", "/incidents/new", "/account", "/people", "/people/2", "/people/2/erase", "/settings"]
    erasing = [f"{room}/log/6/erase", "/settings/channels", "/settings/mail"]
    pages = {path: ada.get(path) for path in own + entries + desk + erasing}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    assert [path for path, page in pages.items() if runs(page.text)] == []


def runs(page: str) -> bool:
    """Whether markup that was typed became markup of the page, or a template read it."""
    bare = re.sub(r"&(?:lt|gt|#34|#39|quot|amp);", "", page)
    odd = re.search(r"<img src=x|<script>|<[^>]*\sonmouseover=|href=\"javascript:", bare, re.IGNORECASE)
    return bool(odd) or " 49 =1+1" in page


@pytest.mark.one_database
@pytest.mark.parametrize("field", ["text", "url"])
def test_a_correction_brings_in_no_link_that_a_statement_could_not(rosa: FlaskClient, room: str, field: str) -> None:
    send(rosa, f"{room}/statements/x", **{"statement-x-text": "We hear you.", "statement-x-url": "https://x.com/1"})
    told = {"correct-new_text": "We hear you.", "correct-new_url": "https://x.com/1", "correct-new_channel": "x"}
    told |= {f"correct-new_{field}": "javascript:alert(1)", "correct-reason": "Typo"}
    send(rosa, f"{room}/log/7/correct", **told)
    assert 'href="javascript:' not in rosa.get(room).text


# --- what a form may hold --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/statements/x", "statement-x-promise", "²"),
        ("/statements/x", "statement-x-promise", "9" * 5000),
        ("/statements/x", "statement-x-at", "9999-12-31T23:59"),
        ("/statements/x", "statement-x-next_update_at", "9999-12-31T23:59"),
        ("/steps", "step-due", "9999d"),
        ("/roles/lead", "role-person", "9" * 5000),
        ("/stand-down", "stand_down-duplicate_of", "a\0b"),
        ("/notes", "note-at", "0001-01-01T00:00"),
    ],
)
def test_a_number_or_time_beyond_all_bounds_is_no_fault_of_ours(
    rosa: FlaskClient, room: str, path: str, field: str, value: str
) -> None:
    told = {"statement-x-text": "We hear you.", "statement-x-promise": "60", "step-title": "Call", "note-text": "Seen"}
    assert send(rosa, room + path, **{**told, "stand_down-outcome": "duplicate", field: value}).status_code < 500


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/decisions", "/notes", "/steps", "/title", "/log/6/strike"])
def test_a_form_without_any_of_its_fields_is_refused_in_words(rosa: FlaskClient, room: str, path: str) -> None:
    assert send(rosa, room + path).status_code == 422


@pytest.mark.one_database
@pytest.mark.parametrize("at", ["2026-03-07T21:05 or so", "2026-03-07T21:05<script>", "2026-02-30T10:00", "now"])
def test_a_time_with_something_behind_it_is_not_guessed(rosa: FlaskClient, room: str, at: str) -> None:
    answer = send(rosa, f"{room}/notes", **{"note-text": "Seen", "note-at": at})
    assert answer.status_code == 422 and "like 2026-11-21 22:43" in answer.text


@pytest.mark.one_database
def test_half_of_a_letter_is_refused_with_its_position(rosa: FlaskClient, room: str) -> None:
    answer = raw(rosa, f"{room}/notes", b"note-text=ab%ED%A0%80")
    assert answer.status_code == 409 and "(U+D800) at position 3" in answer.text


@pytest.mark.one_database
def test_what_only_looks_like_half_of_a_letter_is_kept_as_typed(rosa: FlaskClient, room: str) -> None:
    assert raw(rosa, f"{room}/notes", urlencode({"note-text": "It says %ED%A0%80"}).encode()).status_code == 303
    assert "It says %ED%A0%80" in rosa.get(room).text


@pytest.mark.one_database
@pytest.mark.parametrize("body", [b"a=1&" * 3000, b"note-text=" + b"a" * (5 * 1024 * 1024)])
def test_a_form_is_bounded_also_without_files(rosa: FlaskClient, room: str, body: bytes) -> None:
    assert raw(rosa, f"{room}/notes", body).status_code == 413


@pytest.mark.one_database
def test_a_form_of_three_thousand_parts_is_refused(rosa: FlaskClient, room: str) -> None:
    many = MultiDict([("a", BytesIO(b"")) for _ in range(3000)])
    answer = rosa.post(f"{room}/notes", data=many, headers={"X-CSRFToken": token(rosa)})
    assert answer.status_code == 413


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/sign-in", "/incidents/new", "/incidents/FB-2026-001/notes", "/account/password"])
@pytest.mark.parametrize("told", [{"email": {"a": 1}, "note-text": ["x"]}, ["x"], "\ud800"])
def test_pages_take_forms_and_nothing_else(rosa: FlaskClient, path: str, told: Any) -> None:
    assert raw(rosa, path, json.dumps(told).encode(), "application/json").status_code == 415


@pytest.mark.one_database
def test_advice_looks_at_no_more_than_the_beginning_of_a_report(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"report": "a" * (MOST_READ + 1)}):
        assert len(OpeningForm().sighting().text) == MOST_READ


@pytest.mark.one_database
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": 'evil.example"><script>'},
        {"Host": "a b:x:9"},
        {"Referer": "http://[", "Accept-Language": "zz;q=x,\0", "Range": "bytes=9-1"},
        {"Cookie": "firebreak=.eJx.x.x; firebreak=", "If-Modified-Since": "never", "X-Forwarded-Host": "evil.example"},
        {
            "X-Forwarded-Prefix": "//evil.example",
            "X-Original-URL": "//evil.example",
            "X-HTTP-Method-Override": "DELETE",
        },
    ],
)
def test_no_header_breaks_a_page_or_leads_away_from_the_desk(client: FlaskClient, headers: dict[str, str]) -> None:
    pages = [client.get(path, headers=headers) for path in ("/sign-in", "/people", "/nowhere", "/forgotten")]
    assert all(page.status_code < 500 and "evil.example" not in page.text for page in pages)
    assert {page.location for page in pages} <= {None, "/sign-in?next=/people"}


def test_no_address_that_can_be_typed_breaks_the_sign_in(client: FlaskClient) -> None:
    for email in ("a\0b@example.org", "İ@example.org", "x" * 100_000, "a@b\r\nX: y"):
        assert send(client, "/sign-in", email=email, password="a\0b").status_code in (200, 429)


def test_a_number_that_no_column_holds_is_nobody(ada: FlaskClient) -> None:
    paths = [f"/people/{number}" for number in (2**31, 2**63, "9" * 4000)]
    assert {ada.get(path).status_code for path in paths} == {404}
    assert {send(ada, f"{path}/disable").status_code for path in paths} == {404}


@pytest.mark.one_database
@pytest.mark.parametrize("row", ["²", "9" * 5000, "-1", "99999999"])
def test_rows_of_channels_with_odd_numbers_are_left_out(ada: FlaskClient, row: str) -> None:
    assert send(ada, "/settings/channels", **{f"rows-{row}-channel": "x"}).status_code == 303


@pytest.mark.parametrize("path", ["/incidents/a%00b", "/incidents/a%00b/log/1", "/playbooks/en/a%00", "/people/x%00"])
def test_addresses_with_a_nul_lead_nowhere(ada: FlaskClient, path: str) -> None:
    assert ada.get(path).status_code == 404


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("../../etc/passwd", PNG, "passwd.png"),
        ("gif.js", b"GIF89a/*<script>alert(1)</script>*/", "gif.js.gif"),
        ("a.html", b"<html><script>alert(1)</script>", "a.html.txt"),
        ("a.svg", b"<svg onload='alert(1)'/>", "a.svg.txt"),
        ("exe\u202egnp.exe", PNG, "exegnp.exe.png"),
    ],
)
def test_a_file_is_what_it_holds_and_only_ever_a_download(
    rosa: FlaskClient, room: str, name: str, content: bytes, kept: str
) -> None:
    assert send(rosa, f"{room}/notes", **{"note-files": file(name, content)}).status_code == 303
    newest = re.findall(r"/incidents/[^\"]+/files/[0-9a-f]{64}", rosa.get(room).text)[0]
    answer = rosa.get(newest, buffered=True)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={kept}"
    assert answer.headers["Cache-Control"] == "no-store" and "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "content"), [("a.zip", b"PK\x03\x04" + b"\0" * 40), ("e.png", b""), ("a\0b.png", PNG)]
)
def test_archives_empty_files_and_names_with_a_nul_are_refused(
    rosa: FlaskClient, room: str, name: str, content: bytes
) -> None:
    assert send(rosa, f"{room}/notes", **{"note-files": file(name, content)}).status_code == 422
