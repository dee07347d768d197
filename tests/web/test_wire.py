"""What goes over the wire: how long it may be kept, how it is packed, and how much of it there is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.workflow import incidents, record
from tests.conftest import NOW

pytestmark = pytest.mark.one_database

FIRST_PAGE = 60_000
"""Bytes of a first page with its style, script and pictures."""
PACKED = {"Accept-Encoding": "gzip"}
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def long_room(app: Flask) -> str:
    """The path of a room with a hundred entries."""
    with app.app_context():
        opening = Opening("Moms are furious about the new advert", channels=("x", "instagram"))
        reference = incidents.open_incident(opening, 2, NOW, playbook=library.get("en", "weekend-firestorm")).reference
        for number in range(98):
            note = f"Call {number}: the agency says that the posts of Friday stay up until somebody signs."
            record.add_note(reference, note, 2, NOW + timedelta(minutes=number))
    return f"/incidents/{reference}"


def fetch(browser: FlaskClient, path: str, **headers: str) -> TestResponse:
    with browser.get(path, headers=headers) as answer:  # a file stays open until its answer is closed
        answer.get_data()
        return answer


def weight(browser: FlaskClient, path: str) -> int:
    page = fetch(browser, path, **PACKED)
    assert page.status_code == 200
    named = sorted(set(STATIC.findall(gzip.decompress(page.data).decode())))
    return len(page.data) + sum(len(fetch(browser, name, **PACKED).data) for name in named)


def test_a_first_page_is_light(client: FlaskClient) -> None:
    assert weight(client, "/sign-in") < FIRST_PAGE


def test_the_first_list_is_light(rosa: FlaskClient, long_room: str) -> None:
    assert weight(rosa, "/incidents") < FIRST_PAGE


def test_a_room_with_a_hundred_entries_is_light(rosa: FlaskClient, long_room: str) -> None:
    assert weight(rosa, long_room) < FIRST_PAGE


def test_a_file_is_kept_for_a_year_under_the_hash_of_its_bytes(client: FlaskClient) -> None:
    (address,) = set(re.findall(r"/static/css/base.css[^\"]*", fetch(client, "/sign-in").text))
    assert "immutable" in fetch(client, address).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/static/css/base.css", "/static/css/base.css?v=000000000000"])
def test_a_file_under_another_address_is_asked_for_each_time(client: FlaskClient, address: str) -> None:
    assert fetch(client, address).headers["Cache-Control"] == "no-cache"


def test_a_page_is_packed_for_whoever_can_unpack_it(client: FlaskClient) -> None:
    packed = fetch(client, "/sign-in", **PACKED)
    assert (packed.headers["Content-Encoding"], "Accept-Encoding" in packed.vary) == ("gzip", True)
    assert "Content-Encoding" not in fetch(client, "/sign-in", **{"Accept-Encoding": "gzip;q=0"}).headers


def test_the_length_of_a_packed_page_tells_nothing(client: FlaskClient) -> None:
    lengths = {len(fetch(client, "/sign-in", **PACKED).data) for _ in range(20)}
    assert len(lengths) > 5


def test_a_packed_file_is_the_file(client: FlaskClient) -> None:
    packed = fetch(client, "/static/css/base.css", **PACKED)
    assert gzip.decompress(packed.data) == fetch(client, "/static/css/base.css").data


def test_a_browser_that_has_a_file_is_told_so(client: FlaskClient) -> None:
    held = fetch(client, "/static/css/base.css", **PACKED).headers["ETag"]
    assert fetch(client, "/static/css/base.css", **PACKED, **{"If-None-Match": held}).status_code == 304


def test_a_picture_is_not_packed_twice(client: FlaskClient) -> None:
    assert "Content-Encoding" not in fetch(client, "/static/icons/icon-192.png", **PACKED).headers


def test_a_short_answer_is_sent_as_it_is(client: FlaskClient) -> None:
    assert "Content-Encoding" not in fetch(client, "/healthz", **PACKED).headers
