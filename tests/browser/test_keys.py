"""Keys in a real browser: they lead and tick, and are silent while somebody types."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Storm


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.closest('[id]')?.id"))


def test_the_keys_of_the_room_lead_to_its_parts(storm: Storm) -> None:
    page = storm.open()
    page.keyboard.press("n")
    assert focused(page) == "note-text"
    page.keyboard.type("jn?x")
    expect(page.locator("#note-text")).to_have_value("jn?x")
    page.locator("#note-text").fill("")
    page.locator("#note-text").blur()
    page.keyboard.press("s")
    assert focused(page).startswith("statement-")


def test_j_and_k_go_from_step_to_step_and_x_ticks(storm: Storm) -> None:
    page = storm.open()
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    assert focused(page) != first
    page.keyboard.press("k")
    assert focused(page) == first and first.startswith("step-")
    page.keyboard.press("x")
    expect(page.locator("#told")).to_contain_text("Done:")
    page.keyboard.press("u")
    expect(page.locator("#told")).to_contain_text("Open again")


def test_two_keys_go_to_a_page_and_a_question_mark_shows_them_all(storm: Storm) -> None:
    page = storm.open()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("write a note")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/playbooks")


def test_no_key_works_with_another_held_or_while_composing(storm: Storm) -> None:
    page = storm.open()
    page.evaluate(
        "for (const more of [{ctrlKey: true}, {altKey: true}, {metaKey: true}, {isComposing: true}])"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true, ...more}))"
    )
    assert focused(page) != "note-text"


def test_keys_can_be_turned_off(storm: Storm) -> None:
    page = storm.open("/account")
    page.get_by_label("Single keys").uncheck()
    page.locator("#looks").get_by_label("Dark").check()
    page.locator("#looks").get_by_role("button", name="Save").click()
    page.goto(storm.room)
    page.keyboard.press("n")
    assert focused(page) != "note-text"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
