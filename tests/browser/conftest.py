"""A real desk and a real Chromium: `firebreak serve` in its own folder, set up through the pages as a user would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from firebreak import system

PASSWORD = "four words in a row"
# Without these, Chromium looks for its maker's servers at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@dataclass
class Served:
    """A running desk: its address, its one-time link ("" when it has people), its instance folder and its process."""

    address: str
    link: str
    instance: Path
    process: subprocess.Popen[bytes]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A desk of this test's own."""
    with serving(tmp_path) as desk:
        yield desk


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """`firebreak serve` on a free port, stopped at the end as by Ctrl-C."""
    environ = {**os.environ, "FIREBREAK_INSTANCE": str(folder / "instance"), "PYTHONUNBUFFERED": "1"}
    log = (folder / "log").open("w+")
    command = [sys.executable, "-m", "firebreak", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        yield _once_served(folder, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        log.close()


def _once_served(folder: Path, process: subprocess.Popen[bytes]) -> Served:
    address = re.compile(r"Firebreak is on (http://\S+)")
    said = _until(lambda: address.search((folder / "log").read_text()), process)
    _until(lambda: _answers(said.group(1)), process)
    link = re.search(r"http://\S+/setup/\S+", (folder / "log").read_text())
    return Served(said.group(1), link.group(0) if link else "", folder / "instance", process)


def _until(look: Callable[[], object], process: subprocess.Popen[bytes], seconds: float = 30) -> re.Match[str]:
    end = monotonic() + seconds
    while monotonic() < end and process.poll() is None:
        if found := look():
            return found  # type: ignore[return-value]
        sleep(0.1)
    raise AssertionError("the desk did not start")


def _answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{address}/healthz", timeout=2).status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system.browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone: 360 px wide, in Paris, in English. An error in a script, or one the policy refused, fails the test."""
    opened = chromium.new_context(
        viewport={"width": 360, "height": 740}, timezone_id="Europe/Paris", locale="en-GB", has_touch=True
    )
    opened.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    faults: list[str] = []
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("weberror", lambda error: faults.append(str(error.error)))
    yield opened
    opened.close()
    assert not [fault for fault in faults if "status of 4" not in fault]


@pytest.fixture
def page(served: Served, context: BrowserContext) -> Page:
    """A page of that phone, signed in as the first administrator of a desk just set up. It closes before the desk does:
    a desk that goes is an error to a browser."""
    page = context.new_page()
    set_up(page, served)
    return page


def set_up(page: Page, served: Served) -> None:
    """Follow the one-time link and sign in."""
    page.goto(served.link)
    page.get_by_label("Your name").fill("Ada Fontaine")
    page.get_by_label("Your email").fill("ada@example.org")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_label("Time zone").select_option("Europe/Paris")
    page.locator("main form button").last.click()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the right of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


# --- a room that many tests share -------------------------------------------------------------------


@dataclass
class Storm:
    """An open incident on a desk that many tests share, and a browser of this test's own, signed in."""

    served: Served
    context: BrowserContext
    room: str

    def open(self, path: str = "", alone: bool = False) -> Page:
        """A page of the room, or of another address; `alone`: what others do does not reach it."""
        page = self.context.new_page()
        for address in ("**/changes?*", "**/live*", "**/here*") if alone else ():
            page.route(address, lambda route: route.abort())
        page.goto(self.served.address + path if path else self.room)
        return page

    def sign_in(self, page: Page) -> None:
        """As somebody whose session has ended."""
        page.goto(f"{self.served.address}/sign-in")
        page.get_by_label("Email").fill("ada@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)

    def grow_stale(self) -> None:
        """As if the password had been given two hours ago."""
        app = Flask("stale")
        app.secret_key = json.loads((self.served.instance / "secrets.json").read_text())["secret_key"]
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        cookie = next(each for each in self.context.cookies() if each["name"] == "firebreak")
        assert serializer
        value = serializer.dumps({**serializer.loads(cookie["value"]), "fs_paa": time() - 7200, "fs_gexp": time() - 1})
        self.context.add_cookies([{**cookie, "value": value}])  # type: ignore[list-item]


@pytest.fixture(scope="session")
def shared_room(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str, Path]]:
    """A desk, the address of its open incident, and the state of a signed-in browser."""
    folder = tmp_path_factory.mktemp("shared")
    with serving(folder) as desk:
        context = chromium.new_context(locale="en-GB")
        page = context.new_page()
        set_up(page, desk)
        page.goto(f"{desk.address}/incidents/new")
        page.get_by_label("What is happening?").fill(
            "Moms are furious on twitter about our sling advert, 'offended', 'pull the ad'"
        )
        expect(page.locator("#suggestions")).to_contain_text("Weekend firestorm")
        page.get_by_role("button", name="Open the incident").first.click()
        expect(page.locator("#step-pause-scheduled")).to_be_visible()
        context.storage_state(path=folder / "state.json")
        yield desk, page.url, folder / "state.json"
        context.close()


@pytest.fixture
def storm(chromium: Browser, shared_room: tuple[Served, str, Path]) -> Iterator[Storm]:
    served, room, state = shared_room
    size = {"width": 1280, "height": 900}
    # What the service worker asks for by itself would bring a session back that a test has ended.
    opened = chromium.new_context(locale="en-GB", storage_state=state, viewport=size, service_workers="block")
    opened.set_default_timeout(10_000)
    yield Storm(served, opened, room)
    opened.close()
