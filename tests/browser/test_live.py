"""Open rooms and lists stay true: through other people, other processes, lost connections and a restarted desk."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from firebreak import create_app, library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, log
from firebreak.store.accounts import Account
from firebreak.workflow import incidents, people, record, steps
from tests.browser.conftest import _answers, _until
from tests.conftest import CHEAP

ROSA, PAUL = 1, 2


@dataclass
class Live:
    """A served desk with two people, and the same desk in this process, to which it is a stranger."""

    folder: Path
    port: int = 0
    process: Any = None
    app: Flask = None  # type: ignore[assignment]
    opened: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environ = {**os.environ, "FIREBREAK_INSTANCE": str(self.folder / "instance"), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "firebreak", "serve", "--port", str(self.port)]
        with (self.folder / "log").open("w") as said:
            self.process = subprocess.Popen(command, env=environ, stdout=said, stderr=said)
        where = re.compile(r"Firebreak is on http://127.0.0.1:(\d+)")
        self.port = int(_until(lambda: where.search((self.folder / "log").read_text()), self.process).group(1))
        _until(lambda: _answers(self.address), self.process)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=10) == 0

    def people(self) -> None:
        self.app = create_app(CHEAP, instance=self.folder / "instance", database_url="")
        with self.app.app_context():
            for name in ("rosa", "paul"):
                who = {"email": f"{name}@example.org", "name": name.capitalize(), "access": "responder"}
                people.add(**who, actor=None, now=datetime.now(UTC), password_hash="none")

    def room(self) -> str:
        """The reference of a new incident."""
        with self.app.app_context():
            book = library.get("en", "weekend-firestorm")
            told = Opening("Moms are furious", channels=("x",))
            self.opened.append(incidents.open_incident(told, ROSA, datetime.now(UTC), playbook=book).reference)
        return self.opened[-1]

    def do(self, wish: Callable[..., Any], *words: Any, **more: Any) -> Any:
        """Something done to the newest incident by this process."""
        with self.app.app_context():
            return wish(self.opened[-1], *words, now=datetime.now(UTC), **more)

    def note(self, text: str) -> None:
        self.do(record.add_note, text, ROSA)

    def step(self) -> str:
        with self.app.app_context():
            found = log.load(self.opened[-1])
            assert found is not None
            return next(step.id for step in found.steps.values() if step.state == "open" and not step.decision)

    def sign_in(self, context: BrowserContext, name: str) -> None:
        with self.app.app_context():
            who = db.session.scalar(sa.select(Account).where(Account.email == f"{name}@example.org"))
            kept = {"_user_id": who.fs_uniquifier, "_fresh": True, "fs_cc": "set", "fs_paa": time.time()}  # type: ignore[union-attr]
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        cookie = {"name": self.app.config["SESSION_COOKIE_NAME"], "value": signer.dumps(kept), "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    desk = Live(tmp_path_factory.mktemp("live"))
    desk.start()
    desk.people()
    yield desk
    desk.stop()
    with desk.app.app_context():
        db.engine.dispose()


Come = Callable[..., Page]


@pytest.fixture
def come(live: Live, chromium: Browser) -> Iterator[Come]:
    """`come("paul")`: a browser of that person in the newest room, once it hears the desk."""
    opened: list[BrowserContext] = []
    expect.set_options(timeout=20_000)

    def enter(name: str, path: str = "", hears: bool = True, **more: Any) -> Page:
        context = chromium.new_context(viewport={"width": 900, "height": 700}, service_workers="block", **more)
        opened.append(context)
        live.sign_in(context, name)
        return go(context.new_page(), path or f"/incidents/{live.opened[-1]}", hears)

    def go(page: Page, path: str, hears: bool) -> Page:
        if not hears:
            page.goto(live.address + path)
            return page
        with page.expect_response(lambda answer: answer.status == 204 and "/changes" in answer.url):
            page.goto(live.address + path)
        return page

    yield enter
    for context in opened:
        context.close()


def first_row(page: Page) -> Any:
    return expect(page.locator("#log-rows > li").first)


def test_a_tick_and_what_another_process_writes_are_seen_in_another_browser(live: Live, come: Come) -> None:
    live.room()
    rosa, paul = come("rosa"), come("paul")
    expect(rosa.locator("#here")).to_have_text("Also here: Paul")
    expect(paul.locator("#here")).to_have_text("Also here: Rosa")
    step = f"#step-{live.step()}"
    paul.locator(f"{step} .step-title").focus()
    rosa.locator(f"{step} .tick").click()
    expect(paul.locator(f"{step}.step-done")).to_contain_text("Rosa")
    expect(paul.locator("#log-rows .entry-new")).to_have_count(1)
    expect(paul.locator(f"{step} .step-title")).to_be_focused()
    live.note("From a shell")
    first_row(paul).to_contain_text("From a shell")
    rosa.goto("about:blank")
    expect(paul.locator("#here")).to_be_hidden()


def test_a_list_shows_a_new_incident(live: Live, come: Come) -> None:
    page = come("paul", path="/account", hears=False)
    with page.expect_response(lambda answer: answer.status == 204 and "mark=" in answer.url):
        page.goto(f"{live.address}/incidents")
    reference = live.room()
    expect(page.locator("[data-list]").get_by_text(reference, exact=True)).to_be_visible()


# --- lost and found --------------------------------------------------------------------------------


def lost(page: Page) -> None:
    expect(page.locator("#connection")).to_contain_text(re.compile(r"Reconnecting.*\d\d:\d\d:\d\d"))


def found(page: Page) -> None:
    expect(page.locator("#connection")).to_contain_text("Connected again")


def texts(page: Page) -> str:
    return " ".join(page.locator("#log-rows > li").all_inner_texts())


def test_nothing_is_missed_when_the_network_was_away(live: Live, come: Come) -> None:
    live.room()
    paul = come("paul")
    paul.context.set_offline(True)
    live.note("First, unseen")
    live.note("Second, unseen")
    lost(paul)
    assert "unseen" not in texts(paul)
    paul.context.set_offline(False)
    expect(paul.locator("#log-rows > li").nth(1)).to_contain_text("First, unseen")
    found(paul)
    expect(paul.locator("#connection")).to_be_hidden()


def test_nothing_is_missed_when_the_desk_was_restarted(live: Live, come: Come) -> None:
    live.room()
    paul = come("paul")
    live.stop()
    live.note("While the desk was down")
    lost(paul)
    live.start()
    first_row(paul).to_contain_text("While the desk was down")
    found(paul)
    live.note("After that")
    first_row(paul).to_contain_text("After that")


def test_a_page_whose_stream_is_refused_asks_by_itself(live: Live, come: Come) -> None:
    live.room()
    paul = come("paul", path="/account", hears=False)
    paul.context.route("**/live", lambda route: route.fulfill(status=503))
    with paul.expect_response(lambda answer: answer.status == 204 and "/changes" in answer.url):
        paul.goto(f"{live.address}/incidents/{live.opened[-1]}")
    live.note("Asked for")
    first_row(paul).to_contain_text("Asked for")
    expect(paul.locator("#connection")).to_be_hidden()


def test_two_tabs_share_a_stream_and_the_second_goes_on_alone(live: Live, come: Come) -> None:
    live.room()
    first = come("paul", path="/account", hears=False)
    streams: list[str] = []
    first.context.on("request", lambda asked: streams.append(asked.url) if asked.url.endswith("/live") else None)
    second = first.context.new_page()
    for page in (first, second):
        with page.expect_response(lambda answer: answer.status == 204 and "/changes" in answer.url):
            page.goto(f"{live.address}/incidents/{live.opened[-1]}")
    live.note("For both")
    for page in (first, second):
        first_row(page).to_contain_text("For both")
    assert len(streams) == 1
    with second.expect_request("**/live"):
        first.close()
    live.note("For the one that is left")
    first_row(second).to_contain_text("For the one that is left")


# --- what a reader is at stays -----------------------------------------------------------------------


def test_who_reads_further_down_is_not_moved_and_what_is_typed_stays(live: Live, come: Come) -> None:
    live.room()
    for number in range(25):
        live.note(f"Note {number}")
    paul = come("paul")
    paul.locator("textarea[name='note-text']").fill("Half a thought")
    row = paul.locator("#log-rows > li").nth(20)
    row.evaluate("row => scrollTo(0, row.getBoundingClientRect().top + scrollY - 100)")
    before, id = row.bounding_box(), row.get_attribute("id")
    live.note("Above")
    told = paul.get_by_role("button", name="1 new entry")
    expect(told).to_be_visible()
    after = paul.locator(f"#{id}").bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    told.click()
    first_row(paul).to_be_in_viewport()
    with live.app.app_context():
        other = library.get("en", "employee-leak")
    live.do(incidents.choose_playbook, other, ROSA)
    paul.get_by_role("button", name=re.compile("Show it")).click()
    expect(paul.locator("#room-facts")).to_contain_text(other.title)  # type: ignore[union-attr]
    expect(paul.locator("textarea[name='note-text']")).to_have_value("Half a thought")


# --- two hands on one step -------------------------------------------------------------------------


def test_the_second_to_tick_is_told_by_whom(live: Live, come: Come) -> None:
    live.room()
    step = live.step()
    paul = come("paul", path="/account", hears=False)
    paul.context.route(re.compile(r"/live$|/changes"), lambda route: route.abort())
    paul.goto(f"{live.address}/incidents/{live.opened[-1]}")
    live.do(steps.finish, step, ROSA)
    paul.locator(f"#step-{step} .tick").click()
    expect(paul.get_by_text(re.compile("by Rosa")).first).to_be_visible()
