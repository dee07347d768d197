"""The Saturday night by keyboard alone, from sign-in to sign-out: the focus is seen, and goes where one looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from firebreak import create_app
from firebreak.store import db
from firebreak.workflow import people
from tests.browser.audits import unseen
from tests.browser.conftest import PASSWORD, Served, Storm
from tests.conftest import CHEAP

STORM = "Moms are furious on twitter about our sling advert, 'offended', 'pull the ad'. Nobody answered."
SIZE = {"width": 1024, "height": 700}
FAR = 150
"""More stops than between any two things of a page."""


class Hands:
    """Two hands on a keyboard. Each stop is looked at; what could not be seen is in `missed`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.missed: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.missed += unseen(self.page) if key in ("Tab", "Shift+Tab") else []

    def to(self, place: Locator, key: str = "Tab") -> Hands:
        """Tab by Tab, until the focus is there."""
        expect(place).to_be_attached()
        for _stop in range(FAR):
            if self.at(place):
                return self
            self.press(key)
        raise AssertionError(f"not reached by {key}: {place}")

    def type(self, place: Locator, text: str) -> None:
        self.to(place)
        self.page.keyboard.insert_text(text)

    @staticmethod
    def at(place: Locator) -> bool:
        return bool(place.evaluate("element => element === document.activeElement"))

    def within(self, selector: str) -> bool:
        """Whether the focus is somewhere in there."""
        return bool(self.page.evaluate("where => !!document.activeElement.closest(where)", selector))


@pytest.fixture
def paul(shared_room: tuple[Served, str, Path]) -> None:
    """Somebody to hand over to."""
    app = create_app(CHEAP, instance=shared_room[0].instance, database_url="")
    with app.app_context():
        who = {"email": "paul@example.org", "name": "Paul", "access": "responder"}
        people.add(**who, actor=None, now=datetime.now(UTC), password_hash="none")
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def hands(chromium: Browser, shared_room: tuple[Served, str, Path], paul: None) -> Iterator[Hands]:
    """At the sign-in of the shared desk; what went wrong in a script, or could not be seen, fails the test."""
    context = chromium.new_context(locale="en-GB", viewport=SIZE, service_workers="block")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    page.goto(f"{shared_room[0].address}/sign-in")
    there = Hands(page)
    yield there
    context.close()
    assert faults + there.missed == []


def test_the_saturday_night_by_keyboard_alone(hands: Hands) -> None:
    signs_in(hands)
    opens(hands)
    leads_and_ticks(hands)
    writes(hands)
    hands_over(hands)
    stands_down(hands)
    reviews(hands)
    signs_out(hands)


def signs_in(hands: Hands) -> None:
    page = hands.page
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.insert_text("ada@example.org")
    hands.type(page.get_by_label("Password"), PASSWORD)
    hands.press("Enter")
    page.wait_for_url("**/incidents")
    hands.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    hands.press("Enter", "Tab")
    assert hands.within("main")


def opens(hands: Hands) -> None:
    page = hands.page
    hands.press("c")
    expect(page.get_by_label("What is happening?")).to_be_focused()
    page.keyboard.insert_text(STORM)
    expect(page.locator("#suggestions")).to_contain_text("Weekend firestorm")
    hands.to(page.get_by_role("button", name="Open the incident").first).press("Enter")
    expect(page.locator("h1")).to_contain_text("Moms are furious")


def leads_and_ticks(hands: Hands) -> None:
    page = hands.page
    hands.to(page.get_by_role("button", name="Take the lead")).press("Enter")
    expect(page.locator(".lead")).to_contain_text("Ada Fontaine")
    hands.to(page.get_by_role("button", name="Done: Stop every scheduled post")).press("Space")
    expect(page.locator("#step-pause-scheduled.step-done")).to_contain_text("Ada Fontaine")
    assert hands.within("#step-pause-scheduled")
    hands.press("ArrowDown")
    assert hands.within(".step") and not hands.within("#step-pause-scheduled")
    hands.to(page.locator("#step-advert").get_by_role("button", name="Pull")).press("Enter")
    expect(page.locator("#step-advert.step-done")).to_contain_text("Pull")
    assert hands.within("#step-advert")


