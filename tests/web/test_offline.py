"""What a device may keep: the manifest, the service worker, the list of pages, and the headers that allow a copy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from firebreak.config import HOME
from firebreak.store import db, models
from tests.conftest import NOW, SignIn, send

pytestmark = pytest.mark.one_database
ASK = {"X-Firebreak-Offline": "ask"}


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    """The desk at a fixed time."""
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def rosa(client: FlaskClient, sign_in: SignIn, parts: dict[str, Any]) -> FlaskClient:
    """A responder at a desk with one open incident."""
    return sign_in(client, "rosa")


def listed(client: FlaskClient) -> dict[str, str]:
    """Address -> mark of what is to be kept."""
    return {page["address"]: page["mark"] for page in client.get("/offline.json", headers=ASK).get_json()["pages"]}


def limit_an_entry(app: Flask, reference: str, kind: str) -> None:
    """An entry for a few people only, as a later part of the desk will write them."""
    with app.app_context(), db.engine.begin() as connection:
        entry = models.Entry
        row = (
            connection.execute(sa.select(entry).where(entry.stream == reference, entry.kind == kind))
            .mappings()
            .all()[0]
        )
        made = {**row, "id": None, "seq": 900, "audience": "lawyers"}
        connection.execute(sa.insert(entry).values({key: made[key] for key in made if key != "id"}))


# --- the manifest and the worker -------------------------------------------------------------------


def test_a_phone_can_put_the_desk_on_its_home_screen(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "fr"})
    assert answer.mimetype == "application/manifest+json" and "no-store" not in answer.headers["Cache-Control"]
    assert (answer.get_json()["start_url"], answer.get_json()["display"], answer.get_json()["lang"]) == (
        "/incidents",
        "standalone",
        "fr",
    )


def test_strangers_do_not_learn_what_the_desk_is_called(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    from firebreak.workflow import settings

    with app.app_context():
        settings.change({"desk_name": "Secret house"}, 1, NOW)
    assert client.get("/manifest.webmanifest").get_json()["name"] == "Firebreak"
    assert sign_in(client, "oscar").get("/manifest.webmanifest").get_json()["name"] == "Secret house"


def test_the_icons_are_there_and_small(client: FlaskClient) -> None:
    icons = client.get("/manifest.webmanifest").get_json()["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        path = HOME / icon["src"].partition("?")[0].lstrip("/")
        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
        assert path.stat().st_size < 6000


def test_the_worker_is_at_the_root_and_looked_up_anew_each_time(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "text/javascript",
        "no-cache",
    )
    assert answer.text.startswith('"use strict";\nconst VERSION = "')


def test_a_desk_that_keeps_nothing_sends_a_worker_that_deletes(desk: Callable[..., Flask], sign_in: SignIn) -> None:
    client = sign_in(desk(offline=False).test_client(), "ada")
    assert "unregister()" in client.get("/sw.js").text and "offline.js" not in client.get("/incidents").text
    assert (client.get("/offline.json").status_code, client.get("/offline").status_code) == (404, 404)
    assert "X-Firebreak-Offline" not in client.get("/incidents", headers=ASK).headers


def test_it_is_switched_off_by_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    from firebreak import config

    assert [config.read({"FIREBREAK_OFFLINE": word}).offline for word in ("off", "on")] == [False, True]


# --- what is listed --------------------------------------------------------------------------------


def test_rooms_playbooks_and_the_call_list_are_listed(rosa: FlaskClient, room: str) -> None:
    sheet = "/playbooks/en/weekend-firestorm"
    assert set(listed(rosa)) == {"/incidents", room, sheet, f"{sheet}/print", "/call-list", "/offline"}


def test_everything_listed_may_be_kept(rosa: FlaskClient) -> None:
    answers = {path: rosa.get(path, headers=ASK) for path in listed(rosa)}
    assert {path for path, answer in answers.items() if answer.headers.get("X-Firebreak-Offline") != "keep"} == set()
    assert len({answer.headers["X-Firebreak-Account"] for answer in answers.values()}) == 1


def test_observers_keep_no_telephone_numbers(client: FlaskClient, sign_in: SignIn, room: str) -> None:
    pages = listed(sign_in(client, "oscar"))
    assert room in pages and "/call-list" not in pages


def test_only_what_has_changed_has_another_mark(rosa: FlaskClient, room: str) -> None:
    before = listed(rosa)
    send(rosa, f"{room}/notes", **{"note-text": "The agency does not answer."})
    after = listed(rosa)
    assert {path for path in before if before[path] != after[path]} == {room, "/incidents"}


def test_an_incident_that_is_over_is_no_longer_listed(app: Flask, rosa: FlaskClient, room: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.update(models.IncidentRow).values(state="stood_down"))
    assert set(listed(rosa)) == {"/incidents", "/call-list", "/offline"}


def test_the_page_for_what_is_not_kept_names_what_is(rosa: FlaskClient, room: str) -> None:
    page = rosa.get("/offline").text
    assert f'href="{room}"' in page and "Moms are furious" in page and 'href="/call-list"' in page


# --- what may be kept ------------------------------------------------------------------------------


def test_a_visit_is_no_permission(rosa: FlaskClient, room: str) -> None:
    assert "X-Firebreak-Offline" not in rosa.get(room).headers


@pytest.mark.parametrize(
    "path",
    ["/account", "/people", "/settings", "/settings/tokens", "/actions", "/incidents/new", "/pack/print",
     "/incidents?state=open", "/api/v1/openapi.json", "/nowhere", "/static/css/base.css"],
)  # fmt: skip
def test_no_other_page_is_kept(client: FlaskClient, sign_in: SignIn, path: str) -> None:
    with sign_in(client, "ada").get(path, headers=ASK) as answer:
        assert "X-Firebreak-Offline" not in answer.headers


@pytest.mark.parametrize("part", ["", "/log/1", "/log/2", "/export.zip", "/review", "/brief", "?show=notes"])
def test_of_an_incident_only_its_room_is_kept(rosa: FlaskClient, room: str, part: str) -> None:
    answer = rosa.get(room + part, headers=ASK)
    assert (answer.headers.get("X-Firebreak-Offline") == "keep") is (part == "")


def test_a_room_with_an_entry_for_a_few_is_not_kept(app: Flask, rosa: FlaskClient, room: str) -> None:
    limit_an_entry(app, room.rsplit("/", 1)[1], "note:added")
    assert "X-Firebreak-Offline" not in rosa.get(room, headers=ASK).headers
    assert room not in listed(rosa)
    assert rosa.get("/incidents", headers=ASK).headers["X-Firebreak-Offline"] == "keep"


def test_a_list_with_a_title_for_a_few_is_not_kept(app: Flask, rosa: FlaskClient, room: str) -> None:
    limit_an_entry(app, room.rsplit("/", 1)[1], "incident:opened")
    for path in ("/incidents", "/call-list"):
        assert "X-Firebreak-Offline" not in rosa.get(path, headers=ASK).headers


# --- whose it is -----------------------------------------------------------------------------------


def whose(client: FlaskClient) -> str:
    return client.get("/incidents", follow_redirects=True).headers["X-Firebreak-Account"]


def test_each_account_has_a_word_of_its_own(app: Flask, sign_in: SignIn) -> None:
    words = [whose(sign_in(app.test_client(), name)) for name in ("rosa", "oscar", "rosa")]
    assert words[0] == words[2] != words[1] and whose(app.test_client()) == "none"


def test_a_change_of_access_or_language_is_another_word(app: Flask, rosa: FlaskClient) -> None:
    before = whose(rosa)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET access = 'observer' WHERE name = 'Rosa'"))
    between = whose(rosa)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET language = 'fr' WHERE name = 'Rosa'"))
    assert len({before, between, whose(rosa)}) == 3


def test_a_copy_leaves_the_session_and_its_messages_alone(rosa: FlaskClient) -> None:
    with rosa.session_transaction() as session:
        session["_flashes"] = [("message", "You are signed in.")]
    copy = rosa.get("/incidents", headers=ASK)
    assert "You are signed in." not in copy.text and "Set-Cookie" not in copy.headers
    assert "You are signed in." in rosa.get("/incidents").text


def test_a_person_who_is_shut_out_is_sent_to_sign_in(app: Flask, rosa: FlaskClient) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET active = false WHERE name = 'Rosa'"))
    answer = rosa.get("/offline.json", headers=ASK)
    assert answer.status_code == 303 and "Set-Cookie" not in answer.headers


def test_pages_with_the_script_have_its_words(rosa: FlaskClient, room: str) -> None:
    for path in (room, "/playbooks/en/weekend-firestorm/print"):
        page = rosa.get(path).text
        assert 'id="offline"' in page and "You are offline. This page is from {}." in page and "offline.js" in page


def test_the_plan_names_the_version_of_the_worker(rosa: FlaskClient) -> None:
    plan = rosa.get("/offline.json").get_json()
    assert f"const VERSION = {json.dumps(plan['version'])};" in rosa.get("/sw.js").text


# --- the call list ---------------------------------------------------------------------------------


def test_the_call_list_says_who_leads_and_how_to_ring(app: Flask, rosa: FlaskClient, room: str) -> None:
    send(rosa, f"{room}/roles/lead/take")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE account SET phone = '+33 (0)6 12-34' WHERE name = 'Rosa'"))
    page = rosa.get("/call-list").text
    assert 'href="tel:+3361234"' in page and 'href="mailto:rosa@example.org"' in page
    assert "Incident lead" in page and "Moms are furious" in page


def test_the_call_list_names_the_owners_of_channels(app: Flask, rosa: FlaskClient) -> None:
    from firebreak.workflow import settings

    with app.app_context():
        settings.change({"channels": [{"channel": "x", "owner": 2, "address": "@brand"}]}, 1, NOW)
    page = rosa.get("/call-list").text
    assert "@brand" in page and "owns:" in page


def test_the_call_list_without_an_incident_has_everybody(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "paul").get("/call-list").text
    assert "No incident is open" in page and all(name in page for name in ("Ada", "Rosa", "Oscar", "Paul"))
