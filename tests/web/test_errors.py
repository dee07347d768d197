"""What a person sees when something goes wrong, and that what was typed is still there."""

from __future__ import annotations

import errno
import re
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import exc

from firebreak.config import HOME
from firebreak.domain.refusal import Refused
from firebreak.web import refusals
from tests.conftest import send

pytestmark = pytest.mark.long_on_postgres

TYPED = "We have seen your posts.\nWe speak again at 05:00."
LOCKED = exc.OperationalError("INSERT", {}, Exception("database is locked"))
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def failing(app: Flask) -> Any:
    """`failing(error)`: an address that raises it, whatever is sent there."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def at(error: Exception) -> str:
        def view() -> str:
            raise error

        app.view_functions["incidents.index"] = view
        app.add_url_rule("/fails", "fails", view, methods=["GET", "POST"])
        return "/fails"

    return at


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    return sign_in(client, "rosa")


def test_an_unknown_reference_is_a_404_that_says_how_references_look(rosa):
    answer = rosa.get("/incidents/FB-2026-999")
    assert answer.status_code == 404
    assert "References look like FB-2026-014" in answer.text


@pytest.mark.parametrize("path", ["", "/steps/none", "/log/9", "/roles/king", "/files/" + "0" * 64])
def test_nothing_of_an_unknown_incident_is_anything_but_a_404(rosa, path):
    assert rosa.get("/incidents/FB-2026-999" + path).status_code == 404


def test_no_form_works_on_an_incident_that_does_not_exist(app, client, sign_in):
    known = {"role": "lead", "channel": "x", "moment": "contained", "step": "advert", "seq": 1}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("room.") and "POST" in rule.methods]
    ada = sign_in(client, "ada")
    wanted = [{name: known[name] for name in rule.arguments - {"reference"}} for rule in rules]
    with app.test_request_context():
        paths = [url_for(r.endpoint, reference="FB-2026-999", **facts) for r, facts in zip(rules, wanted, strict=True)]
    assert {send(ada, path, channel="x").status_code for path in paths} == {404}


def test_a_form_with_an_old_token_comes_back_with_everything_typed(rosa):
    answer = rosa.post("/incidents/FB-2026-001/notes", data={"note-text": TYPED, "csrf_token": "old"})
    assert answer.status_code == 400
    assert TYPED in answer.text
    assert "Send again" in answer.text


def test_a_form_sent_after_the_session_ended_keeps_its_text_and_leads_to_the_sign_in(client):
    answer = client.post("/incidents/FB-2026-001/notes", data={"note-text": TYPED})
    assert answer.status_code == 401
    assert TYPED in answer.text
    assert "/sign-in" in answer.text


@pytest.mark.parametrize(
    "name", ["password", "new_password", "mail_password", "csrf_token", "reset_token", "webhook_secret"]
)
def test_a_secret_is_never_given_back(rosa, name):
    answer = rosa.post("/incidents/FB-2026-001/notes", data={name: "hunter2hunter2", "note-text": TYPED})
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("error", [LOCKED, FULL, exc.TimeoutError("no connection")])
def test_what_cannot_be_saved_says_so_and_keeps_what_was_typed(rosa, failing, error):
    answer = send(rosa, failing(error), text=TYPED)
    assert answer.status_code == 503
    assert "Not saved" in answer.text
    assert TYPED in answer.text


def test_a_database_that_is_away_when_reading_is_said(rosa, failing):
    answer = rosa.get(failing(exc.OperationalError("SELECT", {}, Exception("server closed the connection"))))
    assert answer.status_code == 503
    assert "Try again" in answer.text


def test_a_fault_of_ours_is_a_page_without_its_details(rosa, failing):
    answer = send(rosa, failing(RuntimeError("private detail")), text=TYPED)
    assert answer.status_code == 500
    assert "private detail" not in answer.text
    assert TYPED in answer.text


def test_a_fault_of_the_statement_is_not_called_a_busy_database(rosa, failing):
    assert rosa.get(failing(exc.IntegrityError("INSERT", {}, Exception("unique")))).status_code == 500


def test_a_rule_that_says_no_outside_a_form_is_a_409_in_words(rosa, failing):
    answer = send(rosa, failing(Refused("stood_down", reference="FB-2026-001")), text=TYPED)
    assert answer.status_code == 409
    assert "FB-2026-001 was stood down. Open it again" in answer.text
    assert TYPED in answer.text


def test_too_much_at_once_says_how_much_is_allowed(rosa, app):
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    answer = send(rosa, "/incidents/FB-2026-001/notes", **{"note-text": "a" * (2 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "At most 1 MB" in answer.text


def test_the_page_of_a_database_that_is_away_speaks_the_browsers_language(client, failing):
    failing(LOCKED)
    answer = client.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert 'lang="zh-Hans"' in answer.text


def test_every_refusal_has_words():
    """The codes are read from the source: a new one without a sentence fails here."""
    source = "".join(path.read_text("utf-8") for path in (HOME / "firebreak").rglob("*.py"))
    codes = set(re.findall(r'Refused\(\s*"([a-z_]+)"', source))
    assert codes - set(refusals.SENTENCES) == set()


def test_a_wrong_method_is_said(rosa):
    assert rosa.post("/incidents/FB-2026-001/log/1").status_code in (400, 405)
