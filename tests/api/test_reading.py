"""Reading: the list with its cursor, the log, the playbooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from firebreak.workflow import record
from tests.api.conftest import Program, Watch
from tests.conftest import NOW

pytestmark = pytest.mark.one_database


def references(answer: Any) -> list[str]:
    return [row["reference"] for row in answer.json["incidents"]]


def test_the_list_goes_on_after_its_cursor(bridge: Program) -> None:
    for _each in range(3):
        bridge.opened()
    first = bridge.get("/incidents?limit=2")
    assert references(first) == ["FB-2026-003", "FB-2026-002"]
    rest = bridge.get(f"/incidents?limit=2&after={first.json['next']}")
    assert (references(rest), rest.json["next"]) == (["FB-2026-001"], None)


def test_the_list_is_narrowed_by_state_and_severity(bridge: Program) -> None:
    quiet, loud = bridge.opened(severity="minor"), bridge.opened(severity="critical")
    bridge.post(f"{quiet}/stand-down", {"outcome": "resolved", "reason": "Quiet"})
    assert references(bridge.get("/incidents?state=stood_down")) == [quiet.rsplit("/", 1)[1]]
    assert references(bridge.get("/incidents?severity=critical&state=open")) == [loud.rsplit("/", 1)[1]]


def test_the_list_is_narrowed_and_searched_as_the_page_is(bridge: Program) -> None:
    drill = bridge.opened(text="Les mères sont fâchées", channels=["weibo"], exercise=True)
    real = bridge.opened(text="母亲们说品牌必须道歉", channels=["x"])
    wanted = {"q=fachees": drill, "q=道歉": real, "channel=weibo": drill, "exercise=without": real}
    found = {query: references(bridge.get(f"/incidents?{query}")) for query in wanted}
    assert found == {query: [path.rsplit("/", 1)[1]] for query, path in wanted.items()}
    nothing = ("q=%21", "q=fachees&exercise=without", "person=9", "scenario=gone", "q=" + "%22" * 300)
    assert [references(bridge.get(f"/incidents?{query}")) for query in nothing] == [[]] * len(nothing)


MALFORMED = (
    *("state=closed", "severity=huge", "limit=0", "limit=201", "limit=ten", "limit=1_0", "after=3", "colour=red"),
    *("limit=1&limit=2", "state=", "channel=radio", "person=0", "person=Rosa", "exercise=true", "scenario=A b"),
)


def test_a_malformed_query_is_a_422(bridge: Program) -> None:
    assert {query: bridge.get(f"/incidents?{query}").status_code for query in MALFORMED} == dict.fromkeys(
        MALFORMED, 422
    )


def test_a_cursor_from_the_end_of_time_is_an_ordinary_one(bridge: Program) -> None:
    assert references(bridge.get("/incidents?after=FB-9999-999999999")) == []


def test_an_incident_tells_how_it_stands(bridge: Program, watch: Watch) -> None:
    path = bridge.opened()
    watch.wait(hours=2)
    found = bridge.get(path).json
    clocks = {clock["id"]: clock for clock in found["clocks"]}
    assert clocks["acknowledge"]["status"] == "breached"
    assert datetime.fromisoformat(clocks["acknowledge"]["due"]) > NOW
    assert {step["state"] for step in found["steps"]} == {"open"}
    assert all(step["title"] for step in found["steps"])


def test_the_log_is_read_from_an_entry_on(bridge: Program) -> None:
    path = bridge.opened()
    whole = bridge.get(f"{path}/log").json
    assert [entry["seq"] for entry in whole["entries"]] == list(range(1, len(whole["entries"]) + 1))
    assert (whole["entries"][0]["kind"], whole["more"]) == ("incident:opened", False)
    assert "html" not in whole["entries"][0]["data"]
    page = bridge.get(f"{path}/log?after=1&limit=1").json
    assert ([entry["seq"] for entry in page["entries"]], page["more"]) == ([2], True)
    assert bridge.get(f"{path}/log?after=2147483647").json == {"entries": [], "more": False}


def test_struck_corrected_and_erased_entries_are_marked(bridge: Program, app: Flask) -> None:
    path = bridge.opened()
    reference = path.rsplit("/", 1)[1]
    seqs = [bridge.post(f"{path}/notes", {"text": text}).json["seq"] for text in ("a", "b", "c")]
    with app.app_context():
        record.strike(reference, seqs[0], "Wrong", 1, NOW)
        record.correct(reference, seqs[1], "Typing", 1, NOW, body={"text": "B"})
        record.erase(reference, [seqs[2]], "Asked for", 1, NOW)
    found = bridge.get(f"{path}/log?after={seqs[0] - 1}").json["entries"]
    marks = [(entry["struck"], entry["corrected"], entry["erased"]) for entry in found[:3]]
    assert marks == [(True, False, False), (False, True, False), (False, False, True)]
    assert "text" not in found[2]["data"]
    assert found[4]["data"]["body"] == {"text": "B"}
    assert found[3]["actor"] == {"kind": "person", "id": 1, "name": "Ada"}


def test_playbooks_are_listed_and_read(bridge: Program) -> None:
    listed = bridge.get("/playbooks").json["playbooks"]
    assert {"angry-backlash", "employee-leak", "weekend-firestorm"} <= {each["scenario"] for each in listed}
    found = bridge.get("/playbooks/en/weekend-firestorm").json
    assert found["steps"] and found["source"].startswith("---")
    assert {each["id"] for each in found["steps"]} >= {"pause-scheduled"}


def test_an_unknown_playbook_is_a_404(bridge: Program) -> None:
    answers = [bridge.get(f"/playbooks/{path}") for path in ("en/locusts", "de/weekend-firestorm")]
    assert [(each.status_code, each.json["code"]) for each in answers] == [(404, "unknown_playbook")] * 2
