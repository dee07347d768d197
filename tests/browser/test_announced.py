"""What a screen reader says of an open room: alarms at once and once, the rest in few words, nothing of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from firebreak import create_app, library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db
from firebreak.workflow import incidents, people, record
from firebreak.workflow.tick import tick
from tests.browser.conftest import Served, Storm
from tests.conftest import CHEAP

LISTEN = """() => {
  window.heard = [];
  for (const place of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
    const name = place.id || place.parentElement.id;
    const listen = () => place.textContent.trim() && heard.push([name, place.textContent.trim()]);
    new MutationObserver(listen).observe(place, { childList: true, characterData: true, subtree: true });
  }
}"""
LATER = timedelta(hours=5)


@dataclass
class Others:
    """Another process on the shared desk, in which Rosa works."""

    app: Flask
    rosa: int
    reference: str = ""

    def do(self, wish: Callable[..., Any], *words: Any, **more: Any) -> None:
        with self.app.app_context():
            wish(self.reference, *words, now=datetime.now(UTC), **more)

    def opens(self) -> str:
        """The path of a new incident."""
        with self.app.app_context():
            book = library.get("en", "weekend-firestorm")
            told = Opening("Moms are furious", channels=("x",))
            self.reference = incidents.open_incident(told, self.rosa, datetime.now(UTC), playbook=book).reference
        return f"/incidents/{self.reference}"

    def notes(self, *texts: str) -> None:
        for text in texts:
            self.do(record.add_note, text, self.rosa)

    def breach(self) -> None:
        """What the worker does once the first clocks are over."""
        with self.app.app_context():
            tick(datetime.now(UTC) + LATER)


@pytest.fixture(scope="module")
def others(shared_room: tuple[Served, str, Path]) -> Iterator[Others]:
    app = create_app(CHEAP, instance=shared_room[0].instance, database_url="")
    with app.app_context():
        who = {"email": "rosa@example.org", "name": "Rosa", "access": "responder"}
        rosa = people.add(**who, actor=None, now=datetime.now(UTC), password_hash="none")
        yield Others(app, rosa)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def page(storm: Storm, others: Others) -> Page:
    """Ada's page of a new room, listened to."""
    page = storm.context.new_page()
    with page.expect_response(lambda answer: answer.status == 204 and "/changes" in answer.url):
        page.goto(storm.served.address + others.opens())
    page.evaluate(LISTEN)
    return page


def heard(page: Page, place: str) -> list[str]:
    return [text for id, text in page.evaluate("heard") if id == place]


def read_to_the_end(page: Page, others: Others) -> None:
    """What was to be read is read: a last note comes after it."""
    others.notes("The last")
    expect(page.locator("#announcer")).to_contain_text("Note by Rosa")


def test_a_breach_is_read_at_once_and_once(page: Page, others: Others) -> None:
    page.locator("#note-text").fill("Half a thought")
    others.breach()
    expect(page.locator("#alarm[role=alert]")).to_contain_text("Overdue:")
    with others.app.app_context():
        other = library.get("en", "employee-leak")
    others.do(incidents.choose_playbook, other, others.rosa)
    expect(page.locator("[data-changed]")).to_be_visible()
    read_to_the_end(page, others)
    assert len(heard(page, "alarm")) == 1


def test_five_entries_at_once_are_one_sentence(page: Page, others: Others) -> None:
    page.route("**/changes?*", lambda route: route.abort())
    others.notes("One", "Two", "Three", "Four", "Five")
    page.unroute("**/changes?*")
    page.evaluate("document.dispatchEvent(new CustomEvent('firebreak:look'))")
    expect(page.locator("#announcer")).to_have_text("5 new entries")
    assert heard(page, "announcer") == ["5 new entries"]


def test_what_one_did_oneself_is_not_read_again(page: Page, others: Others) -> None:
    page.get_by_role("button", name="Done: Stop every scheduled post").click()
    expect(page.locator("#step-pause-scheduled.step-done")).to_contain_text("Ada Fontaine")
    read_to_the_end(page, others)
    assert heard(page, "announcer") == ["Note by Rosa"]
    assert heard(page, "told") == ["Done: Stop every scheduled post"]
