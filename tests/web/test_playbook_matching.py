"""The page of how often the first suggestion was right, and of words to copy: figures, misses, what is kept out."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, suggested
from firebreak.store.engine import WRITES
from firebreak.store.search import SearchText, id_of
from firebreak.workflow import incidents, record, review
from tests.conftest import NOW, Desk, SignIn
from tests.stories import ADA, ROSA
from tests.web import shelf

STORM, LEAK = "weekend-firestorm", "employee-leak"
PAGE = "/playbooks/matching"
EMPTY = "Nothing to count yet"


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    """A small library at a fixed time."""
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "house"))


@pytest.fixture
def paul(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """An approver's browser: who may edit playbooks may see the page."""
    return sign_in(client, "paul")


def opened(report: str, used: str | None = STORM, first: str = STORM, **facts: Any) -> str:
    """An incident for which a playbook was suggested first, and one used."""
    playbook = library.get("en", used) if used else None
    other = LEAK if first == STORM else STORM
    told = Opening(
        report, matches=facts.pop("matches", ((first, 0.7), (other, 0.2))), none=facts.pop("none", 0.1), **facts
    )
    return incidents.open_incident(told, ROSA, NOW - timedelta(hours=1), playbook=playbook).reference


def text(client: FlaskClient) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.text


def judged(reference: str, scenario: str) -> None:
    incidents.stand_down(reference, "resolved", "It is over", ROSA, NOW)
    review.judge(reference, scenario, ROSA, NOW)


def test_an_empty_page_says_what_it_waits_for(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        opened("Moms are furious", used=None)
    found = text(paul)
    assert EMPTY in found and "1 incident is waiting for that." in found
    assert "matching.csv" not in found


def test_the_page_says_how_often_the_first_suggestion_was_right(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        for used in (STORM, STORM, LEAK):
            opened("Moms are furious", used)
    found = text(paul)
    assert "The first suggestion was right in 2 of 3 incidents." in found
    assert "In 3, the right one was among the first three." in found


def test_a_miss_is_linked_to_its_incident(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        reference = opened("A memo <b>is</b> out", LEAK)
    misses = text(paul).split('id="misses"')[1]
    assert f'href="/incidents/{reference}"' in misses
    assert "A memo &lt;b&gt;is&lt;/b&gt; out" in misses and "70%" in misses and "suggested as no. 2" in misses


def test_what_the_review_judged_goes_before_what_was_chosen(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        judged(opened("A memo is out"), LEAK)
    assert "right in 0 of 1 incident." in text(paul)


def test_a_false_alarm_that_was_taken_for_one_counts_as_right(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        judged(opened("Opening hours?", none=0.9), "none")
    found = text(paul)
    assert "right in 1 of 1 incident." in found
    assert "1 was no crisis after all; the desk had said so of 1." in found


def test_exercises_and_incidents_without_suggestions_are_left_out(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        opened("Zebra", LEAK, exercise=True)
        opened("Zebra", LEAK, matches=())
    found = text(paul)
    assert EMPTY in found and "zebra" not in found


def test_missing_words_can_be_copied_without_a_script(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        opened("Zebra, okapi", LEAK)
    found = text(paul)
    area = unescape(found.split("<textarea")[1].split("</textarea>")[0])
    assert " readonly " in area and area.endswith('>"okapi", "zebra",')
    assert f'href="/playbooks/en/{LEAK}/edit"' in found


def test_words_that_were_erased_are_gone(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        reference = opened("Zebra on the loose", LEAK)
    assert "zebra" in text(paul)
    with app.app_context():
        record.erase(reference, [1], "Asked for", ADA, NOW)
    found = text(paul)
    assert "zebra" not in found.lower() and reference in found


def test_a_report_for_a_limited_audience_gives_no_words(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        first = SearchText.id == id_of(opened("Zebra on the loose", LEAK, title="Confidential"), 1)
        with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
            connection.execute(sa.update(SearchText).where(first).values(audience="lawyers"))
    assert "zebra" not in text(paul)


def test_a_corrected_report_is_read_as_corrected(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        reference = opened("Zebra on the loose", LEAK)
        record.correct(reference, 1, "Wrong animal", ROSA, NOW, body={"report": "Okapi on the loose"})
    found = text(paul).split('id="lacking"')[1]
    assert "okapi" in found and "zebra" not in found


def test_names_of_colleagues_and_accounts_are_not_offered(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        opened("Rosa saw @zebra_mom: okapi", LEAK)
    found = text(paul).split('id="lacking"')[1]
    assert "okapi" in found and "rosa" not in found and "zebra" not in found


def test_the_table_comes_as_a_csv(app: Flask, paul: FlaskClient) -> None:
    with app.app_context():
        opened("A memo is out", LEAK)
    answer = paul.get(f"{PAGE}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows == [
        {"scenario": LEAK, "language": "en", "incidents": "1", "first": "0", "within": "1", "left_alone": "0"}
    ]
    assert "firebreak-suggestions-2026-03-07.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["/playbooks", "/playbooks/health"])
def test_the_library_leads_there_for_those_who_may_see_it(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    assert f'href="{PAGE}"' in sign_in(client, "paul").get(path).text
    assert f'href="{PAGE}"' not in sign_in(client, "rosa").get(path).text


@pytest.mark.one_database
@pytest.mark.parametrize(("language", "said"), [("fr", "Aucun mot"), ("zh", "目前还没有")])
def test_the_page_speaks_the_readers_language(app: Flask, paul: FlaskClient, language: str, said: str) -> None:
    with app.app_context():
        opened("offended")
    with paul.session_transaction() as session:
        session["language"] = language
    found = text(paul)
    assert said in found and "first suggestion" not in found


def test_the_judgement_is_in_the_projection_of_the_incident(app: Flask) -> None:
    with app.app_context():
        reference = opened("A memo is out")
        judged(reference, "none")
        assert suggested.newest(1)[0].used == "none"
