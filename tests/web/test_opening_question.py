"""The one question that settles two playbooks, asked and answered without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import trained
from firebreak.domain.separating import QUESTIONS
from firebreak.store import log
from firebreak.web import questions
from tests.conftest import NOW, Desk, SignIn, send
from tests.web import shelf
from tests.web.test_opening import checked, value

pytestmark = pytest.mark.long_on_postgres

ASKED = "Was it posted from our own account?"
BETWEEN = "It may be the wrong account, or a leaked memo."
MISTAKE = (
    shelf.LEAK.replace("employee-leak", "misdirected-post")
    .replace("Employee leak", "Misdirected post")
    .replace("[memo, leaked]", "[wrong, account]")
    .replace("[leaked memo]}", "[wrong account], against: [draft]}")
)


@pytest.fixture
def app(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A desk whose table knows no word: the signals of its playbooks say everything."""
    table = trained.table()
    head = {"starts": [0.0] * len(table.classes), "blend": {**table.blend, "evidence": 2.0}}
    silent = replace(table, head={**table.head, **head}, rows={})
    monkeypatch.setattr(trained, "table", lambda: silent)
    house = shelf.write(tmp_path / "playbooks", **{"en_misdirected-post": MISTAKE})
    return desk({"CLOCK": lambda: NOW}, playbooks=house)


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "rosa")


def page(rosa: FlaskClient, suggest: str = "1", report: str = BETWEEN, **fields: Any) -> str:
    """The form as it comes back when a button was pressed."""
    return unescape(send(rosa, "/incidents/new", report=report, suggest=suggest, **fields).text)


def buttons(html: str) -> list[str]:
    return re.findall(r'name="suggest" value="(\w+:\w*)"', html)


def test_every_question_of_the_matcher_has_its_words() -> None:
    assert set(questions.TEXTS) == set(QUESTIONS)


def test_two_close_playbooks_bring_one_question_with_three_answers(rosa: FlaskClient) -> None:
    text = page(rosa)
    assert f">{ASKED}</legend>" in text and "Tells “" in text
    assert buttons(text) == ["own_account:yes", "own_account:no", "own_account:unknown"]


def test_what_nobody_can_tell_is_called_so(rosa: FlaskClient) -> None:
    text = page(rosa, report="A draft")
    assert "Not sure yet. These come nearest." in text and checked(text, "playbook") == ["none"]


def test_a_report_of_no_word_that_tells_anything_brings_no_playbook(rosa: FlaskClient) -> None:
    text = page(rosa, report="??")
    assert "Not sure yet. Say it in a few more words." in text and "fit-score" not in text


def test_a_clear_report_brings_no_question(rosa: FlaskClient) -> None:
    assert not buttons(page(rosa, report="A leaked memo, a memo from us, leaked"))


@pytest.mark.parametrize(("answer", "scenario"), [("yes", "misdirected-post"), ("no", "employee-leak")])
def test_an_answer_settles_it_and_is_a_reason(rosa: FlaskClient, answer: str, scenario: str) -> None:
    text = page(rosa, f"own_account:{answer}")
    assert (checked(text, "playbook"), value(text, "answers")) == ([scenario], f"own_account:{answer}")
    assert f"you answered: {ASKED} {answer.title()}" in text


def test_an_answer_loses_nothing_that_was_typed(rosa: FlaskClient) -> None:
    text = page(rosa, "own_account:yes", title="Mine", places="insta", key="my-key", began_at="2026-03-07T20:10")
    assert all(each in text for each in (BETWEEN, 'value="Mine"', 'value="insta"', "2026-03-07T20:10"))
    assert value(text, "key") == "my-key"


def test_an_answer_stays_while_the_text_changes(rosa: FlaskClient) -> None:
    text = page(rosa, report=f"{BETWEEN} More.", answers="own_account:yes")
    assert checked(text, "playbook") == ["misdirected-post"] and buttons(text) == ["own_account:"]


def test_an_answer_can_be_taken_back(rosa: FlaskClient) -> None:
    text = page(rosa, "own_account:", answers="own_account:yes")
    assert value(text, "answers") == "" and "own_account:yes" in buttons(text)


def test_what_nobody_knows_is_not_asked_again_and_changes_nothing(rosa: FlaskClient) -> None:
    before, after = page(rosa), page(rosa, "own_account:unknown")
    assert buttons(after) == ["own_account:"] and "you answered" not in after
    assert re.findall("fit-score.*", before) == re.findall("fit-score.*", after)


@pytest.mark.parametrize("choice", ["employee-leak", "none", "another"])
def test_an_answer_moves_no_choice_of_a_person(rosa: FlaskClient, choice: str) -> None:
    assert checked(page(rosa, "own_account:yes", playbook=choice, auto=""), "playbook") == [choice]


def test_an_answer_that_is_none_changes_nothing(rosa: FlaskClient) -> None:
    text = page(rosa, "own_account:perhaps", answers="own_account,x:yes,offended:maybe,<b>:no")
    assert value(text, "answers") == "" and ASKED in text


def test_the_rival_is_named_with_the_words_that_speak_for_it(rosa: FlaskClient) -> None:
    text = page(rosa, report="A draft of a memo, on the wrong account")
    assert checked(text, "playbook") == ["misdirected-post"]
    assert "speaks for “Employee leak” instead: “draft”" in text


def test_the_log_keeps_the_answers(app: Flask, rosa: FlaskClient) -> None:
    send(rosa, "/incidents/new", report=BETWEEN, answers="own_account:yes,offended:unknown")
    with app.app_context():
        opened = log.load("FB-2026-001")
    assert opened and opened.playbook and opened.playbook.scenario == "misdirected-post"
    assert opened.facts[0].event.data["answers"] == {"own_account": True}
