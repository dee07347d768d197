"""The list at any size: filters together, pages that stay whole while incidents come, and an index for every query."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from firebreak.domain.deciding.opening import Opening
from firebreak.domain.search import parse
from firebreak.store import db, finding, models, search
from firebreak.store.engine import WRITES
from firebreak.store.finding import Wanted
from firebreak.workflow import incidents, roles
from tests.stories import ADA, NOW, ROSA, playbook

pytestmark = pytest.mark.usefixtures("inside")

MANY = 6000
SEVERITIES, SCENARIOS = ("critical", "serious", "minor", "watch"), ("storm", "flood", "fire", None)
SINGLE: dict[str, Any] = {
    "state": "stood_down", "severity": "critical", "scenario": "fire", "channel": "x", "person": 3, "exercise": True,
}  # fmt: skip


def opened(**facts: Any) -> str:
    db.session.rollback()
    book = facts.pop("book", None)
    return incidents.open_incident(Opening("They are angry", **facts), ADA, NOW, playbook=book).reference


def listed(**wanted: Any) -> list[str]:
    db.session.rollback()
    return [row.reference for row in finding.incidents(Wanted(**wanted))]


def test_each_filter_narrows() -> None:
    first = opened(severity="critical", channels=("x", "weibo"), book=playbook())
    second = opened(severity="minor", channels=("weibo",), exercise=True)
    roles.assign(second, "scribe", ROSA, ADA, NOW)
    assert (listed(), listed(severity="critical"), listed(scenario="storm")) == ([second, first], [first], [first])
    assert (listed(channel="weibo"), listed(channel="x"), listed(person=ROSA)) == ([second, first], [first], [second])
    assert (listed(exercise=True), listed(exercise=False), listed(state="stood_down")) == ([second], [first], [])


def test_filters_and_words_are_meant_together() -> None:
    first, second = opened(severity="minor", channels=("x",)), opened(severity="minor", channels=("weibo",))
    opened(severity="watch", channels=("x",))
    assert listed(severity="minor", channel="x", state="open", terms=parse("angry")) == [first]
    assert listed(severity="minor", exercise=False, terms=parse("angry")) == [second, first]


def test_a_person_with_two_roles_is_listed_once() -> None:
    reference = opened()
    for role in ("lead", "scribe"):
        roles.assign(reference, role, ROSA, ADA, NOW)
    incidents.stand_down(reference, "false_alarm", "", ADA, NOW)
    assert listed(person=ROSA) == listed(person=ROSA, state="stood_down") == [reference]


def test_a_page_goes_on_where_it_ended_while_incidents_come() -> None:
    made = [opened() for _ in range(4)]
    page = finding.incidents(Wanted(terms=parse("angry")), limit=2)
    opened()
    rest = finding.incidents(Wanted(terms=parse("angry")), before=page[-1].number, limit=2)
    assert [row.reference for row in (*page, *rest)] == made[::-1]


def test_open_incidents_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_COUNTED", 2)
    [opened() for _ in range(3)]
    assert finding.stand().open == 2


def test_common_words_are_looked_for_among_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "NEAR", 2)
    made = [opened() for _ in range(5)]
    assert [row.reference for row in finding.incidents(Wanted(terms=parse("angry")), limit=2)] == made[:2:-1]
    assert listed(terms=parse("angry")) == made[::-1]


# --- at scale --------------------------------------------------------------------------------------


@pytest.fixture
def many(inside: Flask) -> None:
    """So many incidents that no database reads them all if it can help it."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        for model, rows in ((models.IncidentRow, map(line, range(1, MANY))), *sides()):
            connection.execute(sa.insert(models.table(model)), list(rows))
        search._add(connection, [text(number) for number in range(1, MANY)])
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def line(number: int) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "state": "stood_down" if number < MANY - 20 else "open",
        "severity": SEVERITIES[number % 4],
    }
    facts |= {"scenario": SCENARIOS[number % 3], "exercise": number % 50 == 0, "opened_at": NOW + timedelta(0, number)}
    rest = dict.fromkeys(("outcome", "lead", "opened_by", "next_due")) | {"open_critical": 0, "breached": 0}
    return {"reference": reference(number), "number": 2026_000_000 + number, "head_seq": 1, "title": "Storm",
            "language": "en", **facts, **rest}  # fmt: skip


def reference(number: int) -> str:
    return f"FB-2026-{number:04d}"


def sides() -> list[tuple[Any, list[dict[str, Any]]]]:
    keys: list[dict[str, Any]] = [
        {"reference": reference(number), "number": 2026_000_000 + number} for number in range(1, MANY)
    ]
    here: list[dict[str, Any]] = [
        {**key, "channel": ("x", "weibo", "press")[key["number"] % 3], "first_response_at": None} for key in keys
    ]
    who = [{**key, "role": "lead", "person": key["number"] % 40} for key in keys]
    return [(models.IncidentChannel, here), (models.IncidentPerson, who)]


def text(number: int) -> dict[str, Any]:
    said = f"everywhere {'bishop' if number % 100 == 0 else ''} 道歉"
    id = (2026_000_000 + number) << search.SHIFT | 1
    return {"id": id, "reference": reference(number), "kind": "note:added", "audience": "room", "text": said}


def plans(run: Any) -> str:
    """How the database goes about every statement that `run` makes."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    run()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # so few rows are read faster whole: is there an index at all?
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = [connection.exec_driver_sql(explain + statement, values).all() for statement, values in seen]
    return "\n".join(str(row[-1]) for each in lines for row in each)


def reads_everything(plan: str) -> list[str]:
    """Lines that read or sort a whole table: a full index read with a limit is none."""
    if db.engine.dialect.name == "sqlite":
        bad = ("SCAN incident\n", "SCAN incident_person\n", "SCAN incident_channel\n", "SCAN search_text\n")
        return [each for each in bad if each in plan + "\n"]
    return [each for each in plan.splitlines() if "Seq Scan" in each]


WANTED = [Wanted(), *(Wanted(**{name: value}) for name, value in SINGLE.items()), Wanted(exercise=False)]
PAIRS = [Wanted(**{one: SINGLE[one], two: SINGLE[two]}) for one, two in product(SINGLE, SINGLE) if one < two]
TRIPLES = [replace(wanted, state="open") for wanted in PAIRS]


def test_no_filter_reads_every_incident(many: None) -> None:
    bad = {wanted: found for wanted in (*WANTED, *PAIRS, *TRIPLES) if (found := reads_everything(plan_of(wanted)))}
    assert bad == {}


def plan_of(wanted: Wanted) -> str:
    return plans(lambda: finding.incidents(wanted, before=2026_000_000 + MANY // 2))


@pytest.mark.parametrize("query", ["bishop ", "bish", "道歉", '"everywhere bishop"', "everywhere bishop "])
def test_no_search_reads_every_text(many: None, query: str) -> None:
    assert reads_everything(plans(lambda: finding.incidents(Wanted(terms=parse(query))))) == []


def test_counting_what_is_open_reads_an_index(many: None) -> None:
    assert reads_everything(plans(finding.stand)) == []


def test_a_search_finds_all_there_is(many: None) -> None:
    rows = finding.incidents(Wanted(terms=parse("bishop 道歉")), limit=100)
    assert len(rows) == MANY // 100 - 1
    assert [row.number for row in rows] == sorted((row.number for row in rows), reverse=True)
