"""The Saturday night, played on a phone from sign-in to stand-down."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served, fits, set_up

STORM = (
    "Saturday night: moms are furious about our sling advert on twitter and facebook, 'offended', 'pull the ad'. "
    "Nobody from us has answered since last night, the agency is closed until Monday."
)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060606000000005000157a0a3d40000000049454e44ae426082"
)


def open_storm(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/incidents/new")
    page.get_by_label("What is happening?").fill(STORM)
    expect(page.locator("#suggestions")).to_contain_text("Weekend firestorm")
    expect(page.get_by_role("checkbox", name="Facebook")).to_be_checked()
    assert fits(page)
    page.get_by_role("button", name="Open the incident").first.click()
    expect(page.locator("h1")).to_contain_text("Saturday night")


def test_she_opens_works_and_stands_down_the_storm(page: Page, served: Served) -> None:
    open_storm(page, served)
    assert page.url.endswith("-001") and fits(page)
    expect(page.locator(".silence")).to_contain_text("without a public word")

    page.get_by_role("button", name="Take the lead").click()
    expect(page.locator(".lead")).to_contain_text("Ada Fontaine")
    tick_everything_critical(page)
    post_on_x(page)
    note_with_screenshot(page)
    strike_the_note(page)
    stand_down(page)
    expect(page.locator(".room-head")).to_contain_text("Stood down")
    assert fits(page)
    review(page)
    verified = [sys.executable, "-m", "firebreak", "verify"]
    subprocess.run(verified, env={"FIREBREAK_INSTANCE": str(served.instance)}, check=True, capture_output=True)


def tick_everything_critical(page: Page) -> None:
    """One tap for a step; a decision asks which."""
    page.get_by_role("button", name="Done: Stop every scheduled post").click()
    expect(page.locator("#step-pause-scheduled")).to_contain_text("Ada Fontaine")
    page.locator("#step-advert").get_by_role("button", name="Pull").click()
    expect(page.locator("#step-advert")).to_contain_text("Pull")


def post_on_x(page: Page) -> None:
    page.locator("#say-x").get_by_label("Text").fill("We see you. We are sorry. Next word at 23:30.")
    page.locator("#say-x").get_by_label("Link to the post").fill("https://x.com/brand/status/1")
    page.get_by_role("button", name="Posted on X").click()
    expect(page.locator("#say-x")).to_contain_text("next word promised for")
    expect(page.locator(".silence")).to_contain_text("until our first public word")


def note_with_screenshot(page: Page) -> None:
    page.locator("#note-text").fill("Agency phoned: **nobody** answers. <script>alert(1)</script>")
    picture = {"name": "storm <b>.png", "mimeType": "image/png", "buffer": PICTURE}
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#log")).to_contain_text("<script>alert(1)</script>")
    with page.expect_download() as download:
        page.get_by_role("link", name="storm <b>.png").click()
    assert download.value.path().read_bytes() == PICTURE


def strike_the_note(page: Page) -> None:
    page.locator("#log li", has_text="Agency phoned").first.locator("a[href*='/log/']").first.click()
    page.get_by_text("Strike it out").click()
    form = page.locator("form[action$='/strike']")
    form.locator("textarea").fill("It was the wrong agency.")
    form.get_by_role("button").click()
    expect(page.locator("body")).to_contain_text("It was the wrong agency.")
    page.locator("a", has_text="FB-").first.click()


def stand_down(page: Page) -> None:
    page.locator("#stand-down-title").click()
    page.locator("#stand-down input[value=resolved]").check()
    page.locator("#stand-down").get_by_role("button", name="Stand down").click()
    expect(page.locator("#stand-down")).to_contain_text("critical")
    page.locator("#stand-down textarea").fill("Handed to the weekday team at 08:30.")
    page.locator("#stand-down").get_by_role("button", name="Stand down").click()


def review(page: Page) -> None:
    """On Monday: answer, decide what to change, agree, print."""
    page.get_by_role("link", name="Review").first.click()
    expect(page.locator("svg.timeline")).to_be_visible()
    assert fits(page)
    page.locator("#questions textarea").first.fill("Nobody watched between 22:00 and 08:00.")
    page.get_by_role("button", name="Save my answers").click()
    expect(page.locator("#questions")).to_contain_text("Nobody watched between")
    page.locator("#actions textarea, #actions input[type=text]").first.fill("A phone that rings at night")
    page.locator("#actions select").first.select_option(label="Ada Fontaine")
    page.locator("#actions input[type=date]").first.fill("2030-01-31")
    page.locator("#actions form button").last.click()
    expect(page.locator("#actions")).to_contain_text("A phone that rings at night")
    page.locator("#agreement form button").first.click()
    expect(page.locator("#agreement")).to_contain_text("Agreed by Ada Fontaine")
    page.get_by_role("link", name="Print").first.click()
    assert page.pdf(format="A4", print_background=False).startswith(b"%PDF-")
    expect(page.locator("svg.timeline")).to_be_visible()


def test_everything_works_without_javascript(chromium: Browser, served: Served) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="en-GB")
    page = context.new_page()
    set_up(page, served)
    page.goto(f"{served.address}/incidents/new")
    page.get_by_label("What is happening?").fill(STORM)
    page.get_by_role("button", name="Suggest playbooks").click()
    expect(page.locator("#suggestions")).to_contain_text("Weekend firestorm")
    expect(page.get_by_label("What is happening?")).to_have_value(STORM)
    page.get_by_role("button", name="Open the incident").first.click()
    page.get_by_role("button", name="Take the lead").click()
    page.get_by_role("button", name="Done: Stop every scheduled post").click()
    expect(page.locator("#step-pause-scheduled")).to_contain_text("Ada Fontaine")
    post_on_x(page)
    context.close()


def test_a_double_tap_opens_one(page: Page, served: Served) -> None:
    page.goto(f"{served.address}/incidents/new")
    page.get_by_label("What is happening?").fill(STORM)
    page.evaluate(
        "form = document.querySelector('form.opening'); fetch(form.action, {method: 'POST', body: new FormData(form)})"
    )
    page.get_by_role("button", name="Open the incident").first.click()
    expect(page.locator("h1")).to_contain_text("Saturday night")
    page.goto(f"{served.address}/incidents")
    expect(page.locator("a[href*='/incidents/FB-']")).to_have_count(1)


def test_what_was_typed_survives_a_lost_session(page: Page, served: Served) -> None:
    open_storm(page, served)
    page.locator("#note-text").fill("Typed for ten minutes.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Add the note").click()
    page.wait_for_url("**/notes")
    expect(page.locator("textarea").first).to_have_value("Typed for ten minutes.")
