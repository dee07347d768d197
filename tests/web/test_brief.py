"""The executive's page: what it tells, on one page and as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import log
from firebreak.workflow import incidents, record, roles
from tests.conftest import NOW, send

pytestmark = pytest.mark.one_database
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOSTILE = "Line one\r\nBcc: all@example.org\u202e <b>bold</b>\x07"


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    return sign_in(client, "rosa")


@pytest.fixture
def storm(app: Flask) -> Callable[..., str]:
    """Two hours old, led, and answered an hour ago with a promise for half an hour from now."""

    def make(report: str = "Moms are furious", **told: Any) -> str:
        with app.app_context():
            start = NOW - 2 * HOUR
            opening = Opening(report=report, channels=("x",), began_at=start - 3 * HOUR, noticed_at=start, **told)
            book = library.get("en", "weekend-firestorm")
            ref = incidents.open_incident(opening, 2, start, playbook=book).reference
            roles.assign(ref, "lead", 2, 2, start + 5 * MINUTE)
            promise = {"next_update_at": NOW + 30 * MINUTE}
            record.post_statement(ref, "x", f"We are here. {report}", "https://example.org/1", 2, NOW - HOUR, **promise)
            return ref

    return make


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_tells_what_since_when_what_we_said_and_what_is_due(rosa, storm):
    page = text_of(rosa.get(f"/incidents/{storm()}/brief").text)
    assert "Moms are furious" in page and "First public word after 4 h." in page and "Lead: Rosa" in page
    assert "https://example.org/1" in page
    assert "Next public word promised for Sat, Mar 7, 2026, 22:10 UTC." in page


def test_what_is_known_and_not_known_is_written_by_hand_and_kept_in_the_log(app, rosa, storm):
    reference = storm()
    lines = {"brief-known": "The advert ran", "brief-unknown": "Who approved it", "brief-next": "A call at ten"}
    assert send(rosa, f"/incidents/{reference}/brief", **lines).status_code == 303
    page = text_of(rosa.get(f"/incidents/{reference}/brief").text)
    assert all(line in page for line in lines.values()) and "Written by Rosa" in page
    with app.app_context():
        assert log.load(reference).facts[-1].event.kind == "brief:written"


def test_nothing_written_is_told_and_kept_as_it_was(rosa, storm):
    answer = send(rosa, f"/incidents/{storm()}/brief", **{"brief-known": " "})
    assert answer.status_code == 422 and "write something here" in answer.text


def test_the_plain_text_says_the_same_without_any_markup(rosa, storm):
    answer = rosa.get(f"/incidents/{storm()}/brief.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "First public word after 4 h." in answer.text and "https://example.org/1" in answer.text
    assert not re.search(r"<[a-z]|\n{3}|[ \t]\n", answer.text)


def test_what_was_typed_can_fake_no_line_of_the_text(rosa, storm):
    text = rosa.get(f"/incidents/{storm(report=HOSTILE)}/brief.txt").text
    assert "\nBcc:" not in text and "\u202e" not in text and "\x07" not in text


def test_the_text_can_be_copied_from_the_page(rosa, storm):
    reference = storm()
    page = rosa.get(f"/incidents/{reference}/brief").text
    assert 'data-copy="brief-text"' in page and re.search(r'<textarea id="brief-text"[^>]*readonly>[^<]*FB-2026', page)


def test_an_exercise_says_so_first(rosa, storm):
    assert rosa.get(f"/incidents/{storm(exercise=True)}/brief.txt").text.startswith("EXERCISE")


def test_the_room_leads_to_the_page_and_to_the_review(rosa, storm):
    reference = storm()
    room = rosa.get(f"/incidents/{reference}").text
    assert f'href="/incidents/{reference}/brief"' in room and f'href="/incidents/{reference}/review"' in room
