"""Any sequence of allowed actions tells one story: folded step by step, replayed, loaded, and as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firebreak import maintenance
from firebreak.domain import clocks
from firebreak.domain.deciding import review as review_rules
from firebreak.domain.deciding.closing import OUTCOMES
from firebreak.domain.deciding.opening import SEVERITIES
from firebreak.domain.events import Entry
from firebreak.domain.folding import apply, replay
from firebreak.domain.incidents import Incident, Step
from firebreak.domain.playbooks import ROLES
from firebreak.domain.refusal import Refused
from firebreak.domain.text import stamp
from firebreak.store import db, log, models, projections, reading, search
from firebreak.store.engine import WRITES
from firebreak.workflow import incidents, record, review, roles, steps, tick
from tests.stories import ADA, HOUR, MINUTE, NOW, OTHER_STEPS, SEEN, STEPS, playbook

LEGAL = """clocks:
  call-lawyer: {title: Tell the regulator, from: began, limit: 24h}
  contain: {serious: 3h, minor: 9h}
"""
SHUFFLED = "\n".join(["- [ ] Write it down {#note-it role=lead due=2h .critical}", *STEPS.splitlines()[2:], ""])
CHOICES = ("pull", "keep", "")
MOMENTS = ("contained", "withdrew", "apologised", "acknowledged")
BOOKS = (playbook(), playbook("flood", OTHER_STEPS, LEGAL), playbook("fire", SHUFFLED))
CHANNELS = ("x", "weibo", "facebook", "press")
PEOPLE = (1, 2, 3, 4)
SCENARIOS = ("account-takeover", "data-exposure")
QUESTIONS = ("first_seen", "surprise")
OWNERS = (1, 2, None)
TEXTS = models.table(search.SearchText)
DAYS = (date(2026, 4, 1), date(2026, 5, 1), None)


@dataclass
class Night:
    """An incident at work on a real database. Numbers pick what an action is about; `now` goes on by itself."""

    incident: Incident
    now: datetime = NOW

    @property
    def reference(self) -> str:
        return self.incident.reference

    def at(self, number: int) -> datetime | None:
        """Now, two minutes ahead, or up to some hours back."""
        return (None, self.now + 2 * MINUTE, self.now - number * MINUTE, self.now - number * timedelta(seconds=7))[
            number % 4
        ]

    def step(self, number: int) -> Step:
        return list(self.incident.steps.values())[number % len(self.incident.steps)]

    def seq(self, number: int) -> int:
        return number % self.incident.seq + 1

    def act(self, name: str, a: int, b: int, c: int) -> None:
        """A refused wish changes nothing; every other one gives the incident as it is then."""
        self.now += timedelta(seconds=1 + c * 3, microseconds=a)
        with suppress(Refused):
            self.incident = ACTIONS[name](self, a, b, c)


def change_playbook(night: Night, a: int, b: int, c: int) -> Incident:
    before = night.incident.steps
    after = incidents.choose_playbook(night.reference, BOOKS[a % 3], ADA, night.now)
    kept = {id: after.steps[id] for id in before}
    assert {id: ticked(step) for id, step in kept.items()} == {id: ticked(step) for id, step in before.items()}
    return after


def ticked(step: Step) -> tuple[Any, ...]:
    return step.state, step.at, step.by, step.seq, step.choice, step.person


def ring(night: Night, a: int, b: int, c: int) -> Incident:
    tick.ring(night.reference, night.now)
    rung = log.load(night.reference)
    assert rung is not None
    assert clocks.alarms(rung, night.now) == []
    return rung


def say(night: Night, a: int, b: int, c: int) -> Incident:
    promise = night.now + timedelta(minutes=b - 100, seconds=c) if c % 2 else None
    return record.post_statement(
        night.reference, CHANNELS[a % 4], f"Said {a}", "", ADA, night.now, at=night.at(b), next_update_at=promise
    )


def correct(night: Night, a: int, b: int, c: int) -> Incident:
    when = stamp(night.now - b * MINUTE)
    ways: tuple[dict[str, Any], ...] = (
        {"at": night.at(b)},
        {"body": {"text": "Corrected"}},
        {"codes": {"noticed_at": when}},
        {"codes": {"began_at": when if b % 2 else None}},
        {"codes": {"channel": CHANNELS[b % 4]}, "at": night.at(c)},
    )
    return record.correct(night.reference, night.seq(a), "Reason", ADA, night.now, **ways[c % 5])


Action = Callable[[Night, int, int, int], Incident]
ACTIONS: Mapping[str, Action] = {
    "finish": lambda n, a, b, c: steps.finish(
        n.reference, n.step(a).id, PEOPLE[b % 4], n.now, at=n.at(b), choice=CHOICES[c % 3], note="Note" * (c % 2)
    ),
    "set aside": lambda n, a, b, c: steps.set_aside(n.reference, n.step(a).id, "Reason", ADA, n.now, n.at(b)),
    "open again": lambda n, a, b, c: steps.reopen(n.reference, n.step(a).id, "", ADA, n.now),
    "add step": lambda n, a, b, c: steps.add(
        n.reference, "Own", ROLES[a % 12], (b + 1) * MINUTE, "first-hour", c % 2 == 0, ADA, n.now
    ),
    "assign step": lambda n, a, b, c: steps.assign(n.reference, n.step(a).id, (*PEOPLE, None)[b % 5], ADA, n.now),
    "assign role": lambda n, a, b, c: roles.assign(n.reference, ROLES[a % 3], PEOPLE[b % 4], ADA, n.now, n.at(c)),
    "release role": lambda n, a, b, c: roles.release(n.reference, ROLES[a % 3], ADA, n.now),
    "say": say,
    "moment": lambda n, a, b, c: record.record_moment(n.reference, MOMENTS[a % 4], ADA, n.now, at=n.at(b)),
    "severity": lambda n, a, b, c: incidents.change_severity(n.reference, SEVERITIES[a % 4], "Reason", ADA, n.now),
    "playbook": change_playbook,
    "decline": lambda n, a, b, c: incidents.decline_suggestion(n.reference, SCENARIOS[a % 2], ADA, n.now),
    "judge": lambda n, a, b, c: review.judge(n.reference, (*SCENARIOS, "none", "storm")[a % 4], ADA, n.now),
    "channel": lambda n, a, b, c: incidents.add_channel(n.reference, CHANNELS[a % 4], ADA, n.now),
    "title": lambda n, a, b, c: incidents.retitle(n.reference, f"Title {a % 3}", ADA, n.now),
    "note": lambda n, a, b, c: record.add_note(n.reference, f"*Note* {a}", ADA, n.now, at=n.at(b)),
    "decide": lambda n, a, b, c: record.make_decision(n.reference, "What?", "", "This", "Because", ADA, n.now, n.at(b)),
    "correct": correct,
    "strike": lambda n, a, b, c: record.strike(n.reference, n.seq(a), "Reason", ADA, n.now),
    "erase": lambda n, a, b, c: record.erase(n.reference, {n.seq(a), n.seq(b)}, "Reason", ADA, n.now),
    "stand down": lambda n, a, b, c: incidents.stand_down(n.reference, OUTCOMES[a % 3], "Reason" * (b % 2), ADA, n.now),
    "open the incident again": lambda n, a, b, c: incidents.reopen(n.reference, "Reason", ADA, n.now),
    "answer": lambda n, a, b, c: review.answer(
        n.reference, {QUESTIONS[a % 2]: f"Answer {b % 3}"}, PEOPLE[c % 4], n.now
    ),
    "add action": lambda n, a, b, c: review.add_action(
        n.reference, f"Action {a}", OWNERS[b % 3], DAYS[c % 3], ADA, n.now
    ),
    "change action": lambda n, a, b, c: review.change_action(
        n.reference, f"a-{a % 3 + 1}", f"Action {b}", OWNERS[b % 3], DAYS[c % 3], ADA, n.now
    ),
    "close action": lambda n, a, b, c: review.close_action(
        n.reference, f"a-{a % 3 + 1}", review_rules.OUTCOMES[b % 2], "Why", ADA, n.now
    ),
    "agree": lambda n, a, b, c: review.agree(n.reference, "", PEOPLE[a % 4], n.now),
    "open the review again": lambda n, a, b, c: review.reopen(n.reference, "Reason", ADA, n.now),
    "brief": lambda n, a, b, c: review.write_brief(n.reference, f"Known {a % 3}", "", "", ADA, n.now),
    "ring": ring,
    "wait": lambda n, a, b, c: n.incident,
}  # fmt: skip
OFTEN = ("finish", "say", "ring", "playbook", "correct", "strike", "severity", "open the incident again")
NUMBER = st.integers(0, 200)
HISTORY = st.lists(st.tuples(st.sampled_from([*ACTIONS, *OFTEN]), NUMBER, NUMBER, NUMBER), min_size=1, max_size=25)
ON_ONE_DESK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def entries_of(reference: str) -> list[Entry]:
    with db.engine.connect() as connection:
        return list(reading.entries(connection, reference))


def live(history: list[tuple[str, int, int, int]]) -> Night:
    night = Night(incidents.open_incident(SEEN, ADA, NOW, playbook=BOOKS[history[0][1] % 3]))
    for action in history:
        night.act(*action)
    return night


def holds(night: Night) -> None:
    """Every law of the log, for one incident."""
    entries = entries_of(night.reference)
    replayed = replay(entries)
    assert night.incident == log.load(night.reference) == replayed
    assert night.incident.facts == replayed.facts
    assert one_by_one(entries) == replayed
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert in_rows(night.reference) == told_rows(replayed, entries[-1].recorded_at)
    assert clocks.settings_due(replayed, night.now) == []
    alarms_ring_for_what_was_set(entries)


def one_by_one(entries: list[Entry]) -> Incident:
    incident = Incident(entries[0].stream)
    for entry in entries:
        incident = apply(incident, entry)
    return incident


def alarms_ring_for_what_was_set(entries: list[Entry]) -> None:
    known = set()
    for entry in entries:
        data = entry.event.data
        if entry.event.kind == "clock:set":
            assert data["start"] <= data["due"]
            known.add((data["clock"], data["due"]))
        elif entry.event.kind in ("clock:warned", "clock:breached"):
            assert (data["clock"], data["due"]) in known
            assert entry.event.at <= entry.recorded_at


def in_rows(reference: str) -> projections.Rows:
    found: projections.Rows = {}
    with db.engine.connect() as connection:
        for model in projections.TABLES:
            table = models.table(model)
            keys = [column.name for column in table.primary_key.columns]
            rows = connection.execute(sa.select(table).where(table.c.reference == reference)).mappings()
            found[table.name] = {tuple(row[key] for key in (keys * 2)[:2]): _lasting(dict(row)) for row in rows}
        texts = connection.execute(sa.select(TEXTS).where(TEXTS.c.reference == reference)).mappings()
        found[TEXTS.name] = {(row["id"],): dict(row) for row in texts}
    return found


def told_rows(incident: Incident, now: datetime) -> projections.Rows:
    title = incident.playbook.scenario.title() if incident.playbook else ""
    told = projections.rows_of(incident, now)
    told[TEXTS.name] = {(id,): row for id, row in search.rows_of(incident, title).items()}
    return {table: {key: _lasting(row) for key, row in rows.items()} for table, rows in told.items()}


def _lasting(row: dict[str, Any]) -> dict[str, Any]:
    """Without the worker's hint, which it may put right without an entry."""
    return {name: value for name, value in row.items() if name != "next_due"}


