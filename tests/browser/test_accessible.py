"""Every page under axe-core (WCAG 2.2 AA and its best practices), at 400 % zoom and with spaced text.

The pages are found by following the links of a demonstration, two of each kind; those no link leads to are named here.
The matrix (three languages, both themes, a telephone and a laptop) is long; every run looks at the pages of a shift.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_security.proxies import _security as security
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from firebreak import create_app
from firebreak.store import db
from firebreak.store.accounts import Account
from firebreak.workflow import people
from tests.browser.audits import more_wrongs, too_small, wrongs
from tests.browser.conftest import Storm, fits, serving, set_up
from tests.browser.demonstrations import Demonstration, demonstration

LINKS = "Array.from(document.querySelectorAll('a[href]'), link => link.getAttribute('href'))"
OF_A_KIND = 2
PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ZOOMED = {"width": 320, "height": 256}
"""What a window of 1280 by 1024 shows at 400 %."""
UNLINKED = ("/incidents", "/offline", "/confirm-password", "/first-steps", "/incidents?q=a", "/incidents?q=zzzz")
EMPTIED = """form => {
  form.noValidate = true;
  const typed = "textarea, input:not([type=hidden], [type=radio], [type=checkbox])";
  for (const field of form.elements) if (field.matches(typed)) field.value = "";
  form.requestSubmit();
}"""
"""Sends a form as somebody would who has filled nothing in."""
FORMS = {
    "/incidents/new": "form.opening",
    "/people/add": "main form",
    "/account": "main form:not([action])",
    "/account/password": "main form",
    "/account/second-step": "main form:not([action])",
    "/settings/tokens": "main form",
    "/settings/mail": "main form",
    "/confirm-password": "main form",
    "/playbooks/new": "main form",
    "/playbooks/import": "main form",
    "ROOM": "form[action$='/decisions']",
    "ROOM/": "form[action$='/statements/x']",
    "NOTE": "form[action$='/strike']",
    "OVER/review": "form[action$='/actions']",
}
"""Forms that come back with errors, by the page they are on."""


def faults(page: Page) -> list[str]:
    """All that is wrong with the page that is open, in every look. The theme changes colours and nothing else."""
    found = []
    for size in (LAPTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{theme} {size['width']}: {each}" for each in wrongs(page, only_colours=theme == "dark")]
    found += more_wrongs(page)
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    return found if fits(page) else [*found, "too wide at 400 %"]


def pages(page: Page, addresses: MapAdapter) -> Iterator[str]:
    """Goes to one page after the other, two of each kind, and tells its path."""
    waiting, looked = list(UNLINKED), dict[str, int]()
    known = set(waiting)
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path, addresses)
        if not kind or (looked.get(kind, 0) >= OF_A_KIND and path not in UNLINKED) or not is_page(page, path):
            continue
        looked[kind] = looked.get(kind, 0) + 1
        page.goto(path, wait_until="load")
        fresh = [href.split("#")[0] for href in page.evaluate(LINKS) if href.startswith("/")]
        waiting += [href for href in dict.fromkeys(fresh) if href not in known]
        known.update(fresh)
        yield path


def kind_of(path: str, addresses: MapAdapter) -> str:
    """The endpoint a path belongs to; "" where GET leads nowhere."""
    try:
        return str(addresses.match(path.split("?")[0], method="GET")[0])
    except HTTPException:
        return ""


def is_page(page: Page, path: str) -> bool:
    """Whether it answers with a page, and not with a file to keep."""
    answer = page.request.get(path)
    return "text/html" in answer.headers.get("content-type", "") and "content-disposition" not in answer.headers


def none_of(found: dict[str, list[str]]) -> None:
    """Fails with all that was found, a line each."""
    lines = [f"{path}: {wrong}" for path, wrongs in found.items() for wrong in wrongs]
    assert not lines, "\n".join(lines)


def sent_empty(page: Page, path: str, form: str) -> str:
    page.goto(path)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/here" not in answer.url) as answer:
        page.locator(form).first.evaluate(EMPTIED)
    expect(page.locator(".error-summary"), f"{path} {form} {answer.value.status}").to_be_visible()
    return f"{path} {form}"


# --- every run: the pages of a shift, on a telephone, by night ----------------------------------------


def test_the_pages_of_a_shift_have_no_violation(storm: Storm) -> None:
    page = storm.open()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    room = page.url.removeprefix(storm.served.address)
    for path in (room, "/incidents", "/incidents/new", f"{room}/review", "/playbooks"):
        page.goto(storm.served.address + path)
        assert not wrongs(page) + more_wrongs(page), path


def test_everything_in_a_room_is_large_enough_for_a_thumb(storm: Storm, chromium: Browser) -> None:
    state = storm.context.storage_state()
    touched = chromium.new_context(viewport=PHONE, has_touch=True, storage_state=state, service_workers="block")  # type: ignore[arg-type]
    page = touched.new_page()
    page.goto(storm.room)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert too_small(page) == []
    touched.close()


# --- the long matrix ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    with demonstration(request.param, tmp_path_factory.mktemp(f"demo-{request.param}")) as told:
        yield told


@pytest.fixture
def browser(chromium: Browser, demo: Demonstration) -> Iterator[BrowserContext]:
    locale = {"en": "en-GB", "fr": "fr-FR", "zh": "zh-CN"}[demo.language]
    context = chromium.new_context(
        base_url=demo.address, service_workers="block", reduced_motion="reduce", locale=locale, viewport=PHONE
    )  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    yield context
    context.close()


languages = pytest.mark.parametrize("demo", ["en", "fr", "zh"], indirect=True)


@pytest.mark.long
@languages
def test_no_page_has_a_violation(demo: Demonstration, browser: BrowserContext) -> None:
    addresses = create_app(instance=demo.instance).url_map.bind("desk.invalid")
    page = demo.sign_in(browser)
    found = {path: faults(page) for path in pages(page, addresses)}
    assert len(found) > 50
    none_of(found)


def first(page: Page, path: str, link: str) -> str:
    """Where the first such link of a page leads."""
    page.goto(path)
    return page.locator(link).first.get_attribute("href") or ""


@pytest.mark.long
@languages
def test_no_form_with_errors_has_a_violation(demo: Demonstration, browser: BrowserContext) -> None:
    page = demo.sign_in(browser)
    room = first(page, "/incidents", ".incident-title")
    places = {
        "ROOM": room,
        "NOTE": first(page, room, ".entry-note .entry-time"),
        "OVER": first(page, "/incidents?state=stood_down", ".incident-title"),
    }
    paths = {path: re.sub("[A-Z]{4}", lambda found: places[found[0]], path).rstrip("/") for path in FORMS}
    sent = (sent_empty(page, paths[path], form) for path, form in FORMS.items())
    found = {each: faults(page) for each in sent}
    none_of(found)


@pytest.mark.long
@languages
def test_no_refusal_and_no_door_has_a_violation(demo: Demonstration, browser: BrowserContext) -> None:
    page = browser.new_page()
    found = {}
    for path in ("/sign-in", "/forgotten", "/link/of-nobody", "/setup/of-nobody", "/sign-in?next=/people"):
        page.goto(path)
        found[path] = faults(page)
    found[sent_empty(page, "/sign-in", "main form")] = faults(page)
    watching = demo.sign_in(browser, "observer")
    for path in ("/people", "/incidents/FB-1999-001", "/incidents/new", "/incidents"):
        watching.goto(path)
        assert "sign-in" not in watching.url
        found[f"observer {path}"] = faults(watching)
    none_of(found)


@pytest.mark.long
@languages
def test_the_second_step_has_no_violation(demo: Demonstration, browser: BrowserContext) -> None:
    with_second_step(demo)
    page = demo.sign_in(browser, "approver")
    expect(page.locator("input[autocomplete=one-time-code]")).to_be_focused()
    found = {"code": faults(page), sent_empty(page, "/sign-in/code", "main form"): faults(page)}
    page.goto("/sign-in/recovery")
    found["recovery"] = faults(page)
    none_of(found)


def with_second_step(demo: Demonstration) -> None:
    """As if the approver had set an authenticator up."""
    app = create_app(instance=demo.instance, database_url="")
    with app.app_context():
        id = db.session.scalar(sa.select(Account.id).where(Account.email == demo.emails["approver"]))
        people.set_second_step(id, security.totp_factory.generate_totp_secret(), [], id, datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.long
def test_a_new_desk_has_no_violation(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(locale="en-GB", service_workers="block", viewport=PHONE)  # type: ignore[arg-type]
    with serving(tmp_path) as desk:
        page = context.new_page()
        page.goto(desk.link)
        found = {"setup": faults(page), sent_empty(page, desk.link, "main form"): faults(page)}
        set_up(page, desk)
        for path in ("/first-steps", "/incidents", "/actions", "/people", "/settings/tokens", "/call-list"):
            page.goto(desk.address + path)
            found[path] = faults(page)
        context.close()
    none_of(found)
