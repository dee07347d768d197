"""Writing playbooks in the browser: check and preview before anything is kept, and nothing typed is lost."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import playbook_writing
from tests.conftest import NOW, Desk, SignIn, send
from tests.web import shelf

pytestmark = pytest.mark.one_database

EDIT = "/playbooks/en/weekend-firestorm/edit"
SHARED = ("pause-list", "apology-check", "silent-approver", "hand-over")
BROKEN = shelf.STORM.replace("severity: critical", "severity: loud")
LONGER = shelf.STORM.replace("Call the night porter.", "Call the night porter twice.")


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    shared = {f"fr_fragments/{name}": "- Un texte commun.\n" for name in SHARED}
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "shipped" / "playbooks", **shared))


@pytest.fixture
def paul(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "paul")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "playbooks/en/weekend-firestorm.md"


def seen(app: Flask) -> str:
    with app.app_context():
        found = playbook_writing.written("en", "weekend-firestorm")
        return found.hash if found else ""


def save(client: FlaskClient, text: str, **fields: str):
    return send(client, EDIT, text=text.replace("\n", "\r\n"), seen=seen(client.application), save="1", **fields)


def field(page: str) -> str:
    """What the textarea holds."""
    return unescape(page.partition('aria-describedby="text-hint">\n')[2].partition("</textarea>")[0])


def test_the_editor_holds_the_whole_file(paul: FlaskClient) -> None:
    assert field(paul.get(EDIT).text) == shelf.STORM


def test_checking_shows_the_preview_and_keeps_nothing(paul: FlaskClient, own: Path) -> None:
    page = send(paul, EDIT, text=LONGER, check="1").text
    assert "<p>Call the night porter twice.</p>" in page and field(page) == LONGER
    assert not own.exists()


def test_an_error_is_told_with_its_line_what_stands_there_and_a_way_to_it(paul: FlaskClient) -> None:
    page = send(paul, EDIT, text=BROKEN, check="1").text
    assert 'href="#text" data-go-to="5">Line 5</a>' in page and "severity: loud" in page


def test_saving_makes_a_file_of_the_desk_that_is_used_at_once(paul: FlaskClient, own: Path) -> None:
    assert save(paul, LONGER).status_code == 303
    assert own.read_text("utf-8") == LONGER
    assert "night porter twice" in paul.get("/playbooks/en/weekend-firestorm").text


def test_a_text_with_errors_is_not_saved_and_not_lost(paul: FlaskClient, own: Path) -> None:
    answer = save(paul, BROKEN)
    assert answer.status_code == 422 and field(answer.text) == BROKEN and not own.exists()


def test_a_text_with_warnings_is_saved(paul: FlaskClient, own: Path) -> None:
    assert "warning" in send(paul, EDIT, text=LONGER, check="1").text
    assert save(paul, LONGER).status_code == 303 and own.exists()


def test_what_others_saved_meanwhile_is_shown_beside_the_own_text(paul: FlaskClient, app: Flask, own: Path) -> None:
    before = seen(app)
    save(paul, LONGER)
    answer = send(paul, EDIT, text=shelf.STORM, seen=before, save="1")
    assert answer.status_code == 409 and field(answer.text) == shelf.STORM
    assert "Call the night porter twice." in answer.text.partition("<textarea")[0]
    assert own.read_text("utf-8") == LONGER


def test_one_may_save_over_what_one_has_seen(paul: FlaskClient, app: Flask, own: Path) -> None:
    before = seen(app)
    save(paul, LONGER)
    answer = send(paul, EDIT, text=shelf.STORM, seen=before, over=seen(app))
    assert answer.status_code == 303 and own.read_text("utf-8") == shelf.STORM


def test_one_may_take_the_new_text_and_the_browser_forgets_the_old(paul: FlaskClient) -> None:
    answer = send(paul, EDIT, text="what I typed", take="1")
    assert answer.status_code == 303 and "firebreak_accepted" in answer.headers["Set-Cookie"]


def test_the_script_gets_the_findings_and_the_preview_as_a_piece_of_a_page(paul: FlaskClient) -> None:
    piece = send(paul, "/playbooks/en/weekend-firestorm/preview", text=LONGER).text
    assert 'id="findings"' in piece and 'id="preview"' in piece and "<html" not in piece


def test_what_is_typed_cannot_run_in_the_preview(paul: FlaskClient) -> None:
    piece = send(paul, "/playbooks/en/weekend-firestorm/preview", text=shelf.STORM).text
    assert "<script>alert" not in piece and 'href="javascript' not in piece


def test_no_template_code_in_a_text_is_run(paul: FlaskClient) -> None:
    text = LONGER.replace("twice", "{{ config.SECRET_KEY }} {% for a in (1, 2) %}b{% endfor %} {{ 7 * 6 }}")
    page = send(paul, EDIT, text=text, check="1").text
    assert "{{ 7 * 6 }}" in page and "<p>Call the night porter 42" not in page


def test_a_new_playbook_begins_with_a_skeleton_that_passes_the_check(paul: FlaskClient, tmp_path: Path) -> None:
    answer = send(paul, "/playbooks/new", language="fr", own="portier-de-nuit", title="Le portier", follow=True)
    assert 'title: "Le portier"' in field(answer.text) and ">Error<" not in answer.text
    assert not (tmp_path / "playbooks/fr").exists()


def test_a_scenario_another_language_has_is_offered(paul: FlaskClient) -> None:
    assert "Weekend firestorm (not in" in paul.get("/playbooks/new").text


@pytest.mark.parametrize("name", ["../etc", "a/b", "Ünder", "", "x" * 65])
def test_a_name_that_no_file_may_have_is_refused(paul: FlaskClient, name: str) -> None:
    assert send(paul, "/playbooks/new", language="en", own=name, title="A title").status_code == 422


@pytest.mark.parametrize("path", ["de/weekend-firestorm", "en/..%2fetc", "en/A", "en/.lock"])
def test_an_impossible_name_has_no_editor(paul: FlaskClient, path: str) -> None:
    assert paul.get(f"/playbooks/{path}/edit").status_code == 404


def test_one_that_is_there_is_opened_and_not_begun_again(paul: FlaskClient) -> None:
    answer = send(paul, "/playbooks/new", language="en", scenario="weekend-firestorm", title="Again", follow=True)
    assert "already" in answer.text and field(answer.text) == shelf.STORM


def test_the_shipped_one_is_used_again_after_a_question(paul: FlaskClient, app: Flask, own: Path) -> None:
    save(paul, LONGER)
    asked = paul.get("/playbooks/en/weekend-firestorm/drop").text
    assert "night porter twice" in asked and own.exists()
    assert send(paul, "/playbooks/en/weekend-firestorm/drop", seen=seen(app)).status_code == 303
    assert not own.exists() and field(paul.get(EDIT).text) == shelf.STORM


def test_a_shipped_one_cannot_be_taken_away(paul: FlaskClient) -> None:
    assert send(paul, "/playbooks/en/weekend-firestorm/drop", seen="").status_code == 404


def test_a_file_that_leads_out_of_the_folder_is_not_read(paul: FlaskClient, tmp_path: Path, own: Path) -> None:
    own.parent.mkdir(parents=True)
    (tmp_path / "secret").write_text("a secret")
    own.symlink_to(tmp_path / "secret")
    answer = paul.get(EDIT)
    assert answer.status_code == 409 and "cannot read" in answer.text and "a secret" not in answer.text


def test_a_folder_that_cannot_be_written_is_said_and_the_text_kept(paul: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "playbooks").write_text("a file in the place of the folder")
    answer = save(paul, LONGER)
    assert answer.status_code == 422 and "cannot write" in answer.text and field(answer.text) == LONGER


def test_the_format_is_there_to_read_and_its_links_stay_on_the_desk_or_lead_to_the_web(paul: FlaskClient) -> None:
    page = paul.get("/playbooks/format").text.partition("<article")[2].partition("</article>")[0]
    assert page.count("<h2") > 5 and "<pre>#" not in page
    assert set(re.findall(r'href="(?!https?:|mailto:)[^"]*', page)) == set()


def test_a_session_that_ended_gives_the_text_back_and_hides_the_hash(client: FlaskClient, app: Flask) -> None:
    page = send(client, EDIT, text=LONGER, seen=seen(app), save="1").text
    assert f'<input type="hidden" name="seen" value="{seen(app)}">' in page and "night porter twice" in page
