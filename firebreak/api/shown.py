"""Domain objects as the API answers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any, cast

from firebreak.api import answers
from firebreak.domain import clocks
from firebreak.domain.events import Entry
from firebreak.domain.folding import replay
from firebreak.domain.incidents import Incident, Step
from firebreak.domain.playbooks import Playbook
from firebreak.store import queries
from firebreak.store.models import IncidentRow
from firebreak.web import here
from firebreak.web.room_view import Room

Names = Mapping[int, str]
WITHOUT = frozenset({"html"})
"""The rendering of what was typed: made for our pages, and of no use elsewhere."""


def actor(names: Names, id: int | None) -> answers.Actor | None:
    """Tokens have numbers below zero in the log."""
    if id is None:
        return None
    return answers.Actor(kind="person" if id > 0 else "token", id=abs(id), name=names.get(id, ""))


def incident(found: Incident, now: datetime | None = None) -> answers.Incident:
    """As it stands now, or as it stood then."""
    room = Room(found, now or here.now())
    name = partial(actor, room.names)
    same = ("reference", "seq", "title", "report", "state", "severity", "language", "exercise", "outcome")
    facts: dict[str, Any] = {each: getattr(found, each) for each in same}
    return answers.Incident(
        **facts,
        channels=list(found.channels),
        opened_by=name(found.opened_by),
        duplicate_of=found.duplicate_of,
        playbook=_in_use(room),
        moments=dict(found.moments),
        clocks=[_clock(reading) for reading in room.readings],
        steps=[_step(room, step) for step in found.steps.values()],
        roles={role: person for role, id in found.roles.items() if (person := name(id))},
        statements=[_statement(said) for said in found.statements],
    )


def as_opened(found: Incident) -> answers.Incident:
    """As it was when it was opened: the same answer, however often and late it is asked for again."""
    first = found.facts[0].recorded_at
    facts = takewhile(lambda fact: fact.recorded_at == first, found.facts)
    return incident(replay(facts), first)


def _in_use(room: Room) -> answers.PlaybookInUse | None:
    chosen = room.incident.playbook
    if chosen is None:
        return None
    title = room.playbook_title(chosen.hash, chosen.scenario)
    return answers.PlaybookInUse(
        scenario=chosen.scenario, language=cast(Any, chosen.language), title=title, hash=chosen.hash
    )


def _clock(reading: clocks.Reading) -> answers.Clock:
    clock = reading.clock
    return answers.Clock(
        id=clock.id,
        status=cast(Any, reading.status),
        start=clock.start,
        limit=clock.limit.total_seconds(),
        due=clock.due,
        stopped_at=reading.stopped_at,
    )


def _step(room: Room, step: Step) -> answers.Step:
    same = ("id", "phase", "role", "due", "critical", "current", "choice", "at")
    facts: dict[str, Any] = {each: getattr(step, each) for each in same}
    return answers.Step(
        **facts,
        title=room.title(step.id),
        state=cast(Any, step.state.replace("_", "-")),
        options=list(step.options),
        by=actor(room.names, step.by),
        person=actor(room.names, step.person),
    )


def _statement(said: Any) -> answers.Statement:
    facts = {name: getattr(said, name) for name in answers.Statement.model_fields}
    return answers.Statement(**facts)


def line(row: IncidentRow, names: Names) -> answers.IncidentLine:
    """A row of the list."""
    facts = {name: getattr(row, name) for name in answers.IncidentLine.model_fields if name != "lead"}
    return answers.IncidentLine(**facts, lead=actor(names, row.lead))


def entries(found: Incident, facts: Iterable[Entry]) -> list[answers.Entry]:
    """Entries as they were written, marked where others have mended them."""
    names = queries.names()
    return [_entry(found, fact, names) for fact in facts]


def _entry(found: Incident, fact: Entry, names: Names) -> answers.Entry:
    return answers.Entry(
        seq=fact.seq,
        kind=str(fact.event.kind),
        at=fact.event.at,
        recorded_at=fact.recorded_at,
        actor=actor(names, fact.event.actor),
        data=_typed(fact.event.data),
        struck=fact.seq in found.struck,
        corrected=fact.seq in found.corrected,
        erased=fact.erased,
    )


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """A correction holds the new texts in `body`."""
    kept = {name: value for name, value in data.items() if name not in WITHOUT}
    return kept | ({"body": _typed(kept["body"])} if isinstance(kept.get("body"), Mapping) else {})


# --- playbooks -------------------------------------------------------------------------------------

_SAME = ("scenario", "language", "title", "severity", "summary", "hash")


def playbook_line(book: Playbook) -> answers.PlaybookLine:
    """A playbook of the list."""
    facts: dict[str, Any] = {name: getattr(book, name) for name in _SAME}
    return answers.PlaybookLine(**facts, reviewed=book.reviewed.isoformat(), steps=len(book.steps))


def playbook(book: Playbook) -> answers.Playbook:
    """All of a playbook."""
    facts: dict[str, Any] = {name: getattr(book, name) for name in (*_SAME, "owner", "deputy", "source")}
    limits = {clock: {sev: each.total_seconds() for sev, each in by.items()} for clock, by in book.limits.items()}
    return answers.Playbook(
        **facts,
        reviewed=book.reviewed.isoformat(),
        roles=dict(book.roles),
        limits=limits,
        steps=[_listed(step) for step in book.steps],
        statements=[answers.HoldingText(platform=t.platform, title=t.title, text=t.text) for t in book.statements],
    )


def _listed(step: Any) -> answers.ListedStep:
    same = ("id", "title", "phase", "role", "critical", "guidance")
    options = [answers.Option(id=each.id, title=each.title, consequence=each.consequence) for each in step.options]
    facts = {name: getattr(step, name) for name in same}
    return answers.ListedStep(**facts, due=step.due.total_seconds(), options=options)
