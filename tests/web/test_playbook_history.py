"""The versions of a playbook, who used them, and what changed between two."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, uses, versions
from firebreak.store.engine import WRITES
from firebreak.store.versions import Version
from firebreak.workflow import incidents
from tests.conftest import NOW, Desk, SignIn
from tests.web import shelf
from tests.web.conftest import Page

pytestmark = pytest.mark.long_on_postgres

NEW = shelf.LEAK.replace("due=5m .critical", "due=15m").replace("Save the paper", "Save the <b>memo</b>")
OLD_HASH, NEW_HASH = (sha256(text.encode()).hexdigest() for text in (shelf.LEAK, NEW))
HISTORY = "/playbooks/en/employee-leak/history"


@pytest.fixture
def used(desk: Desk, tmp_path: Path) -> Flask:
    """An incident chose the first version, another the second, which is in use."""
    app = desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "playbooks"))
    with app.app_context():
        open_one("Before", NOW - timedelta(hours=2))
        shelf.write(tmp_path / "playbooks", **{"en_employee-leak": NEW})
        library.refresh(NOW - timedelta(hours=1))
        open_one("After", NOW - timedelta(hours=1))
    return app


def open_one(title: str, at: object) -> str:
    leak = library.get("en", "employee-leak")
    return incidents.open_incident(Opening(title, title=title), 2, at, playbook=leak).reference  # type: ignore[arg-type]


@pytest.fixture
def app(used: Flask) -> Flask:
    return used


def row(text: str, hash: str) -> str:
    return next(part for part in text.split("<tr>") if f"/playbooks/versions/{hash}" in part)


def test_a_playbook_names_its_incidents_the_newest_first_and_an_older_version(page: Page) -> None:
    found = page("/playbooks/en/employee-leak").partition('id="used-in"')[2]
    assert found.index("After") < found.index("an earlier version") and found.index("Before") > found.index("After")
    assert f"{HISTORY}/{OLD_HASH}/{NEW_HASH}" in found and found.count("an earlier version") == 1


def test_an_incident_that_chose_two_versions_is_named_once_with_the_last(app: Flask, page: Page) -> None:
    with app.app_context():
        incidents.choose_playbook("FB-2026-001", library.get("en", "employee-leak"), 2, NOW)
        assert [(use.reference, use.hash) for use in uses.of("en", "employee-leak", 9)] == [
            ("FB-2026-002", NEW_HASH),
            ("FB-2026-001", NEW_HASH),
        ]


def test_an_incident_that_left_for_another_playbook_stays_with_the_first(app: Flask) -> None:
    with app.app_context():
        incidents.choose_playbook("FB-2026-001", library.get("en", "weekend-firestorm"), 2, NOW)
        assert [use.reference for use in uses.of("en", "employee-leak", 9)] == ["FB-2026-002", "FB-2026-001"]


def test_a_playbook_that_nobody_used_says_so(page: Page) -> None:
    assert "No incident has used it yet" in page("/playbooks/en/weekend-firestorm")


def test_the_history_tells_which_version_is_in_use_and_who_used_each(page: Page) -> None:
    text = page(HISTORY)
    assert "in use" in row(text, NEW_HASH) and "FB-2026-002" in row(text, NEW_HASH)
    assert "in use" not in row(text, OLD_HASH) and "FB-2026-001" in row(text, OLD_HASH)


def test_two_versions_can_be_chosen_to_compare(client: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(client, "oscar").get(f"{HISTORY}?old={NEW_HASH}&new={OLD_HASH}")
    assert answer.status_code == 303 and answer.location == f"{HISTORY}/{NEW_HASH}/{OLD_HASH}"


@pytest.mark.parametrize("path", ["fr/employee-leak", "de/employee-leak", "en/nothing", "en/..%2fx"])
def test_a_playbook_without_versions_has_no_history(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    assert sign_in(client, "oscar").get(f"/playbooks/{path}/history").status_code == 404


def test_a_difference_tells_what_changed_in_words_and_marks(page: Page) -> None:
    text = page(f"{HISTORY}/{OLD_HASH}/{NEW_HASH}")
    step = text.partition("diff-changed")[2].partition("</article>")[0]
    assert all(word in step for word in ("Within", "5 min", "15 min", "Critical step", "removed:", "added:", "<del>"))


def test_what_an_author_typed_cannot_run_in_a_difference(page: Page) -> None:
    text = page(f"{HISTORY}/{OLD_HASH}/{NEW_HASH}")
    assert "<b>memo" not in text and "&lt;" in text


def test_the_same_version_has_no_difference(page: Page) -> None:
    assert "These two versions do not differ" in page(f"{HISTORY}/{NEW_HASH}/{NEW_HASH}")


def test_a_change_of_layout_alone_is_said_to_be_one(app: Flask, page: Page) -> None:
    moved = shelf.LEAK.replace("owner: Mei Lin\n", "").replace("reviewed:", "owner: Mei Lin\nreviewed:")
    keep(app, Version("en/employee-leak.md", "b" * 64, moved.replace("# First", "#  First")))
    assert "Only the order or the layout" in page(f"{HISTORY}/{OLD_HASH}/{'b' * 64}")


def keep(app: Flask, version: Version) -> None:
    with app.app_context(), db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        versions.keep(connection, version, NOW)


def test_a_version_that_can_no_longer_be_read_is_compared_line_by_line(app: Flask, page: Page) -> None:
    keep(app, Version("en/employee-leak.md", "a" * 64, "an old <i>form</i>"))
    text = page(f"{HISTORY}/{'a' * 64}/{NEW_HASH}")
    assert "compared line by line" in text and "an old &lt;i&gt;form" in text


def test_versions_of_different_playbooks_are_not_compared(client: FlaskClient, sign_in: SignIn) -> None:
    storm = sha256(shelf.STORM.encode()).hexdigest()
    assert sign_in(client, "oscar").get(f"{HISTORY}/{storm}/{NEW_HASH}").status_code == 404


def test_an_old_version_leads_to_what_changed_since(page: Page) -> None:
    assert f"{HISTORY}/{OLD_HASH}/{NEW_HASH}" in page(f"/playbooks/versions/{OLD_HASH}")
