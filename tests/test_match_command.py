"""`firebreak match --jsonl`, as a program calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from firebreak.commands.match import match as command

SAMPLE = Path(__file__).parent / "data" / "reports_public.jsonl"
Asked = Callable[..., list[dict[str, Any]]]
pytestmark = pytest.mark.one_database


@pytest.fixture
def match(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the command answers to these lines, on a desk that was never set up."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path))

    def ask(*lines: str) -> list[dict[str, Any]]:
        ran = CliRunner().invoke(command, ["--jsonl"], input="\n".join(lines) + "\n")
        assert ran.exit_code == 0, ran.output
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return ask


def line(**report: Any) -> str:
    return json.dumps(report, ensure_ascii=False)


def test_a_line_in_is_a_line_out_in_the_same_order(match: Asked) -> None:
    answers = match(*(line(id=name, text="our app is down, nobody can pay") for name in ("b", "a", "c")))
    assert [answer["id"] for answer in answers] == ["b", "a", "c"]
    assert {answer["matches"][0]["scenario"] for answer in answers} == {"service-outage"}


def test_scores_and_none_are_shares_of_one_whole_over_every_scenario(match: Asked) -> None:
    (answer,) = match(line(id=1, text="the site shows strangers' addresses to everybody who logs in"))
    assert len(answer["matches"]) == 21 and answer["matches"][0]["reasons"]
    assert sum(each["score"] for each in answer["matches"]) + answer["none"] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "bad",
    [
        "no JSON",
        "[1]",
        line(id=7),
        line(id=7, text=5),
        line(id=7, text="x", channels="x"),
        line(id=7, text="x", started_local="soon"),
        line(id=7, text="x", started_local="2026-11-21T10:00", timezone="Mars/Base"),
        "[" * 5000,
    ],
)
def test_a_bad_line_gets_an_error_of_its_own_and_stops_nothing(match: Asked, bad: str) -> None:
    first, second = match(bad, line(id=8, text="our app is down"))
    assert first.keys() == {"id", "error"} and second["id"] == 8


def test_reasons_are_in_the_language_of_the_report(match: Asked) -> None:
    english, french, chinese = match(
        line(id=1, text="our account was hacked, the password was changed"),
        line(id=2, text="notre compte a été piraté, le mot de passe a été changé"),
        line(id=3, text="官方账号被盗了，密码被改", lang="zh"),
    )
    told = [answer["matches"][0]["reasons"][0]["text"].split("“")[0] for answer in (english, french, chinese)]
    assert len(set(told)) == 3
    assert french["matches"][0]["title"] != english["matches"][0]["title"]


def test_the_local_hour_counts(match: Asked) -> None:
    storm = "thousands of furious comments under the advert since last night, boycott tag, nobody has answered them"
    at = [{"started_local": "2026-11-21T23:40", "timezone": "America/Toronto"}, {"started_local": "2026-11-24T10:00"}]
    night, day = match(*(line(id=1, text=storm, **each) for each in at))
    scores = [
        next(m["score"] for m in told["matches"] if m["scenario"] == "weekend-firestorm") for told in (night, day)
    ]
    assert scores[0] > scores[1] and night["matches"][0]["scenario"] == "weekend-firestorm"


def test_real_reports_find_their_playbook(match: Asked) -> None:
    """Below the figures of docs/model-card.md, so that a better corpus may cost one case its place."""
    asked = [json.loads(told) for told in SAMPLE.read_text(encoding="utf-8").splitlines()]
    crises = [each for each in asked if each["primary"] != "none"]
    answers = match(*(line(**each) for each in crises))
    places = [
        next(place for place, found in enumerate(answer["matches"]) if found["scenario"] in each["acceptable"])
        for each, answer in zip(crises, answers, strict=True)
    ]
    assert sum(place == 0 for place in places) >= 0.7 * len(crises)
    assert sum(place < 3 for place in places) >= 0.85 * len(crises)
