"""Working an incident from another program: each wish, and each no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Program, Watch

ADA, ROSA, OSCAR = 1, 2, 3


@pytest.fixture
def room(bridge: Program) -> str:
    """The path of an open incident."""
    return bridge.opened(channels=["x"])


def step(found: dict[str, Any], id: str) -> dict[str, Any]:
    return next(each for each in found["steps"] if each["id"] == id)


def first_steps(bridge: Program, room: str) -> tuple[str, str]:
    """A plain step, and a decision."""
    steps = bridge.get(room).json["steps"]
    return next(s["id"] for s in steps if not s["options"]), next(s["id"] for s in steps if s["options"])


def test_a_step_is_ticked_set_aside_and_opened_again(bridge: Program, room: str) -> None:
    plain, _decision = first_steps(bridge, room)
    done = bridge.post(f"{room}/steps/{plain}", {"state": "done", "at": "2026-03-07T22:38:00+01:00"}).json
    assert {"state": "done", "at": "2026-03-07T21:38:00Z"}.items() <= step(done, plain).items()
    assert step(done, plain)["by"]["name"] == "bridge"
    opened = bridge.post(f"{room}/steps/{plain}", {"state": "open"}).json
    assert step(opened, plain)["state"] == "open"
    aside = bridge.post(f"{room}/steps/{plain}", {"state": "not-applicable", "reason": "No posts"}).json
    assert step(aside, plain)["state"] == "not-applicable"


def test_a_tick_twice_is_one_entry(bridge: Program, room: str) -> None:
    plain, _decision = first_steps(bridge, room)
    first = bridge.post(f"{room}/steps/{plain}", {"state": "done"}).json
    assert bridge.post(f"{room}/steps/{plain}", {"state": "done"}).json["seq"] == first["seq"]


def test_a_decision_needs_one_of_its_options(bridge: Program, room: str) -> None:
    _plain, decision = first_steps(bridge, room)
    answer = bridge.post(f"{room}/steps/{decision}", {"state": "done"})
    assert (answer.status_code, answer.json["code"]) == (409, "choose_option")
    choice = answer.json["facts"]["options"][0]
    assert (
        step(bridge.post(f"{room}/steps/{decision}", {"state": "done", "choice": choice}).json, decision)["choice"]
        == choice
    )


def test_a_statement_stops_the_first_clock_and_promises_the_next(bridge: Program, room: str, watch: Watch) -> None:
    watch.wait(minutes=10)
    told = {"channel": "twitter", "text": "We hear you.", "url": "https://example.org/1"}
    found = bridge.post(f"{room}/statements", {**told, "next_update_at": "2026-03-07T23:00:00Z"}).json
    clocks = {clock["id"]: clock for clock in found["clocks"]}
    assert {"status": "met", "stopped_at": "2026-03-07T21:50:00Z"}.items() <= clocks["first_response"].items()
    assert (clocks["next_update"]["due"], clocks["next_update"]["limit"]) == ("2026-03-07T23:00:00Z", 4200)
    assert found["statements"][0]["channel"] == "x"


def test_a_moment_is_recorded_now_or_at_its_time(bridge: Program, room: str) -> None:
    for moment in ("acknowledged", "withdrew", "apologised", "contained"):
        now = bridge.post(f"{room}/moments/{moment}").json
        assert now["moments"][moment] == "2026-03-07T21:40:00Z"
        earlier = bridge.post(f"{room}/moments/{moment}", {"at": "2026-03-07T21:00:00Z"}).json
        assert earlier["moments"][moment] == "2026-03-07T21:00:00Z"


def test_a_note_goes_into_the_log_without_its_rendering(bridge: Program, room: str) -> None:
    seq = bridge.post(f"{room}/notes", {"text": "**Seen**"}).json["seq"]
    entry = bridge.get(f"{room}/log?after={seq - 1}").json["entries"][0]
    assert entry["data"] == {"text": "**Seen**", "files": [], "names": []}
    assert entry["actor"] == {"kind": "token", "id": 1, "name": "bridge"}


@pytest.mark.one_database
@pytest.mark.parametrize("person", [ROSA, "Rosa@example.org"])
def test_the_lead_is_named_by_number_or_address(bridge: Program, room: str, person: object) -> None:
    found = bridge.post(f"{room}/lead", {"person": person}).json
    assert found["roles"]["lead"] == {"kind": "person", "id": ROSA, "name": "Rosa"}
    assert found["moments"]["acknowledged"] == "2026-03-07T21:40:00Z"


def test_the_lead_without_a_name_is_the_person_behind_the_token(
    program: Callable[..., Program], bridge: Program, room: str
) -> None:
    refused = bridge.post(f"{room}/lead")
    assert (refused.status_code, refused.json["code"]) == (409, "no_person")
    assert program(person=ROSA).post(f"{room}/lead").json["roles"]["lead"]["name"] == "Rosa"


@pytest.mark.one_database
def test_nobody_leads_who_cannot_work_on_incidents(bridge: Program, room: str) -> None:
    people = (99, "nobody@example.org", OSCAR, "a\0b")
    answers = [bridge.post(f"{room}/lead", {"person": person}) for person in people]
    assert [(each.status_code, each.json["code"]) for each in answers] == [(409, "cannot_work")] * 4


def test_severity_goes_up_freely_and_down_with_a_reason(bridge: Program, room: str) -> None:
    assert bridge.post(f"{room}/severity", {"severity": "critical"}).json["severity"] == "critical"
    refused = bridge.post(f"{room}/severity", {"severity": "minor"})
    assert (refused.status_code, refused.json["facts"]) == (409, {"field": "reason"})
    lowered = bridge.post(f"{room}/severity", {"severity": "minor", "reason": "One forum only"})
    assert lowered.json["severity"] == "minor"


def test_another_playbook_keeps_the_ticks(bridge: Program, room: str) -> None:
    found = bridge.post(f"{room}/playbook", {"scenario": "employee-leak"}).json
    assert found["playbook"]["scenario"] == "employee-leak"
    unknown = bridge.post(f"{room}/playbook", {"scenario": "locusts"})
    assert (unknown.status_code, unknown.json["code"]) == (409, "unknown_playbook")


def test_an_incident_is_stood_down_and_opened_again(bridge: Program, room: str) -> None:
    refused = bridge.post(f"{room}/stand-down", {"outcome": "resolved"})
    assert (refused.status_code, refused.json["code"]) == (409, "critical_steps_open")
    closed = bridge.post(f"{room}/stand-down", {"outcome": "resolved", "reason": "It is quiet"}).json
    assert (closed["state"], closed["outcome"]) == ("stood_down", "resolved")
    late = bridge.post(f"{room}/severity", {"severity": "critical"})
    assert (late.status_code, late.json["code"]) == (409, "stood_down")
    assert bridge.post(f"{room}/reopen", {"reason": "It is back"}).json["state"] == "open"


def test_a_duplicate_names_the_other_incident(bridge: Program, room: str) -> None:
    other = bridge.opened()
    wish = {"outcome": "duplicate", "reason": "The same", "duplicate_of": room.rsplit("/", 1)[1]}
    assert bridge.post(f"{other}/stand-down", wish).json["duplicate_of"] == "FB-2026-001"
    assert (
        bridge.post(f"{room}/stand-down", {"outcome": "duplicate", "reason": "x"}).json["code"] == "duplicate_of_what"
    )


X = {"channel": "x", "text": "We hear you."}
RULES: list[tuple[str, dict[str, Any], str]] = [
    ("notes", {"text": "x", "at": "2027-01-01T00:00:00Z"}, "in_future"),
    ("notes", {"text": " "}, "required"),
    ("statements", {**X, "channel": "moon"}, "unknown_word"),
    ("statements", {**X, "url": "javascript:alert(1)"}, "bad_address"),
    ("statements", {**X, "next_update_at": "2026-03-07T20:00:00Z"}, "promise_before_statement"),
    ("statements", {**X, "next_update_at": "2030-03-07T20:00:00Z"}, "promise_too_far"),
    ("moments/contained", {"at": "1999-01-01T00:00:00Z"}, "too_early"),
    ("steps/pause-scheduled", {"state": "not-applicable"}, "required"),
]
BODIES: dict[str, Any] = {
    "": None,
    "/log": None,
    "/playbook": {"scenario": "employee-leak"},
    "/steps/x": {"state": "done"},
    "/notes": {"text": "x"},
    "/statements": X,
    "/moments/contained": {},
    "/lead": {"person": ROSA},
    "/severity": {"severity": "minor"},
    "/stand-down": {"outcome": "resolved"},
    "/reopen": {"reason": "x"},
}


@pytest.mark.one_database
def test_the_rules_of_the_pages_hold(bridge: Program, room: str) -> None:
    answers = [bridge.post(f"{room}/{path}", body) for path, body, _code in RULES]
    assert [(each.status_code, each.json["code"]) for each in answers] == [(409, code) for *_wish, code in RULES]


@pytest.mark.one_database
@pytest.mark.parametrize("reference", ["FB-2026-999", "nothing", "desk", "FB-2026-001%00"])
def test_an_unknown_incident_is_a_404_problem(bridge: Program, reference: str) -> None:
    for path, body in BODIES.items():
        sent = f"/incidents/{reference}{path}"
        answer = bridge.get(sent) if body is None else bridge.post(sent, body)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_reference"), path


@pytest.mark.one_database
def test_an_unknown_step_or_moment_is_a_404_problem(bridge: Program, room: str) -> None:
    assert bridge.post(f"{room}/steps/none", {"state": "done"}).json["code"] == "unknown_step"
    assert bridge.post(f"{room}/moments/opened", {}).json["code"] == "unknown_moment"
