"""The library as pages: what is on offer, what is broken, how a playbook reads and prints."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.store import db, versions
from firebreak.store.engine import WRITES
from firebreak.store.versions import Version
from tests.conftest import Desk, SignIn
from tests.web import shelf
from tests.web.conftest import Page

pytestmark = pytest.mark.long_on_postgres

NOW = datetime(2026, 3, 7, 21, 40, tzinfo=UTC)


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    return desk(playbooks=shelf.write(tmp_path / "playbooks", en_bad="no playbook at all"))


def test_the_list_names_title_owner_and_day_of_review(page: Page) -> None:
    text = page("/playbooks")
    assert all(word in text for word in ("Weekend firestorm", "Head of communications", "November 1, 2026", "Critical"))


def test_a_broken_file_is_on_top_with_its_line_and_a_cure(page: Page) -> None:
    text = page("/playbooks")
    assert "playbooks/en/bad.md:1" in text
    assert text.index("Begin the file with a line ---") < text.index("Weekend firestorm")


def test_the_reading_page_shows_every_section_in_the_order_of_the_file(page: Page) -> None:
    text = page("/playbooks/en/weekend-firestorm")
    places = [
        text.index(f"<h2>{title}") for title in ("How to recognise it", "First 15 minutes", "Something of our own")
    ]
    assert places == sorted(places)


def test_a_step_shows_whose_it_is_when_it_is_due_and_why(page: Page) -> None:
    text = page("/playbooks/en/weekend-firestorm").partition('id="step-pause-scheduled"')[2].partition("</li>")[0]
    assert all(word in text for word in ("Channel manager", "within 10 min", "Critical", "Because a joke would hurt"))


def test_a_decision_shows_its_options_with_their_consequences(page: Page) -> None:
    text = page("/playbooks/en/weekend-firestorm")
    assert "<dt>Pull</dt>" in text and "it stays" in text


def test_a_holding_text_shows_its_length_of_the_limit(page: Page) -> None:
    assert "of 280 characters" in page("/playbooks/en/weekend-firestorm")


def test_what_an_author_typed_cannot_run(page: Page) -> None:
    text = page("/playbooks/en/weekend-firestorm")
    assert "<script>alert" not in text and 'href="javascript' not in text


def test_a_playbook_in_another_language_is_shown_in_english_and_said_so(page: Page) -> None:
    text = page("/playbooks/fr/weekend-firestorm")
    assert "not written in your language yet" in text and "Weekend firestorm" in text


@pytest.mark.parametrize("path", ["en/nothing", "de/employee-leak", "en/bad", "en/..%2f..%2fetc", "en/nothing/print"])
def test_an_unknown_playbook_is_not_found(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    assert sign_in(client, "oscar").get(f"/playbooks/{path}").status_code == 404


def test_the_sheet_has_a_box_for_every_step_and_every_option(page: Page) -> None:
    assert page("/playbooks/en/weekend-firestorm/print").count('class="box"') == 4


def test_the_sheet_leaves_blanks_where_the_desk_does_not_know_the_words(page: Page) -> None:
    assert "We hear you about [subject]." in page("/playbooks/en/weekend-firestorm/print")


def test_an_old_version_is_shown_as_it_was_and_said_to_be_old(app: Flask, page: Page, tmp_path: Path) -> None:
    hash = sha256(shelf.LEAK.encode()).hexdigest()
    page("/playbooks")
    shelf.write(tmp_path / "playbooks", **{"en_employee-leak": shelf.LEAK.replace("Save the paper", "Keep the paper")})
    with app.app_context():
        library.refresh(NOW)
    text = page(f"/playbooks/versions/{hash}")
    assert "Save the paper" in text and "The one in use now is another" in text


def test_a_version_that_the_rules_no_longer_allow_is_shown_as_text(app: Flask, page: Page) -> None:
    old = Version("en/old.md", "a" * 64, "an old <b>form</b>")
    with app.app_context(), db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        versions.keep(connection, old, NOW)
    assert "an old &lt;b&gt;form&lt;/b&gt;" in page(f"/playbooks/versions/{'a' * 64}")


@pytest.mark.parametrize("hash", ["0" * 64, "%00", "x", "a" * 63 + "é"])
def test_an_unknown_version_is_not_found(client: FlaskClient, sign_in: SignIn, hash: str) -> None:
    assert sign_in(client, "oscar").get(f"/playbooks/versions/{hash}").status_code == 404