def writes(hands: Hands) -> None:
    page = hands.page
    hands.press("s")
    assert hands.within("#say-x")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("We see you. We are sorry. Next word at 23:30.")
    hands.type(page.locator("#say-x").get_by_label("Link to the post"), "https://x.com/brand/status/1")
    hands.to(page.locator("#say-x .quick :checked")).press("ArrowRight")
    hands.to(page.get_by_role("button", name="Posted on X")).press("Enter")
    expect(page.locator("#say-x")).to_contain_text("next word promised for")
    hands.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.insert_text("Agency phoned: nobody answers.")
    hands.to(page.get_by_role("button", name="Add the note")).press("Enter")
    expect(page.locator("#log-rows > li").first).to_contain_text("Agency phoned")


def hands_over(hands: Hands) -> None:
    page, room = hands.page, hands.page.url
    hands.to(page.get_by_role("link", name="Change: Incident lead")).press("Enter")
    expect(page.locator("h1")).to_have_text("Incident lead")
    hands.to(page.locator("main select")).press("P")
    hands.to(page.get_by_role("button", name="Hand over")).press("Enter")
    expect(page.locator(".lead")).to_contain_text("Paul")
    assert page.url.split("#")[0] == room.split("#")[0]


def stands_down(hands: Hands) -> None:
    page = hands.page
    form = page.locator("#stand-down")
    hands.press("l")
    hands.to(page.locator("#stand-down-title")).press("Enter")
    hands.to(form.get_by_role("radio").first).press("Space")
    hands.to(form.get_by_role("button", name="Stand down")).press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    hands.press("Tab", "Enter")
    expect(form.locator("textarea")).to_be_focused()
    page.keyboard.insert_text("Handed to the weekday team at 08:30.")
    hands.to(form.get_by_role("button", name="Stand down")).press("Enter")
    expect(page.locator(".room-head")).to_contain_text("Stood down")


def reviews(hands: Hands) -> None:
    page = hands.page
    hands.press("r")
    expect(page.locator("svg.timeline")).to_be_visible()
    hands.type(page.locator("#questions textarea").first, "Nobody watched between 22:00 and 08:00.")
    hands.to(page.get_by_role("button", name="Save my answers")).press("Enter")
    expect(page.locator("#questions .answer").first).to_contain_text("Nobody watched")
    hands.to(page.locator("#agreement form button")).press("Enter")
    expect(page.locator("#agreement")).to_contain_text("Agreed by Ada Fontaine")


def signs_out(hands: Hands) -> None:
    page = hands.page
    menu = page.locator("details.menu")
    hands.to(menu.locator("summary")).press("Enter", "Escape")
    expect(menu.locator("summary")).to_be_focused()
    hands.press("Enter")
    hands.to(page.get_by_role("button", name="Sign out")).press("Enter")
    page.wait_for_url("**/sign-in")


@pytest.mark.parametrize(
    "size",
    [
        {"width": 360, "height": 640},
        pytest.param({"width": 1280, "height": 800}, marks=pytest.mark.long),
        pytest.param({"width": 320, "height": 256}, marks=pytest.mark.long),
    ],
)
def test_the_focus_goes_round_a_room_and_is_seen_at_each_stop(storm: Storm, size: dict[str, int]) -> None:
    page = storm.open()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
    there = Hands(page)
    there.to(page.get_by_role("link", name="Skip to content"))
    there.press("Tab")
    for _stop in range(2 * FAR):
        there.press("Tab")
        if there.at(page.locator("body")):
            break
    assert there.at(page.locator("body")) and there.missed == []
    there.press("Shift+Tab")
    assert there.within("main, .told") and there.missed == []
