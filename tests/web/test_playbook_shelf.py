"""The library: filtered by language, searched, and how healthy it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.workflow import incidents
from tests.conftest import NOW, Desk, SignIn
from tests.web import shelf
from tests.web.conftest import Page

pytestmark = pytest.mark.one_database

CHINESE = shelf.LEAK.replace("language: en", "language: zh").replace("Employee leak", "内部资料泄露")
FRENCH = shelf.LEAK.replace("language: en", "language: fr").replace("Employee leak", "Fuite interne")
FRENCH = FRENCH.replace("due=5m", "due=9m").replace("2026-10-01", "2024-10-01")
FILES = {
    "en_bad": "no playbook at all",
    "zh_employee-leak": CHINESE.replace("Save the paper", "立即向消费者道歉"),
    "fr_employee-leak": FRENCH,
}


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    """A small library of three languages at a fixed time; the desk has a playbook of its own."""
    own = tmp_path / "playbooks/en/weekend-firestorm.md"
    own.parent.mkdir(parents=True)
    own.write_text(shelf.STORM.replace("A book", "Our book"), "utf-8")
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "house", **FILES))


def card(text: str, title: str) -> str:
    """The part of the list about one playbook."""
    return next(part for part in text.split('<li class="panel book">') if f">{title}</a></h2>" in part)


def test_the_list_is_in_the_readers_language_and_then_in_the_next_best(page: Page) -> None:
    own, rest = page("/playbooks?language=fr").split("Not written in this language yet")
    assert "Fuite interne" in own and "Weekend firestorm" in rest and "Employee leak" not in own + rest


def test_all_languages_show_every_playbook(page: Page) -> None:
    text = page("/playbooks?language=all")
    assert all(title in text for title in ("Fuite interne", "内部资料泄露", "Employee leak", "Weekend firestorm"))


@pytest.mark.parametrize("query", ["language=de", "language=..%2f"])
def test_a_language_that_nobody_speaks_is_not_found(client: FlaskClient, sign_in: SignIn, query: str) -> None:
    assert sign_in(client, "oscar").get(f"/playbooks?{query}").status_code == 404


def test_a_row_tells_the_languages_and_whose_it_is(page: Page) -> None:
    text = page("/playbooks")
    assert "Your own" in card(text, "Weekend firestorm") and "Your own" not in card(text, "Employee leak")
    assert all(name in card(text, "Employee leak") for name in ("English", "Français", "中文"))


def test_a_row_counts_what_is_to_be_improved_and_leads_there(page: Page) -> None:
    assert "/playbooks/health?language=en#en-employee-leak" in card(page("/playbooks"), "Employee leak")


def test_chinese_is_found_inside_a_sentence_and_marked(page: Page) -> None:
    text = page("/playbooks?language=zh&q=道歉")
    assert "/playbooks/zh/employee-leak#step-save" in text and "消费者<mark>道歉</mark>" in text


def test_a_hit_says_where_and_leads_to_that_place(page: Page) -> None:
    text = page("/playbooks?q=joke")
    assert "/playbooks/en/weekend-firestorm#step-pause-scheduled" in text and "Because a <mark>joke</mark>" in text


def test_the_places_that_hits_lead_to_are_on_the_reading_page(page: Page) -> None:
    text = page("/playbooks/en/weekend-firestorm")
    places = ("content", "signals", "step-advert", "part-recognise", "part-4", "text-1")
    assert [place for place in places if f'id="{place}"' not in text] == []


def test_what_is_not_found_says_so_with_a_way_back(page: Page) -> None:
    text = page("/playbooks?q=flamingo")
    assert "No playbook has these words" in text and "language=all&amp;q=flamingo" in text


def test_a_search_for_nothing_says_what_to_type(page: Page) -> None:
    assert "Nothing to look for" in page("/playbooks?q=!")


def test_what_was_typed_cannot_run(page: Page) -> None:
    assert "<script>alert" not in page("/playbooks?q=<script>alert(1)</script>")


# --- health ----------------------------------------------------------------------------------------


def health(text: str, title: str) -> str:
    """The row of one playbook."""
    return next(row for row in text.split("<tr>") if f">{title}</a>" in row)


def test_findings_name_file_line_and_cure(page: Page) -> None:
    text = page("/playbooks/health")
    assert "house/en/bad.md:1" in text and "Begin the file with a line ---" in text


def test_findings_are_in_english_whoever_reads_them(page: Page) -> None:
    assert '<ul class="problems" lang="en">' in page("/playbooks/health")


def test_an_old_review_and_a_drift_are_told_of_the_one_that_has_them(page: Page) -> None:
    text = page("/playbooks/health?language=fr")
    assert "over a year ago" in health(text, "Fuite interne") and "drifted" in health(text, "Fuite interne")
    assert "over a year ago" not in health(page("/playbooks/health?language=en"), "Weekend firestorm")


def test_scenarios_that_a_language_lacks_are_listed(page: Page) -> None:
    unwritten = page("/playbooks/health?language=zh").partition('id="unwritten"')[2]
    assert "Weekend firestorm" in unwritten and "leak" not in unwritten


def test_what_the_desks_own_file_replaces_is_not_counted(app: Flask, page: Page) -> None:
    own = page("/playbooks/health").partition('id="en-weekend-firestorm"')[2].partition("</section>")[0]
    assert "/playbooks/en/weekend-firestorm.md:" in own and "house" not in own


@pytest.mark.parametrize(("exercise", "column"), [(True, "Last drill"), (False, "Last real use")])
def test_an_incident_is_a_use_and_an_exercise_is_a_drill(app: Flask, page: Page, exercise: bool, column: str) -> None:
    with app.app_context():
        told = Opening("A test", exercise=exercise)
        incidents.open_incident(told, 2, NOW, playbook=library.get("en", "employee-leak"))
    row = health(page("/playbooks/health"), "Employee leak")
    assert "Mar 7, 2026" in row.partition(f'data-label="{column}"')[2].partition("</td>")[0]
    assert row.count("never") == 1
