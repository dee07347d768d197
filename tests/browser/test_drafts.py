"""What was typed stays: through a reload, a lost session, a password asked for again; and goes when it was sent."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Storm

TYPED = "Typed for ten minutes at three in the morning."


def kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('firebreak-draft')).length"))


def type_note(page: Page) -> None:
    page.locator("#note-text").fill(TYPED)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert kept(page) == 1


def test_a_note_survives_a_reload_and_can_be_discarded(storm: Storm) -> None:
    page = storm.open()
    type_note(page)
    page.reload()
    expect(page.locator("#note-text")).to_have_value(TYPED)
    expect(page.locator(".draft-line")).to_contain_text("Restored what you typed at")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#note-text")).to_have_value("")
    assert kept(page) == 0


def test_a_note_that_was_sent_is_forgotten(storm: Storm) -> None:
    page = storm.open()
    type_note(page)
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#log")).to_contain_text(TYPED)
    expect(page.locator("#note-text")).to_have_value("")
    assert kept(page) == 0


def test_a_note_survives_a_lost_session(storm: Storm) -> None:
    page = storm.open(alone=True)
    type_note(page)
    page.context.clear_cookies()
    page.reload()
    storm.sign_in(page)
    page.goto(storm.room)
    expect(page.locator("#note-text")).to_have_value(TYPED)


def test_a_form_that_came_back_with_an_error_is_kept(storm: Storm) -> None:
    page = storm.open()
    page.get_by_text("Record a decision").click()
    page.locator("#decision-why").fill(TYPED)
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.goto(storm.room)
    expect(page.locator("#decision-why")).to_have_value(TYPED)


def test_settings_come_back_after_the_password_was_asked_for_again(storm: Storm) -> None:
    page = storm.open("/settings")
    page.locator("#brands").fill(TYPED)
    storm.grow_stale()
    page.locator("main form button").last.click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#brands")).to_have_value(TYPED)


def test_signing_out_leaves_nothing_and_passwords_are_never_kept(storm: Storm) -> None:
    page = storm.open("/account/password")
    for field in page.locator("input[type=password]").all():
        field.fill("five words in a row")
    page.goto(storm.room)
    assert kept(page) == 0
    type_note(page)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    assert kept(page) == 0
