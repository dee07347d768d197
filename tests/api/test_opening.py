"""Matching and opening: what the desk proposes, and one incident for one key."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.conftest import TEXT, Program, Watch


@pytest.mark.one_database
def test_the_playbooks_that_fit_come_with_score_words_and_codes(bridge: Program) -> None:
    found = bridge.post("/match", {"text": TEXT, "channels": ["twitter"]}).json
    assert found["matches"][0]["scenario"] == "weekend-firestorm"
    assert len(found["matches"]) >= 3
    reasons = found["matches"][0]["reasons"]
    assert any(reason["text"].startswith("words: “nobody is at work”") for reason in reasons)
    assert all(reason["weight"] for reason in reasons)
    assert 0 <= found["none"] <= 1


@pytest.mark.one_database
def test_reasons_are_told_in_the_language_asked_for(bridge: Program) -> None:
    body = {"text": TEXT, "language": "en"}
    told = [bridge.post("/match", body, **{"Accept-Language": asked}).json for asked in ("en", "fr-CA", "zh-CN")]
    reasons = [found["matches"][0]["reasons"][0] for found in told]
    assert len({reason["text"] for reason in reasons}) == 3
    assert {reason["code"] for reason in reasons} == {"words"}


@pytest.mark.one_database
def test_matching_opens_nothing(bridge: Program) -> None:
    bridge.post("/match", {"text": TEXT})
    assert bridge.get("/incidents").json == {"incidents": [], "next": None}


def test_an_incident_is_opened_with_all_that_was_said(bridge: Program) -> None:
    told = {"title": "The advert", "channels": ["X", "weibo"], "severity": "critical", "exercise": True}
    times = {"began_at": "2026-03-07T20:00:00+01:00", "noticed_at": "2026-03-07T21:30:00Z"}
    answer = bridge.post("/incidents", {"text": TEXT, "scenario": "angry-backlash", "language": "fr", **told, **times})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/incidents/FB-2026-001"
    expected = {**told, "channels": ["x", "weibo"], "reference": "FB-2026-001", "language": "fr", "state": "open"}
    assert expected.items() <= answer.json.items()
    assert answer.json["moments"]["began"] == "2026-03-07T19:00:00Z"
    assert answer.json["playbook"]["scenario"] == "angry-backlash"
    assert answer.json["opened_by"] == {"kind": "token", "id": 1, "name": "bridge"}


def test_with_a_text_alone_the_desk_proposes_the_rest(bridge: Program) -> None:
    found = bridge.post("/incidents", {"text": "Moms are furious on Twitter, and nobody is at work."}).json
    assert found["channels"] == ["x"]
    assert found["playbook"]["scenario"] == "weekend-firestorm"
    assert found["severity"] == "serious"


@pytest.mark.one_database
def test_an_incident_can_start_without_a_playbook(bridge: Program) -> None:
    found = bridge.post("/incidents", {"text": TEXT, "scenario": "none"}).json
    assert (found["playbook"], found["steps"]) == (None, [])


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": "  "}, "required"),
    ({"scenario": "locusts"}, "unknown_playbook"),
    ({"channels": ["the moon"]}, "unknown_word"),
    ({"noticed_at": "2026-03-08T21:40:00Z"}, "in_future"),
    ({"began_at": "1970-01-01T00:00:00Z"}, "too_early"),
    ({"began_at": "2026-03-07T21:00:00Z", "noticed_at": "2026-03-07T20:00:00Z"}, "began_after_noticed"),
    ({"text": "a\0b"}, "bad_character"),
    ({"title": "x" * 10_001}, "too_long"),
    ({"began_at": "0001-01-01T00:00:00+14:00"}, "too_early"),
    ({"noticed_at": "9999-12-31T23:59:59-14:00"}, "in_future"),
]
MALFORMED: list[tuple[Any, str]] = [
    ({}, "text"),
    ({"text": 1}, "text"),
    ({"text": TEXT, "colour": "red"}, "colour"),
    ({"text": TEXT, "severity": "enormous"}, "severity"),
    ({"text": TEXT, "channels": ["x", 1]}, "channels.1"),
    ({"text": TEXT, "exercise": "yes"}, "exercise"),
    ({"text": TEXT, "began_at": "2026-03-07T20:00:00"}, "began_at"),
    ({"text": TEXT, "noticed_at": 1772913600}, "noticed_at"),
    ([], ""),
]


@pytest.mark.one_database
def test_a_rule_that_says_no_is_a_409_with_code_and_words(bridge: Program) -> None:
    answers = [bridge.post("/incidents", {"text": TEXT, **body}) for body, _code in REFUSED]
    assert [(each.status_code, each.json["code"]) for each in answers] == [(409, code) for _body, code in REFUSED]
    assert {each.content_type for each in answers} == {"application/problem+json"}
    assert min(len(each.json["detail"]) for each in answers) > 20
    assert bridge.get("/incidents").json["incidents"] == []


@pytest.mark.one_database
def test_a_malformed_body_is_a_422_that_names_the_field(bridge: Program) -> None:
    answers = [bridge.post("/incidents", body) for body, _field in MALFORMED]
    assert {(each.status_code, each.json["code"]) for each in answers} == {(422, "malformed")}
    named = [each.json["facts"]["errors"][0]["field"] for each in answers]
    assert named == [field for _body, field in MALFORMED]


# --- keys ------------------------------------------------------------------------------------------


def test_the_same_key_again_gives_the_same_answer(bridge: Program, watch: Watch) -> None:
    first = bridge.post("/incidents", {"text": TEXT}, key="k1")
    watch.wait(minutes=5)
    path = f"/incidents/{first.json['reference']}"
    bridge.post(f"{path}/severity", {"severity": "critical"})
    again = bridge.post("/incidents", {"text": TEXT}, key="k1")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(bridge.get("/incidents").json["incidents"]) == 1


def test_the_same_key_with_another_body_is_refused(bridge: Program) -> None:
    bridge.post("/incidents", {"text": TEXT}, key="k1")
    answer = bridge.post("/incidents", {"text": "Something else"}, key="k1")
    assert (answer.status_code, answer.json["code"]) == (409, "key_reused")
    assert answer.json["facts"] == {"reference": "FB-2026-001"}


def test_a_key_is_not_used_up_by_a_request_that_was_refused(bridge: Program) -> None:
    bridge.post("/incidents", {"text": TEXT, "began_at": "1970-01-01T00:00:00Z"}, key="k1")
    assert bridge.post("/incidents", {"text": TEXT}, key="k1").status_code == 201


@pytest.mark.one_database
def test_each_token_has_keys_of_its_own(program: Callable[..., Program]) -> None:
    opened = {program(name=name).post("/incidents", {"text": TEXT}, key="k1").json["reference"] for name in "ab"}
    assert len(opened) == 2


@pytest.mark.one_database
def test_a_key_that_cannot_be_kept_is_malformed(bridge: Program) -> None:
    answers = [bridge.post("/incidents", {"text": TEXT}, key=key) for key in ("é", "a b", "x" * 201)]
    assert [answer.status_code for answer in answers] == [422, 422, 422]


def test_a_race_with_one_key_opens_one_incident(bridge: Program) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: bridge.post("/incidents", {"text": TEXT}, key="k1"), range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert len(bridge.get("/incidents").json["incidents"]) == 1


def test_a_race_with_one_key_and_two_bodies_opens_one_incident(bridge: Program) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda text: bridge.post("/incidents", {"text": text}, key="k1"), ("One", "Two")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(bridge.get("/incidents").json["incidents"]) == 1
