"""A desk to measure: people, rooms with true logs, and as many incidents in the lists as are asked for."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from firebreak import library, maintenance
from firebreak.domain import markdown
from firebreak.domain.deciding import record as decide
from firebreak.domain.deciding.opening import Opening
from firebreak.domain.events import Entry
from firebreak.domain.incidents import Incident
from firebreak.store import db, log, models, projections, search, wakeups
from firebreak.store.accounts import Account
from firebreak.workflow import incidents, people

PEOPLE = 60
SCENARIO = "weekend-firestorm"
REPORT = "Moms are furious about the new advert: {words}. The agency says that it stays up until somebody signs."
NOTE = "Call {number}: **the agency** says that the posts of Friday stay up until somebody signs, and asks who that is."
WORDS = (
    *("advert", "agency", "anger", "boycott", "brand", "breach", "coupon", "courier"),
    *("delay", "factory", "glass", "hashtag", "influencer", "leak", "lorry", "mould"),
    *("nurse", "packaging", "parody", "petition", "price", "recall", "refund", "rumour"),
    *("strike", "supplier", "toy", "video", "warehouse", "yoghurt"),
)
BULK_YEAR = 2025
"""Incidents that are in lists only; true ones are of the year of the clock."""
BATCH = 500


def people_of(app: Flask) -> None:
    """The tables, and accounts that may do everything but administer, one administrator first."""
    with app.app_context():
        maintenance.migrate()
        now = datetime.now(UTC)
        for number in range(PEOPLE):
            access = "administrator" if number == 0 else "approver"
            email, name = f"p{number}@example.org", f"Person {number}"
            people.add(email=email, name=name, access=access, actor=None, now=now, password_hash="none")


def cookie(app: Flask, number: int) -> str:
    """The Cookie header of a browser in which that person has signed in."""
    with app.app_context():
        who = db.session.scalar(sa.select(Account).where(Account.email == f"p{number}@example.org"))
        assert who
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(_user_id=who.fs_uniquifier, _fresh=True, fs_cc="set", fs_paa=time.time())
            session.permanent = True
        name = app.config["SESSION_COOKIE_NAME"]
        kept = client.get_cookie(name)
        assert kept
        db.session.remove()
        return f"{name}={kept.value}"


def open_room(entries: int) -> str:
    """The reference of an incident with so many entries (or as many as opening makes), all written by the log."""
    now = datetime.now(UTC)
    told = Opening(REPORT.format(words="hashtag and petition"), channels=("x", "instagram"))
    reference = incidents.open_incident(told, 2, now, playbook=library.get("en", SCENARIO)).reference
    with log.changing(reference, now) as change:
        for number in range(entries - change.incident.seq):
            change.record(_note(change.incident, number, now))
    return reference


def _note(incident: Incident, number: int, now: datetime) -> Any:
    text = NOTE.format(number=number)
    return decide.add_note(incident, text, markdown.render(text), (), 2, now)


def newest(reference: str) -> int:
    """The number of an incident's newest entry."""
    found = log.load(reference)
    return found.seq if found else 0


def steps_of(references: Iterable[str]) -> list[tuple[str, str]]:
    """(reference, step) for everything that one press ticks; neighbours are steps of different incidents."""
    found = [log.load(reference) for reference in references]
    lists = [[(each.reference, s.id) for s in each.steps.values() if not s.options] for each in found if each]
    return [row[place] for place in range(max(map(len, lists))) for row in lists if place < len(row)]


def fill(many: int) -> None:
    """Bring the lists to `many` incidents: the rows that lists and search read, as a log would have left them."""
    here = db.session.scalar(sa.select(sa.func.count()).select_from(models.IncidentRow)) or 0
    db.session.remove()
    with db.engine.connect() as connection:
        highest = connection.execute(sa.select(sa.func.max(models.IncidentRow.number)).where(_bulk())).scalar() or 0
    pattern = log.load(open_room(0))
    assert pattern
    first = highest % 1_000_000 + 1
    for start in range(first, first + many - here - 1, BATCH):
        _batch(pattern, range(start, min(start + BATCH, first + many - here - 1)))


def _bulk() -> Any:
    return models.IncidentRow.number < (BULK_YEAR + 1) * 1_000_000


def _batch(pattern: Incident, numbers: range) -> None:
    now = datetime.now(UTC)
    made = [_like(pattern, number, now) for number in numbers]
    every = [projections.rows_of(each, now) for each in made]
    with db.engine.connect() as connection, connection.begin():
        for model in projections.TABLES:
            table = models.table(model)
            rows = [row for each in every for row in each[table.name].values()]
            if rows:
                connection.execute(sa.insert(table), rows)
        search._add(
            connection, [row for each in made for row in search.rows_of(each, "A storm at the weekend").values()]
        )


def _like(pattern: Incident, number: int, now: datetime) -> Incident:
    """The pattern under another reference: other words, a state and a severity by chance, opened some time ago."""
    chance = random.Random(number)
    reference = f"FB-{BULK_YEAR}-{number:03d}"
    words = " ".join(chance.sample(WORDS, 4))
    opened = now - timedelta(days=30, minutes=number)
    return replace(
        pattern,
        reference=reference,
        title=f"Anger about {words}",
        state=chance.choices(("open", "stood_down"), (1, 9))[0],
        severity=chance.choice(("critical", "serious", "minor", "watch")),
        opened_at=opened,
        steps={},
        clocks={},
        moments={"opened": opened},
        facts=(_report(pattern.facts[0], reference, words),),
    )


def _report(entry: Entry, reference: str, words: str) -> Entry:
    data = {**entry.event.data, "report": REPORT.format(words=words)}
    return replace(entry, stream=reference, event=replace(entry.event, data=data))


def leave(app: Flask) -> None:
    """Let the database go: what is measured runs in other processes."""
    with app.app_context():
        db.session.remove()
        wakeups.end()
        db.engine.dispose()
