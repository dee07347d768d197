"""The list of incidents: order, filters, words, pages, figures of a line, and what an empty desk is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from firebreak.domain.deciding.opening import Opening
from firebreak.store import db, finding
from firebreak.workflow import incidents, record, roles
from tests.conftest import NOW, Desk, SignIn

pytestmark = pytest.mark.long_on_postgres

HOUR = timedelta(hours=1)


@pytest.fixture
def app(desk: Desk) -> Flask:
    return desk({"CLOCK": lambda: NOW})


@pytest.fixture
def reader(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "oscar")


def opened(app: Flask, title: str = "Storm", **facts: object) -> str:
    with app.app_context():
        return incidents.open_incident(Opening("They are angry", title, **facts), 2, NOW - HOUR).reference


def shown(reader: FlaskClient, path: str = "/incidents") -> list[str]:
    return re.findall(r'incident-reference">([^<]+)', reader.get(path).text)


def test_an_empty_desk_is_told_what_to_do(reader: FlaskClient) -> None:
    assert "No incident yet" in reader.get("/incidents").text


def test_open_incidents_stand_before_newer_ones_that_were_stood_down(app: Flask, reader: FlaskClient) -> None:
    first, second = opened(app), opened(app)
    with app.app_context():
        incidents.stand_down(second, "false_alarm", "", 2, NOW)
    assert shown(reader) == [first, second]


def test_the_list_can_be_narrowed_to_one_state(app: Flask, reader: FlaskClient) -> None:
    first, second = opened(app), opened(app)
    with app.app_context():
        incidents.stand_down(first, "false_alarm", "", 2, NOW)
    assert (shown(reader, "/incidents?state=open"), shown(reader, "/incidents?state=stood_down")) == ([second], [first])


def test_the_title_counts_overdue_clocks_of_open_incidents(app: Flask, reader: FlaskClient) -> None:
    row = db.metadata.tables["incident"]
    _open, second = opened(app), opened(app)
    with app.app_context():
        incidents.stand_down(second, "false_alarm", "", 2, NOW)
        db.session.execute(row.update().values(breached=2))
        db.session.commit()
    page = reader.get("/incidents?state=stood_down").text
    assert "<title>(2) Incidents ·" in page and 'data-title="(2) Incidents"' in page


def test_every_incident_is_on_exactly_one_page(
    app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 2)
    made = [opened(app) for _ in range(5)]
    with app.app_context():
        [incidents.stand_down(each, "false_alarm", "", 2, NOW) for each in made[3:]]
    seen, path = [], "/incidents"
    while path:
        seen += shown(reader, path)
        following = re.search(r'href="([^"]*before=[^"]*)"', reader.get(path).text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [*reversed(made[:3]), *reversed(made[3:])]


def test_silence_is_counted_from_the_beginning(app: Flask, reader: FlaskClient) -> None:
    opened(app, began_at=NOW - 4 * HOUR, noticed_at=NOW - 2 * HOUR)
    assert "silent for 4 h" in reader.get("/incidents").text


def test_a_public_word_ends_the_silence(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app, channels=("x",))
    with app.app_context():
        record.post_statement(reference, "x", "We hear you.", "", 2, NOW)
    assert "silent for" not in reader.get("/incidents").text


def test_an_exercise_is_marked(app: Flask, reader: FlaskClient) -> None:
    opened(app, exercise=True)
    assert "Exercise</span>" in reader.get("/incidents").text


def test_a_hostile_title_is_shown_harmless(app: Flask, reader: FlaskClient) -> None:
    opened(app, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in reader.get("/incidents").text


@pytest.mark.parametrize(
    "query", ["before=x", "before=open-9999999999", "before=open-1&state=stood_down", "before=%00"]
)
def test_an_odd_cursor_is_an_ordinary_page(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/incidents?{query}").status_code == 200


def test_an_unknown_state_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/incidents?state=burning").status_code == 404


# --- filters and words -----------------------------------------------------------------------------


def test_the_filters_are_taken_together_and_may_be_empty(app: Flask, reader: FlaskClient) -> None:
    wanted = opened(app, severity="critical", channels=("x",))
    opened(app, severity="critical", channels=("weibo",))
    path = "/incidents?q=&state=&severity=critical&channel=x&person=&exercise=without&scenario="
    assert shown(reader, path) == [wanted]


def test_each_filter_can_be_taken_away(app: Flask, reader: FlaskClient) -> None:
    opened(app, severity="critical")
    page = reader.get("/incidents?severity=critical&q=angry").text
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    assert chips == ["/incidents?severity=critical", "/incidents?q=angry"]


def test_the_download_holds_what_the_list_shows(app: Flask, reader: FlaskClient) -> None:
    wanted, other = opened(app, "A storm", severity="minor"), opened(app, "A calm", severity="minor")
    link = re.search(r'href="([^"]*list\.csv[^"]*)"', reader.get("/incidents?severity=minor&q=storm").text)
    assert link
    content = reader.get(link[1].replace("&amp;", "&")).text
    assert (wanted in content, other in content) == (True, False)


def test_found_words_are_marked_and_lead_to_their_entry(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app, "Le scandale")
    with app.app_context():
        seq = record.add_note(reference, "L'évêque a <appelé> hier", 2, NOW).seq
    page = reader.get("/incidents?q=eveque+scandal").text
    assert "Le <mark>scandale</mark>" in page
    assert "L&#39;<mark>évêque</mark> a &lt;appelé&gt; hier" in page
    assert f'href="/incidents/{reference}#entry-{seq}"' in page


def test_a_hit_of_long_ago_leads_to_its_own_page(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app)
    with app.app_context():
        [record.add_note(reference, f"Note {number}", 2, NOW) for number in range(101)]
    assert f'href="/incidents/{reference}/log/1"' in reader.get("/incidents?q=angry").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=nowhere", "Try fewer words"),
        ("q=%21%21", "Nothing to look for"),
        ("severity=watch", "No incident is like that"),
        ("before=open-1", "No older incident"),
    ],
)
def test_an_empty_list_says_what_to_change(app: Flask, reader: FlaskClient, query: str, said: str) -> None:
    opened(app)
    assert said in reader.get(f"/incidents?{query}").text


@pytest.mark.parametrize("query", ["severity=huge", "channel=radio", "exercise=maybe", "person=x", "scenario=%00"])
def test_a_code_that_nothing_has_is_not_found(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/incidents?{query}").status_code == 404


@pytest.mark.parametrize("query", ["q=%00%22*", "q=%ED%A0%80", "q=" + "x" * 9000, "person=9999999999", "scenario=gone"])
def test_whatever_is_looked_for_is_answered(reader: FlaskClient, query: str) -> None:
    assert reader.get(f"/incidents?{query}").status_code == 200


def test_a_row_is_made_anew_when_its_incident_or_its_lead_changes(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app)
    assert "nobody yet" in reader.get("/incidents").text
    with app.app_context():
        roles.assign(reference, "lead", 2, 2, NOW)
        incidents.retitle(reference, "Hail", 2, NOW)
    page = reader.get("/incidents").text
    assert ("nobody yet" in page, "Rosa</dd>" in page, "Hail" in page) == (False, True, True)


# --- a list that stays open ------------------------------------------------------------------------


def part(reader: FlaskClient, path: str = "/incidents?part=1") -> tuple[int, str]:
    answer = reader.get(path)
    mark = re.search(r'data-mark="([^"]+)"', answer.text)
    return answer.status_code, mark[1] if mark else ""


def test_an_open_list_is_sent_anew_only_when_it_changed(app: Flask, reader: FlaskClient) -> None:
    reference = opened(app)
    _status, mark = part(reader)
    assert part(reader, f"/incidents?part=1&mark={mark}") == (204, "")
    with app.app_context():
        incidents.retitle(reference, "Hail", 2, NOW)
    status, other = part(reader, f"/incidents?part=1&mark={mark}")
    assert (status, other != mark) == (200, True)


def test_the_part_is_the_list_of_the_page(app: Flask, reader: FlaskClient) -> None:
    opened(app)
    piece = reader.get("/incidents?part=1&severity=serious").text
    assert piece.strip().startswith("<div") and piece.strip() in reader.get("/incidents?severity=serious").text
    assert 'data-changes="/incidents?severity=serious&amp;part=1"' in piece


def test_the_statements_of_the_list_do_not_grow_with_its_rows(app: Flask, reader: FlaskClient) -> None:
    opened(app)
    few = {path: statements(app, reader, path) for path in ("/incidents?part=1", "/incidents?part=1&q=angry")}
    [opened(app) for _ in range(5)]
    assert {path: statements(app, reader, path) for path in few} == few
    assert max(few.values()) <= 6


def statements(app: Flask, reader: FlaskClient, path: str) -> int:
    """How many a page asks when it is shown for the first time."""
    app.extensions["firebreak_list_rows"] = type(app.extensions["firebreak_list_rows"])(1)
    with app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.extend([statement] if statement.startswith("SELECT") else [])

    reader.get(path)
    sa.event.listen(engine, "before_cursor_execute", note)
    reader.get(path)
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)
