"""The question that settles two playbooks, on a phone, by keyboard, and as a screen reader hears it."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from playwright.sync_api import Page, expect

from firebreak import create_app, library, trained
from firebreak.domain.matching import rank
from firebreak.domain.reports import Report
from tests.browser.audits import more_wrongs, wrongs
from tests.browser.conftest import Served, Storm, fits
from tests.conftest import CHEAP

# Of two of these at once the matcher is to ask about one, whatever it was trained with last.
HAPPENED = (
    "Our app sent a push to everyone with other people's names.",
    "An internal memo about layoffs was leaked to a journalist.",
    "The customer list was posted on our account by mistake.",
    "The site is down since noon.",
    "A customer complains that nobody answers.",
    "One of our drivers was filmed shouting at a woman.",
    "People say our yoghurt made them ill.",
    "Our prize draw has no winner.",
)
LISTEN = """() => {
  window.heard = [];
  const status = document.getElementById("suggestions-status");
  new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true });
}"""


@pytest.fixture(scope="module")
def unclear(shared_room: tuple[Served, str, object]) -> str:
    """A report that brings a question."""
    app = create_app(CHEAP, instance=shared_room[0].instance, database_url="")
    with app.app_context():
        shelf, table = library.playbooks("en"), trained.table()
    both = (" ".join(pair) for pair in combinations(HAPPENED, 2))
    return next(text for text in both if rank(Report(text), shelf, table).question)


@pytest.fixture
def page(storm: Storm, unclear: str) -> Page:
    """A phone on which that report was typed, and the question came."""
    page = storm.open("/incidents/new")
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate(LISTEN)
    page.get_by_label("What is happening?").fill(unclear)
    expect(page.locator(".question")).to_be_visible()
    return page


def answers(page: Page, name: str) -> None:
    page.locator(".question").get_by_role("button", name=name, exact=True).press("Enter")


def test_an_answer_by_keyboard_settles_it_and_can_be_taken_back(page: Page, unclear: str) -> None:
    assert fits(page)
    answers(page, "Yes")
    expect(page.locator(".fit-reason", has_text="you answered:").first).to_be_visible()
    expect(page.get_by_role("button", name="Take it back")).to_be_focused()
    assert fits(page) and page.get_by_label("What is happening?").input_value() == unclear
    page.keyboard.press("Enter")
    expect(page.locator(".question").get_by_role("button", name="Yes")).to_be_focused()
    expect(page.locator(".fit-reason", has_text="you answered:")).to_have_count(0)


def test_the_question_and_its_answer_have_no_violation(page: Page) -> None:
    before = [*wrongs(page), *more_wrongs(page)]
    answers(page, "No")
    expect(page.locator(".answered")).to_be_visible()
    assert [*before, *wrongs(page), *more_wrongs(page)] == []


def test_what_nobody_knows_is_asked_no_more(page: Page) -> None:
    answers(page, "Don't know")
    expect(page.locator(".answered")).to_contain_text("Don't know")
    page.get_by_label("What is happening?").press_sequentially(" !")
    with page.expect_response("**/suggest"):
        pass
    expect(page.locator(".question")).to_have_count(0)


def test_an_answer_moves_no_choice_of_a_person(page: Page) -> None:
    second = page.locator(".fit input").nth(1)
    second.check()
    chosen = second.input_value()
    answers(page, "No")
    expect(page.locator(".answered")).to_be_visible()
    expect(page.locator("[name=playbook]:checked")).to_have_value(re.compile(f"{chosen}|another"))


def test_the_first_suggestion_and_the_question_are_read_out_once(page: Page) -> None:
    asked = page.locator(".question legend").inner_text()
    expect(page.locator("#suggestions-status")).to_contain_text(asked)
    for _time in range(2):
        with page.expect_response("**/suggest"):
            page.get_by_label("What is happening?").press_sequentially(" ")
    assert len(page.evaluate("heard")) == 1
