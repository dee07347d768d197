"""The quiet line of a room whose facts have come to fit another playbook better."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak import library, trained
from firebreak.domain import refitting
from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, log, reading
from firebreak.web import room_fit
from firebreak.workflow import incidents, record, steps
from tests.conftest import NOW, send
from tests.web.test_offline import limit_an_entry

pytestmark = pytest.mark.one_database

HARM = "Three children are in hospital after eating our yoghurt: the batch is contaminated, the authority recalls it"


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    room_fit._facts.forget()
    room_fit._answers.forget()
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def storm(app: Flask) -> str:
    """An angry backlash, opened an hour ago."""
    with app.app_context():
        told = Opening("Mothers are offended by our new advert", channels=("x",))
        book = library.get("en", "angry-backlash")
        return incidents.open_incident(told, 2, NOW - timedelta(hours=1), playbook=book).reference


@pytest.fixture
def harm(app: Flask, storm: str) -> str:
    """The same, once somebody has noted what makes it another story."""
    with app.app_context():
        record.add_note(storm, HARM, 2, NOW)
    return storm


@pytest.fixture
def rosa(client: FlaskClient, sign_in: Any) -> FlaskClient:
    return sign_in(client, "rosa")


def line(client: FlaskClient, reference: str) -> str:
    """The line's text with its buttons; "" while there is none."""
    page = client.get(f"/incidents/{reference}").text
    found = re.search(r'<div class="room-fit" id="room-fit"( hidden)?>(.*?)</div>', page, re.DOTALL)
    assert found
    return "" if found[1] else " ".join(found[2].split())


def test_nothing_is_said_before_the_facts_change(rosa, storm):
    assert line(rosa, storm) == ""


def test_a_note_that_tells_another_story_brings_one_line_with_reasons_and_two_buttons(rosa, harm):
    said = line(rosa, harm)
    assert "The facts now fit <strong>Product safety" in said and "in hospital" in said
    assert re.findall(r'name="([\w-]+)" value="([\w-]+)"', said) == [
        ("playbook-playbook", "product-safety"),
        ("scenario", "product-safety"),
    ]


def test_it_is_changed_by_the_existing_choice_and_nothing_is_swapped_before(app, rosa, harm):
    with app.app_context():
        assert log.load(harm).playbook.scenario == "angry-backlash"
    send(rosa, f"/incidents/{harm}/playbook", **{"playbook-playbook": "product-safety"})
    with app.app_context():
        assert log.load(harm).playbook.scenario == "product-safety"
    assert line(rosa, harm) == ""


def test_what_was_kept_is_in_the_log_and_is_not_asked_again(app, rosa, harm):
    assert send(rosa, f"/incidents/{harm}/playbook/keep", scenario="product-safety").status_code == 303
    with app.app_context():
        record.add_note(harm, "The food authority asks for a recall", 2, NOW)
    assert line(rosa, harm) == ""
    assert "Rosa declined the suggested playbook Product safety" in rosa.get(f"/incidents/{harm}").text


def test_an_unknown_playbook_is_not_declined(app, rosa, harm):
    assert send(rosa, f"/incidents/{harm}/playbook/keep", scenario="<b>").status_code in (409, 422)
    with app.app_context():
        assert log.load(harm).declined == frozenset()


def test_who_only_watches_sees_the_line_without_buttons(client, sign_in, harm):
    said = line(sign_in(client, "oscar"), harm)
    assert "The facts now fit" in said and "<button" not in said


def test_a_closed_incident_has_no_line(app, rosa, harm):
    with app.app_context():
        incidents.stand_down(harm, "false_alarm", "Nothing", 2, NOW)
    assert line(rosa, harm) == ""


def test_an_open_page_is_sent_the_line_with_the_note_that_brings_it(app, rosa, storm):
    rosa.get(f"/incidents/{storm}")
    with app.app_context():
        before = log.load(storm).seq
        record.add_note(storm, HARM, 2, NOW)
    found = rosa.get(f"/incidents/{storm}/changes?after={before}").json
    assert list(found["parts"]) == ["room-fit"] and "Product safety" in found["parts"]["room-fit"]
    assert found["reload"] is False


def test_a_tick_ranks_nothing_again(app, rosa, harm, monkeypatch):
    line(rosa, harm)
    asked = []
    monkeypatch.setattr(refitting, "better", lambda *_all: asked.append(1))
    with app.app_context():
        step = next(step.id for step in log.load(harm).steps.values() if not step.decision)
        steps.finish(harm, step, 2, NOW)
    assert "Product safety" in line(rosa, harm) and asked == []


def test_a_room_without_a_trained_table_has_no_line_and_is_there(rosa, harm, monkeypatch, tmp_path):
    monkeypatch.setattr(trained, "FILE", tmp_path / "none.bin")
    trained.table.cache_clear()
    assert line(rosa, harm) == ""
    trained.table.cache_clear()


def test_an_entry_is_read_with_whom_it_is_for(app, storm):
    limit_an_entry(app, storm, "incident:opened")
    with app.app_context(), db.engine.connect() as connection:
        facts = tuple(reading.entries(connection, storm))
    assert [fact.audience for fact in facts[-2:]] == ["room", "lawyers"]


def test_an_incident_without_a_playbook_is_told_of_one_that_fits(app, rosa):
    with app.app_context():
        reference = incidents.open_incident(Opening("People post about us"), 2, NOW).reference
        record.add_note(reference, HARM, 2, NOW)
    said = line(rosa, reference)
    assert "Use this playbook" in said and "Not this one" in said and "better" not in said


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Les faits correspondent désormais"), ("zh", "目前的情况更符合")]
)
def test_the_line_speaks_the_reader_s_language(rosa, harm, language, words):
    send(rosa, "/language", language=language)
    assert words in rosa.get(f"/incidents/{harm}", headers={"Accept-Language": language}).text


def test_wrong_playbook_stands_beside_its_name_and_leads_to_the_choice(client, sign_in, rosa, storm):
    page = rosa.get(f"/incidents/{storm}").text
    facts = re.search(r'<dl class="facts" id="room-facts">.*?</dl>', page, re.DOTALL)[0]
    assert re.search(r'Angry backlash.*href="#choose-playbook">Wrong playbook\?', facts, re.DOTALL)
    assert 'id="choose-playbook"' in page
    assert "Wrong playbook" not in sign_in(client, "oscar").get(f"/incidents/{storm}").text
