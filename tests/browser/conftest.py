"""A real desk and a real Chromium: `firebreak serve` in its own folder, set up through the pages as a user would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
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
    """A running desk: its address, its one-time link, and its instance folder."""

    address: str
    link: str
    instance: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """`firebreak serve` on a free port, stopped at the end as by Ctrl-C."""
    environ = {**os.environ, "FIREBREAK_INSTANCE": str(tmp_path / "instance"), "PYTHONUNBUFFERED": "1"}
    log = (tmp_path / "log").open("w+")
    command = [sys.executable, "-m", "firebreak", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        yield _once_served(tmp_path, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        log.close()


def _once_served(folder: Path, process: subprocess.Popen[bytes]) -> Served:
    address = re.compile(r"Firebreak is on (http://\S+)")
    said = _until(lambda: address.search((folder / "log").read_text()), process)
    _until(lambda: _answers(said.group(1)), process)
    link = re.search(r"http://\S+/setup/\S+", (folder / "log").read_text())
    assert link
    return Served(said.group(1), link.group(0), folder / "instance")


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
def page(context: BrowserContext, served: Served) -> Page:
    """A page of that phone, signed in as the first administrator of a desk just set up."""
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
