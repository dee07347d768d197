"""The editor of playbooks by keyboard: it checks while one types, leads to a line, saves, and loses nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

EDIT = "/playbooks/en/angry-backlash/edit"
SELECTED = "area => area.value.slice(area.selectionStart, area.selectionEnd)"


@pytest.fixture
def area(page: Page) -> Locator:
    page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}{EDIT}")
    return page.locator("#text")


def typed(area: Locator, text: str) -> None:
    """At the end of the text."""
    area.focus()
    area.press("Control+End")
    area.press_sequentially(text)


def test_a_finding_appears_while_one_types_and_leads_to_its_line(page: Page, area: Locator) -> None:
    typed(area, "\n- [ ] A step of nobody {#nobody due=1h}\n")
    expect(page.locator("#checked-status")).to_contain_text("error")
    page.locator("[data-go-to]").first.press("Enter")
    expect(area).to_be_focused()
    assert "A step of nobody" in area.evaluate(SELECTED)


def test_tab_leaves_the_field_and_control_s_saves(page: Page, area: Locator) -> None:
    typed(area, "\nCall the night porter.\n")
    area.press("Tab")
    expect(page.locator("#save")).to_be_focused()
    area.press("Control+s")
    expect(page.locator(".notice-ok")).to_contain_text("in use from now on")
    expect(area).to_be_focused()


def test_a_draft_brought_back_does_not_hide_what_another_saved(page: Page, area: Locator) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    typed(area, "\nMine.\n")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".draft-line")).to_be_visible()
    other.locator(".draft-line button").click()
    typed(other.locator("#text"), "\nTheirs.\n")
    other.locator("#save").click()
    expect(other.locator(".notice-ok")).to_be_visible()
    other.close()
    typed(area, "Still mine.\n")
    page.reload()
    expect(area).to_have_value(area.input_value())
    page.locator("#save").click()
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text("Theirs.")
