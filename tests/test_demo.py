"""The demonstration: a whole month in each language, kept apart from every real desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from firebreak import create_app, library, maintenance
from firebreak.commands.demo import demo
from firebreak.commands.verify import verify
from firebreak.demo import answers, place, story, telling
from firebreak.domain import clocks, statements
from firebreak.domain.events import EventKind
from firebreak.domain.incidents import Incident
from firebreak.store import db, log, projections, queries, reading
from tests.conftest import CHEAP

NOW = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)
LANGUAGES = ("en", "fr", "zh")
PASSWORD = "four words in a row"
ENGLISH = re.compile(r"\b(the|and|with|was|were|has|have|this|that|from)\b", re.IGNORECASE)
Month = tuple[Flask, dict[str, Incident]]


@pytest.fixture(scope="session")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Month]]:
    """Language -> the app of its demonstration and its incidents by the keys of the file; each told once."""
    told: dict[str, Month] = {}

    def month(language: str) -> Month:
        if language not in told:
            folder = tmp_path_factory.mktemp(f"demo-{language}")
            place.make(folder, language, NOW)
            app = create_app(CHEAP, instance=folder, database_url="")
            told[language] = app, _told(app, language)
            place.finished(folder)
        return told[language]

    yield month
    for app, _incidents in told.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _told(app: Flask, language: str) -> dict[str, Incident]:
    with app.app_context():
        maintenance.migrate()
        return telling.tell(app, language, NOW, PASSWORD).known


@pytest.fixture(params=["en", *(pytest.param(other, marks=pytest.mark.long) for other in LANGUAGES[1:])])
def month(request: pytest.FixtureRequest, months: Callable[[str], Month]) -> Month:
    return months(request.param)


def counted(month: Month, **facts: Any) -> int:
    return sum(all(getattr(each, name) == fact for name, fact in facts.items()) for each in month[1].values())


def most(channel: str) -> int:
    """Characters that a platform takes."""
    return statements.limit(channel) or 10**6


# --- the month -------------------------------------------------------------------------------------


def test_twelve_incidents_two_of_them_open(month: Month) -> None:
    assert (len(month[1]), counted(month, state="open")) == (12, 2)


def test_there_is_one_of_each_unusual_kind(month: Month) -> None:
    kinds = {"outcome": "false_alarm"}, {"outcome": "duplicate"}, {"exercise": True}, {"severity": "watch"}
    assert [counted(month, **kind) for kind in kinds] == [1, 1, 1, 1]


def test_the_record_is_intact_and_a_rebuild_changes_nothing(month: Month) -> None:
    app, incidents = month
    with app.app_context(), db.engine.connect() as connection:
        assert [found.broken for found in maintenance.verify() if found.broken] == []
        for each in incidents.values():
            again = log.load(each.reference)
            assert again == maintenance.replay(reading.entries(connection, each.reference))
            assert projections.rows_of(again, NOW) == projections.rows_of(each, NOW)


def test_the_storm_is_going_on(month: Month) -> None:
    storm = list(month[1].values())[-1]
    status = {reading.clock.id: reading.status for reading in clocks.readings(storm, NOW)}
    answered = {statement.channel for statement in storm.statements}
    assert (storm.severity, len(storm.channels), len(answered)) == ("critical", 3, 2)
    assert {"breached", "running", "warning"} <= set(status.values())


def test_its_checklist_is_half_done(month: Month) -> None:
    done = [step.state == "done" for step in list(month[1].values())[-1].steps.values()]
    assert 8 <= sum(done) <= len(done) - 8


def test_breaches_were_rung_when_they_fell_due(month: Month) -> None:
    late = [
        fact.recorded_at - max(fact.event.at, each.opened_at or NOW)
        for each in month[1].values()
        for fact in each.facts
        if fact.event.kind is EventKind.CLOCK_BREACHED
    ]
    assert len(late) >= 5 and max(late) < timedelta(minutes=1)


def test_every_statement_fits_its_platform(month: Month) -> None:
    said = [statement for each in month[1].values() for statement in each.statements]
    over = [each.text for each in said if statements.count(each.channel, each.text) > most(each.channel)]
    assert over == [] and len(said) > 20
    assert not any("{promise}" in statement.text for statement in said)


def test_what_people_do_to_a_record_is_all_there(month: Month) -> None:
    kinds = {fact.event.kind for each in month[1].values() for fact in each.facts}
    wanted = "ENTRY_CORRECTED ENTRY_STRUCK DECISION_MADE BRIEF_WRITTEN REVIEW_AGREED ACTION_CLOSED SEVERITY_CHANGED"
    assert {EventKind[name] for name in wanted.split()} <= kinds


def test_reviews_are_answered_by_several_people_and_agreed(month: Month) -> None:
    agreed = [each for each in month[1].values() if "reviewed" in each.moments and not each.exercise]
    assert len(agreed) >= 4
    assert max(len({answer.by for answer in each.answers}) for each in agreed) >= 3


def test_actions_are_open_and_closed(month: Month) -> None:
    actions = [action for each in month[1].values() for action in each.actions.values()]
    assert {action.outcome for action in actions} == {None, "done"}


def test_one_was_opened_on_a_weekend_night(month: Month) -> None:
    opened = [each.facts[0].event.data for each in month[1].values()]
    assert any(data["cover"] in ("weekend", "night") and not data["exercise"] for data in opened)


def test_nothing_was_sent_and_the_record_says_so(month: Month) -> None:
    app, incidents = month
    with app.app_context():
        made = [each for incident in incidents.values() for each in queries.deliveries(incident.reference)]
    assert len(made) > 20
    assert {(each.state, each.reason) for each in made} == {("skipped", "no_mail_server")}


def test_all_four_accesses_are_there_and_the_password_opens_them(months: Callable[[str], Month]) -> None:
    app, _incidents = months("en")
    with app.app_context():
        assert {person.access for person in queries.people()} == {
            *("administrator", "approver", "responder", "observer")
        }
        first = queries.people()[0]
        assert first.verify_and_update_password(PASSWORD)


@pytest.mark.parametrize("language", ["fr", "zh"])
def test_no_english_is_left_in_the_other_languages(language: str) -> None:
    text = (Path(story.__file__).parent / f"{language}.toml").read_text("utf-8")
    typed = re.findall(r'"((?:[^"\\]|\\.)*)"|"""(.*?)"""', text, re.DOTALL)
    assert [part for pair in typed for part in pair if ENGLISH.search(part)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_in_a_story_fits_its_platform(language: str) -> None:
    said = [beat.words for beat in story.load(language, NOW).beats if beat.kind == "say"]
    over = [line["text"] for line in said if statements.count(line["say"], line["text"]) > most(line["say"])]
    assert over == [] and len(said) > 20


# --- stories ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_month_ends_well_on_every_day_of_the_week(language: str, day: int) -> None:
    """Whatever the weekday and the hour: nothing but the storm and the small one is still open."""
    for hour in (0, 9, 23):
        now = datetime(2026, 3, 2 + day, hour, 5, tzinfo=UTC)
        told = story.load(language, now)
        closed = {beat.incident for beat in told.beats if beat.kind == "down"}
        assert len(closed) == 10 and all(now - timedelta(days=31) < beat.at <= now for beat in told.beats)


def test_the_same_story_twice_is_the_same() -> None:
    assert story.load("fr", NOW) == story.load("fr", NOW)


def test_a_story_names_the_questions_that_its_playbooks_ask(months: Callable[[str], Month]) -> None:
    app, _incidents = months("en")
    with app.app_context():
        asked = {each.scenario: len(each.review_questions) for each in library.every()}
    assert {scenario: asked[scenario] for scenario in answers.ASKED} == {
        scenario: len(subjects) for scenario, subjects in answers.ASKED.items()
    }


# --- the command -----------------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(demo, list(words), catch_exceptions=False)


def test_a_used_instance_is_refused(tmp_path: Path) -> None:
    (tmp_path / "firebreak.sqlite").write_bytes(b"a real desk")
    done = run("--instance", str(tmp_path), "--no-serve")
    assert done.exit_code == 1 and "not a demonstration" in done.output
    assert (tmp_path / "firebreak.sqlite").read_bytes() == b"a real desk"


def test_the_database_of_the_real_desk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk.example.org/firebreak")
    done = run("--instance", str(tmp_path / "demo"), "--no-serve")
    assert done.exit_code == 1 and "DATABASE_URL" in done.output and not (tmp_path / "demo").exists()


def test_a_time_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert "no time such as" in run("--instance", str(tmp_path), "--no-serve", "--now", "yesterday").output


@pytest.mark.long
def test_the_command_makes_one_says_how_to_sign_in_and_renews_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    words = ("--instance", str(tmp_path / "demo"), "--no-serve", "--now", NOW.isoformat())
    made = run(*words)
    assert made.exit_code == 0 and "nadia.rahman@larkstone.example" in made.output
    kept = CliRunner().invoke(demo, list(words), input="n\n")
    assert "/link/" in kept.output and "password that was shown" in kept.output
    assert "shown this once" in run(*words, "--again", "--lang", "fr").output
    monkeypatch.setenv("FIREBREAK_INSTANCE", str(tmp_path / "demo"))
    assert CliRunner().invoke(verify, ["--quiet"]).exit_code == 0


@pytest.mark.long
@pytest.mark.postgres
def test_the_month_can_be_told_on_postgresql(cluster: Any, tmp_path: Path) -> None:
    url = cluster.new_database()
    app = create_app(CHEAP, instance=tmp_path, database_url=url)
    incidents = _told(app, "en")
    with app.app_context():
        assert len(incidents) == 12 and not any(found.broken for found in maintenance.verify())
        db.engine.dispose()
    cluster.drop(url)


# --- its pages -------------------------------------------------------------------------------------


def test_every_page_says_that_it_is_a_demonstration(months: Callable[[str], Month]) -> None:
    app, _incidents = months("en")
    assert "Demonstration" in app.test_client().get("/sign-in").text


@pytest.mark.one_database
def test_a_real_desk_does_not_say_so(client: Any) -> None:
    assert "Demonstration" not in client.get("/sign-in").text


def test_its_cookie_is_not_that_of_a_real_desk_beside_it(months: Callable[[str], Month]) -> None:
    assert months("en")[0].config["SESSION_COOKIE_NAME"] == "firebreak-demo"
