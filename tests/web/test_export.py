"""Downloads of incidents: who gets them, what they are called, what is in them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from firebreak.store import log
from firebreak.workflow import incidents
from tests.conftest import SignIn
from tests.stories import ADA, NOW, REFERENCE, SEEN, playbook

DOWNLOADS = ("export.zip", "export.json", "log.csv")


@pytest.fixture
def incident(app: Flask) -> str:
    with app.app_context():
        return incidents.open_incident(SEEN, ADA, NOW, playbook=playbook()).reference


@pytest.fixture
def oscar(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """An observer's browser."""
    return sign_in(client, "oscar")


@pytest.mark.one_database
@pytest.mark.parametrize("part", DOWNLOADS)
def test_whoever_may_read_the_incident_may_take_it_along(oscar: FlaskClient, incident: str, part: str) -> None:
    answer = oscar.get(f"/incidents/{incident}/{part}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{incident}')


@pytest.mark.one_database
@pytest.mark.parametrize("part", [*(f"{REFERENCE}/{part}" for part in DOWNLOADS), "list.csv"])
def test_a_stranger_gets_nothing(client: FlaskClient, incident: str, part: str) -> None:
    answer = client.get(f"/incidents/{part}")
    assert answer.status_code == 303 and "/sign-in" in answer.location


@pytest.mark.one_database
@pytest.mark.parametrize("reference", ["FB-2026-777", "desk", "x"])
@pytest.mark.parametrize("part", DOWNLOADS)
def test_what_is_no_incident_is_not_found(oscar: FlaskClient, incident: str, reference: str, part: str) -> None:
    assert oscar.get(f"/incidents/{reference}/{part}").status_code == 404


def test_the_zip_holds_the_record_of_now(app: Flask, oscar: FlaskClient, incident: str) -> None:
    answer = oscar.get(f"/incidents/{incident.lower()}/export.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        made = json.loads(opened.read("incident.json"))
    with app.app_context():
        folded = log.load(incident)
    assert folded and (made["reference"], made["head"]["seq"]) == (incident, folded.seq)


@pytest.mark.one_database
def test_an_exercise_says_so_in_the_name_and_in_the_file(app: Flask, oscar: FlaskClient) -> None:
    with app.app_context():
        reference = incidents.open_incident(replace(SEEN, exercise=True), ADA, NOW).reference
    answer = oscar.get(f"/incidents/{reference}/export.json")
    assert f"{reference}-exercise.json" in answer.headers["Content-Disposition"]
    assert answer.json and answer.json["exercise"] is True


@pytest.mark.one_database
def test_the_list_downloads_with_every_incident(app: Flask, oscar: FlaskClient) -> None:
    with app.app_context():
        references = [incidents.open_incident(SEEN, ADA, NOW).reference for _ in range(53)]
    lines = oscar.get("/incidents/list.csv").data.decode("utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["reference", *reversed(references)]


@pytest.mark.one_database
def test_room_and_list_have_the_buttons(oscar: FlaskClient, incident: str) -> None:
    room, listed = oscar.get(f"/incidents/{incident}").text, oscar.get("/incidents").text
    assert all(f"/incidents/{incident}/{part}" in room for part in DOWNLOADS) and "/incidents/list.csv" in listed
