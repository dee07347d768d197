"""One playbook brought in: looked at first, kept when it is accepted, refused clearly and quickly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import NOW, Desk, SignIn, send, token
from tests.web import shelf

pytestmark = pytest.mark.one_database

NEW = shelf.LEAK.replace("employee-leak", "night-porter").replace("Employee leak", "Night porter")
LONGER = shelf.LEAK.replace("An internal paper is out.", "An internal paper is out, and read.")


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    return desk({"CLOCK": lambda: NOW}, playbooks=shelf.write(tmp_path / "shipped" / "playbooks"))


@pytest.fixture
def ada(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "ada")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "playbooks/en"


def show(client: FlaskClient, content: str | bytes, name: str = "any.md") -> TestResponse:
    """Sent as bytes: Werkzeug's own client leaves a large form's file open."""
    data = content.encode() if isinstance(content, str) else content
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token(client)}\r\n'
    head += f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    kind = "multipart/form-data; boundary=x"
    return client.post("/playbooks/import", data=head.encode() + data + b"\r\n--x--\r\n", content_type=kind)


def accept(client: FlaskClient, text: str, **fields: Any) -> TestResponse:
    return send(client, "/playbooks/import/accept", text=text, **{"seen": "", **fields})


def test_a_file_is_shown_for_what_it_would_be_and_not_kept(ada: FlaskClient, folder: Path) -> None:
    page = show(ada, NEW).text
    assert all(word in page for word in ("Night porter", "night-porter", "It is new here", "Accept"))
    assert not folder.exists()


def test_an_accepted_file_is_in_use(ada: FlaskClient, folder: Path) -> None:
    assert accept(ada, NEW).location == "/playbooks/en/night-porter"
    assert (folder / "night-porter.md").read_text("utf-8") == NEW
    assert "Night porter" in ada.get("/playbooks/en/night-porter").text


def test_a_file_that_would_replace_one_shows_the_difference(ada: FlaskClient) -> None:
    page = show(ada, LONGER).text
    assert "which stays in its place" in page and "<span>summary: An internal paper is out, and read.</span>" in page


def test_what_replaced_it_meanwhile_is_shown_before_it_is_accepted(ada: FlaskClient, folder: Path) -> None:
    answer = accept(ada, LONGER)
    assert answer.status_code == 422 and "look at both texts" in answer.text and not list(folder.glob("*.md"))


def test_accepting_checks_again(ada: FlaskClient, folder: Path) -> None:
    answer = accept(ada, NEW.replace("severity: serious", "severity: loud"))
    assert answer.status_code == 422 and "Accept" not in answer.text and not folder.exists()


def test_a_file_with_errors_shows_them_and_cannot_be_accepted(ada: FlaskClient) -> None:
    answer = show(ada, NEW.replace("owner: Mei Lin\n", ""))
    assert answer.status_code == 422 and "owner" in answer.text and ">Accept<" not in answer.text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (NEW, "../night-porter.md", "holds a path"),
        (NEW, "a/night-porter.md", "holds a path"),
        (NEW, "night-porter.docx", "does not end in .md"),
        (NEW.encode() + b"\n\xff\xfe", "night-porter.md", "Line 15 is not UTF-8"),
        (b"a" * 250_001, "big.md", "over 250 kB"),
        (b"", "empty.md", "Begin the file with a line ---"),
    ],
)
def test_a_file_that_is_no_playbook_is_refused_in_words(
    ada: FlaskClient, content: str | bytes, name: str, said: str
) -> None:
    answer = show(ada, content, name)
    assert answer.status_code == 422 and said in answer.text


def test_nothing_chosen_is_said(ada: FlaskClient) -> None:
    assert "Choose a file." in send(ada, "/playbooks/import").text


def test_five_megabytes_are_refused_before_anything_is_read(ada: FlaskClient) -> None:
    answer = show(ada, b"- " * 2_600_000)
    assert answer.status_code == 413 and "At most 3 MB" in answer.text


BOMB = "a: &a [x, x]\n" + "\n".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
HOSTILE = {
    "a bomb of aliases": f"---\n{BOMB}\n---\n",
    "brackets without end": f"---\ntitle: {'[' * 100_000}\n---\n",
    "lists in lists": NEW + "".join(f"{' ' * 2 * depth}- a\n" for depth in range(900)),
    "quotes in quotes": NEW + ">" * 200_000,
    "a scenario that leads away": NEW.replace("night-porter", "../../night-porter"),
    "an object": NEW.replace("owner: Mei Lin", "owner: !!python/object/apply:os.system [ls]"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_gets_an_answer_and_leaves_nothing(ada: FlaskClient, tmp_path: Path, content: str) -> None:
    answer = show(ada, content)
    assert answer.status_code in (200, 422)
    assert not (tmp_path / "playbooks").exists() and not list(tmp_path.rglob("night-porter*"))


def test_only_the_head_says_which_playbook_it_is(ada: FlaskClient) -> None:
    assert "It is new here" in show(ada, NEW + "\nscenario: employee-leak\nlanguage: fr\n").text