def rewritten(night: Night) -> projections.Rows:
    """The rows of this incident, thrown away and written anew."""
    entries = entries_of(night.reference)
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        projections.rewrite(connection, replay(entries), entries[-1].recorded_at)
        search.renew(connection, replay(entries))
    return in_rows(night.reference)


def kind(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


def check(app: Flask, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=ON_ONE_DESK, database=None)
    @given(HISTORY)
    def tell(history: list[tuple[str, int, int, int]]) -> None:
        night = live(history)
        holds(night)
        assert rewritten(night) == told_rows(night.incident, entries_of(night.reference)[-1].recorded_at)

    with app.app_context():
        tell()
        assert [finding for finding in maintenance.verify() if finding.broken] == []


def test_any_history_folds_replays_and_projects_alike(app: Flask) -> None:
    check(app, {"sqlite": 250, "postgresql": 30}[kind(app)])


@pytest.mark.long
def test_a_great_many_histories_do_too(app: Flask) -> None:
    check(app, {"sqlite": 1500, "postgresql": 250}[kind(app)])


def test_the_clocks_of_a_whole_night_ring_in_order(inside: Flask) -> None:
    """The same laws, on a history that surely has everything in it."""
    night = live([(name, number, number * 7 % 90, number * 3 % 11) for number, name in enumerate([*ACTIONS, *ACTIONS])])
    night.now += 30 * HOUR
    night.act("open the incident again", 0, 0, 0)
    night.act("ring", 0, 0, 0)
    holds(night)
