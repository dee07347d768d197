"""Reading without a connection: what is kept on a device, how it says so, and when it goes."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Served, set_up

STORM = (
    "Moms are furious about our sling advert on twitter: 'offended', 'pull the ad'. Nobody answered since last night."
)
FROM = re.compile(r"This page is from (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d \(UTC\+[12]\)\.")
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) if (name.includes("-pages-"))
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found.sort();
}"""
UNTIL = """async () => {
  let kept = [];
  for (let tries = 0; tries < 600; tries++) {
    kept = await (KEPT)();
    if (SAYS) return kept;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw Error(`kept are ${kept}`);
}""".replace("KEPT", KEPT)
TRUE_TIME = """() => {
  const { textContent, dataset } = document.querySelector("[data-since]");
  const gone = (Date.now() - Date.parse(dataset.since)) / 1000;
  return !textContent.endsWith(" s") || Math.abs(parseInt(textContent) - gone) < 3;
}"""
"""A copy's clocks count from now, not from when it was kept."""
LOOK = "navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ look: { gap: 0 } }))"


@pytest.fixture
def device(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone that loses its connection: a browser then reports errors that are no fault. Those of scripts are."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en-GB", timezone_id="Asia/Tokyo")
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(device: BrowserContext, served: Served) -> Page:
    """Ada's phone in the room of a storm, with everything kept that may be."""
    page = device.new_page()
    set_up(page, served)
    page.goto(f"{served.address}/incidents/new")
    page.get_by_label("What is happening?").fill(STORM)
    expect(page.locator("#suggestions")).to_contain_text("Weekend firestorm")
    page.get_by_role("button", name="Open the incident").first.click()
    page.wait_for_url("**/incidents/FB-*")
    page.evaluate(LOOK)
    until(page, "kept.length === 6")
    return page


def until(page: Page, says: str) -> None:
    """Wait until this is true of `kept`, the addresses that are kept."""
    page.evaluate(UNTIL.replace("SAYS", says))


def path(page: Page) -> str:
    return re.sub(r"^https?://[^/]+|[?#].*", "", page.url)


def see(page: Page, address: str, text: str) -> None:
    """A copy of this page is shown, with the time it is from."""
    page.goto(address)
    expect(page.locator("#offline")).to_contain_text(FROM)
    expect(page.locator("body")).to_contain_text(text)


def test_what_is_needed_can_be_read_and_written_without_a_connection(page: Page, served: Served) -> None:
    room = page.url
    sheet = "/playbooks/en/weekend-firestorm"
    assert page.evaluate(KEPT) == sorted(["/call-list", "/incidents", path(page), "/offline", sheet, f"{sheet}/print"])
    page.context.set_offline(True)
    see(page, f"{served.address}{sheet}", "First 15 minutes")
    see(page, f"{served.address}{sheet}/print", "Weekend firestorm")
    see(page, f"{served.address}/call-list", "ada@example.org")
    see(page, f"{served.address}/", "Moms are furious")
    see(page, f"{served.address}/actions", "Kept on this device")
    see(page, room, "Moms are furious")
    expect(page.locator("#offline")).to_contain_text("You are offline.")
    page.wait_for_function(TRUE_TIME)
    assert page.evaluate("getComputedStyle(document.querySelector('.room')).display") == "block"
    write_a_note(page)
    the_desk_is_down(page, served)


def write_a_note(page: Page) -> None:
    """It stays on the device, also over a reload, until somebody sends it."""
    page.locator("#note-text").fill("The agency does not pick up.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".held")).to_contain_text("Kept on this device, not sent")
    page.reload()
    expect(page.locator("#note-text")).to_have_value("The agency does not pick up.")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_contain_text("can be reached again")
    page.get_by_role("link", name="Load this page anew").click()
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#note-text")).to_have_value("The agency does not pick up.")
    expect(page.locator("#log")).not_to_contain_text("The agency does not pick up.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#log")).to_contain_text("The agency does not pick up.")


def the_desk_is_down(page: Page, served: Served) -> None:
    """Another thing than no connection: what was sent may have arrived."""
    served.process.send_signal(signal.SIGINT)
    served.process.wait(timeout=10)
    page.locator("#note-text").fill("Is anybody there?")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".held")).to_contain_text("it is not certain that this arrived")
    expect(page.locator("#note-text")).to_have_value("Is anybody there?")
    see(page, page.url.partition("#")[0], "Moms are furious")
    expect(page.locator("#offline")).to_contain_text("The desk does not answer.")


def test_copies_go_with_what_they_were_kept_for(page: Page, served: Served) -> None:
    """A limited entry, another account, a sign-out."""
    room = path(page)
    limit_an_entry(served, room.rsplit("/", 1)[1])
    page.evaluate(LOOK)
    until(page, f"!kept.includes('{room}')")
    sign_in_as_oscar(page, served)
    assert "/call-list" not in page.evaluate(KEPT)
    page.evaluate(LOOK)
    until(page, "kept.includes('/incidents')")
    page.context.set_offline(True)
    sign_out(page)
    expect(page.locator("#offline")).to_contain_text("What was kept on this device is deleted")
    assert page.evaluate(KEPT) == []


def limit_an_entry(served: Served, reference: str) -> None:
    """An entry for a few people only, as a later part of the desk will write them."""
    columns = "version, at, recorded_at, actor, codes, digest, hash"
    with sqlite3.connect(served.instance / "firebreak.sqlite") as database:
        database.execute(
            f"INSERT INTO entry (stream, seq, kind, audience, {columns}) "
            f"SELECT stream, 900, 'note:added', 'lawyers', {columns} FROM entry WHERE stream = ? AND seq = 1",
            (reference,),
        )


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()


def sign_in_as_oscar(page: Page, served: Served) -> None:
    command = [sys.executable, "-m", "firebreak", "people", "add", "oscar@example.org", "--name", "Oscar",
               "--role", "observer", "--password-stdin"]  # fmt: skip
    environ = {"FIREBREAK_INSTANCE": str(served.instance)}
    subprocess.run(command, env=environ, input=PASSWORD.encode(), check=True, capture_output=True)
    sign_out(page)
    page.wait_for_url("**/sign-in")
    until(page, "kept.length === 0")
    page.get_by_label("Email").fill("oscar@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/incidents")
