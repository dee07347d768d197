"""A tick in a real browser: at once, honestly, and taken back."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Storm

FIRST = "#step-pause-scheduled"


def refuse(route: Route) -> None:
    route.abort() if route.request.method == "POST" else route.continue_()


def test_a_tick_is_done_without_leaving_the_page_and_undone_by_a_word(storm: Storm) -> None:
    page = storm.open()
    page.evaluate("window.stayed = true")
    page.locator(FIRST).get_by_role("button", name="Done").click()
    expect(page.locator("#told")).to_contain_text("Done: Stop every scheduled post")
    page.locator("#told").get_by_role("button", name="Undo").click()
    expect(page.locator("#told")).to_contain_text("The log keeps both entries")
    assert page.evaluate("window.stayed")
    page.reload()
    expect(page.locator(FIRST).get_by_role("button", name="Done")).to_be_visible()
    expect(page.locator("#log")).to_contain_text("Ticked by mistake.")


def test_a_tick_without_a_connection_turns_back_and_says_so(storm: Storm) -> None:
    page = storm.open()
    page.route("**/steps/**", refuse)
    page.locator(FIRST).get_by_role("button", name="Done").click()
    expect(page.locator("#told")).to_contain_text("Not saved: no connection.")
    expect(page.locator(FIRST)).not_to_have_class("step-ticked")
    page.unroute("**/steps/**")
    page.locator("#told").get_by_role("button", name="Try again").click()
    expect(page.locator("#told")).to_contain_text("Done: Stop every scheduled post")
    undo(page)


def test_the_second_to_tick_is_told_who_was_quicker(storm: Storm) -> None:
    one, two = storm.open(), storm.open(alone=True)
    one.locator(FIRST).get_by_role("button", name="Done").click()
    expect(one.locator("#told")).to_contain_text("Done:")
    two.locator(FIRST).get_by_role("button", name="Done").click()
    expect(two.locator("#told")).to_contain_text("Already done by Ada Fontaine")
    expect(two.locator("#told").get_by_role("button", name="Undo")).to_be_hidden()
    undo(one)


def test_a_tick_of_a_session_that_has_ended_asks_to_sign_in(storm: Storm, chromium: Browser) -> None:
    page, stranger = storm.open(), chromium.new_context(locale="en-GB")
    page.route("**/steps/**", lambda route: route.fulfill(response=stranger.request.post(route.request.url)))
    page.locator(FIRST).get_by_role("button", name="Done").click()
    expect(page.locator("#told")).to_contain_text("Not saved. Sign in to go on.")
    expect(page.locator("#told").get_by_role("link", name="Sign in")).to_be_visible()
    stranger.close()


def undo(page: Page) -> None:
    page.locator("#told").get_by_role("button", name="Undo").click()
    expect(page.locator("#told")).to_contain_text("Open again")
