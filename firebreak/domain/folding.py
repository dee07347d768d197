"""From log to incident: `replay` all of it, or `apply` one more entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from firebreak.domain.events import Entry, Event, EventKind
from firebreak.domain.folding_review import action_moved, answered, task, unreviewed, with_action
from firebreak.domain.incidents import Action, Brief, Chosen, Clock, Incident, Statement, Step
from firebreak.domain.text import moment

K = EventKind
MENDS = frozenset({K.ENTRY_CORRECTED, K.ENTRY_STRUCK, K.ENTRY_ERASED})


def replay(entries: Iterable[Entry], reference: str = "") -> Incident:
    """The incident that these entries (seq 1 and on, without gaps) tell."""
    facts = _without_erased(tuple(entries))
    incident = Incident(facts[0].stream if facts else reference)
    for entry in effective(facts):
        incident = _fold(incident, entry)
    struck, corrected = _targets(facts, K.ENTRY_STRUCK), _targets(facts, K.ENTRY_CORRECTED)
    return replace(incident, seq=len(facts), facts=facts, struck=struck, corrected=corrected)


def apply(incident: Incident, entry: Entry) -> Incident:
    """The incident after one more entry. A mend of an older entry folds everything again."""
    if entry.event.kind in MENDS:
        return replay((*incident.facts, entry))
    folded = _fold(incident, entry)
    return replace(folded, seq=entry.seq, facts=(*incident.facts, entry))


def provisional(incident: Incident, events: Iterable[Event], now: datetime) -> Incident:
    """The incident as it would be after these events."""
    for event in events:
        incident = apply(incident, Entry(0, incident.reference, incident.seq + 1, now, event))
    return incident


def effective(facts: tuple[Entry, ...]) -> Iterable[Entry]:
    """The entries as mended: struck ones left out, corrected ones with their latest values."""
    struck = _targets(facts, K.ENTRY_STRUCK)
    mends: dict[int, list[Event]] = {}
    for entry in facts:
        if entry.event.kind is K.ENTRY_CORRECTED:
            mends.setdefault(entry.event.data["target"], []).append(entry.event)
    for entry in facts:
        if entry.seq not in struck:
            yield mended(entry, mends[entry.seq]) if entry.seq in mends else entry


def mended(entry: Entry, corrections: Iterable[Event]) -> Entry:
    """The entry with its corrections laid over it, the last one winning."""
    event = entry.event
    for correction in corrections:
        codes, body = correction.data.get("codes") or {}, correction.data.get("body") or {}
        at = correction.data.get("at")
        event = replace(event, at=datetime.fromisoformat(at) if at else event.at, data={**event.data, **codes, **body})
    return replace(entry, event=event)


def _targets(facts: Iterable[Entry], kind: EventKind) -> frozenset[int]:
    return frozenset(entry.event.data["target"] for entry in facts if entry.event.kind is kind)


def _without_erased(facts: tuple[Entry, ...]) -> tuple[Entry, ...]:
    erasures = (entry.event.data["targets"] for entry in facts if entry.event.kind is K.ENTRY_ERASED)
    targets = {seq for seqs in erasures for seq in seqs}
    return tuple(bodiless(fact) if fact.seq in targets else fact for fact in facts) if targets else facts


def bodiless(entry: Entry) -> Entry:
    """The entry with what a person typed taken out."""
    return replace(entry, erased=True, event=replace(entry.event, data=entry.event.codes))


def _fold(incident: Incident, entry: Entry) -> Incident:  # noqa: C901
    """One case a kind. Never looks at a body for anything but text to show."""
    event = entry.event
    data = event.data
    match event.kind:
        case K.INCIDENT_OPENED:
            return _opened(incident, event)
        case K.INCIDENT_RETITLED:
            return replace(incident, title=data.get("title", ""))
        case K.INCIDENT_STOOD_DOWN:
            closed = _earliest(incident, "stood_down", event.at)
            return replace(closed, state="stood_down", outcome=data["outcome"], duplicate_of=data.get("duplicate_of"))
        case K.INCIDENT_REOPENED:
            return _reopened(incident)
        case K.SEVERITY_CHANGED:
            return replace(incident, severity=data["severity"], severity_since=event.at)
        case K.CHANNEL_ADDED:
            return replace(incident, channels=tuple(dict.fromkeys((*incident.channels, data["channel"]))))
        case K.PLAYBOOK_CHOSEN:
            return _chosen(incident, event)
        case K.STEP_ADDED:
            return _with_step(incident, _own_step(event))
        case K.STEP_DONE | K.STEP_NOT_APPLICABLE | K.STEP_REOPENED:
            return _ticked(incident, entry)
        case K.STEP_ASSIGNED:
            step = incident.steps.get(data["step"])
            return _with_step(incident, replace(step, person=data["person"])) if step else incident
        case K.ROLE_ASSIGNED:
            return _role_assigned(incident, event)
        case K.ROLE_RELEASED:
            roles = {role: person for role, person in incident.roles.items() if role != data["role"]}
            return replace(incident, roles=roles)
        case K.MOMENT_RECORDED:
            return _earliest(incident, data["moment"], event.at)
        case K.STATEMENT_POSTED:
            return _posted(incident, entry)
        case K.CLOCK_SET:
            return _with_clock(incident, _clock(data))
        case K.CLOCK_WARNED:
            return _marked(incident, data, "warned")
        case K.CLOCK_BREACHED:
            return _marked(incident, data, "breached")
        case K.BRIEF_WRITTEN:
            return replace(incident, brief=Brief(entry.seq, event.at, event.actor, **event.body))
        case K.REVIEW_ANSWERED:
            return answered(incident, entry)
        case K.REVIEW_AGREED:
            return replace(incident, moments={**incident.moments, "reviewed": event.at}, agreed_by=event.actor)
        case K.REVIEW_REOPENED:
            return unreviewed(incident)
        case K.ACTION_ADDED:
            return with_action(incident, Action(data["action"], entry.seq, **task(event)))
        case K.ACTION_CHANGED | K.ACTION_CLOSED:
            return action_moved(incident, event)
        case K.PLAYBOOK_JUDGED:
            return replace(incident, judged=data["scenario"])
        case K.SUGGESTION_DECLINED:
            return replace(incident, declined=incident.declined | {data["scenario"]})
        case K.NOTE_ADDED | K.DECISION_MADE | K.ENTRY_CORRECTED | K.ENTRY_STRUCK | K.ENTRY_ERASED:
            return incident
        case _:
            raise ValueError(f"{event.kind} does not belong to an incident")


def _opened(incident: Incident, event: Event) -> Incident:
    data = event.data
    known = {"began": moment(data.get("began_at")), "noticed": moment(data["noticed_at"]), "opened": event.at}
    return replace(
        incident,
        title=data.get("title", ""),
        report=data.get("report", ""),
        severity=data["severity"],
        severity_since=event.at,
        language=data["language"],
        channels=tuple(data["channels"]),
        exercise=data["exercise"],
        opened_at=event.at,
        opened_by=event.actor,
        moments={name: at for name, at in known.items() if at},
    )


def _reopened(incident: Incident) -> Incident:
    """An incident that goes on has not been reviewed."""
    moments = {name: at for name, at in incident.moments.items() if name != "stood_down"}
    return unreviewed(replace(incident, state="open", outcome=None, duplicate_of=None, moments=moments))


def _earliest(incident: Incident, name: str, at: datetime) -> Incident:
    return replace(incident, moments={**incident.moments, name: min(incident.moments.get(name, at), at)})


def _chosen(incident: Incident, event: Event) -> Incident:
    data = event.data
    limits = {clock: {sev: timedelta(seconds=s) for sev, s in by.items()} for clock, by in data["limits"].items()}
    legal = tuple((step, start, timedelta(seconds=limit)) for step, start, limit in data["legal_clocks"])
    chosen = Chosen(data["scenario"], data["language"], data["hash"], event.at, limits, legal)
    every = (*incident.chosen, chosen)
    return replace(incident, playbook=chosen, chosen=every, steps=_merged_steps(incident, event))


def _merged_steps(incident: Incident, event: Event) -> dict[str, Step]:
    """The new checklist first, with ticks kept by id; then what only the old one had, marked as such."""
    base = max(incident.opened_at or event.at, event.at)
    fresh = {row["step"]: _listed_step(row, base, incident.steps.get(row["step"])) for row in event.data["steps"]}
    past = {id: step if step.own else replace(step, current=False) for id, step in incident.steps.items()}
    return {**fresh, **{id: step for id, step in past.items() if id not in fresh}}


def _listed_step(row: Mapping[str, Any], base: datetime, before: Step | None) -> Step:
    kept = before or Step(row["step"], row["phase"], row["role"], base)
    return replace(
        kept,
        phase=row["phase"],
        role=row["role"],
        due=base + timedelta(seconds=row["due"]),
        critical=row["critical"],
        options=tuple(row.get("options", ())),
        own=False,
        current=True,
    )


def _own_step(event: Event) -> Step:
    data = event.data
    due = datetime.fromisoformat(data["due"])
    return Step(data["step"], data["phase"], data["role"], due, data["critical"], own=True, title=data.get("title", ""))


def _with_step(incident: Incident, step: Step) -> Incident:
    return replace(incident, steps={**incident.steps, step.id: step})


STATES = {K.STEP_DONE: "done", K.STEP_NOT_APPLICABLE: "not_applicable", K.STEP_REOPENED: "open"}


def _ticked(incident: Incident, entry: Entry) -> Incident:
    """A tick of a step whose own `step:added` was struck out has nothing to land on, and is passed over."""
    event = entry.event
    step = incident.steps.get(event.data["step"])
    if step is None:
        return incident
    state = STATES[event.kind]
    choice = event.data.get("choice")
    return _with_step(incident, replace(step, state=state, at=event.at, by=event.actor, seq=entry.seq, choice=choice))


def _role_assigned(incident: Incident, event: Event) -> Incident:
    role, person = event.data["role"], event.data["person"]
    held = replace(incident, roles={**incident.roles, role: person})
    return _earliest(held, "acknowledged", event.at) if role == "lead" else held


def _posted(incident: Incident, entry: Entry) -> Incident:
    event, data = entry.event, entry.event.data
    promise = moment(data.get("next_update_at"))
    text, url = data.get("text", ""), data.get("url", "")
    statement = Statement(entry.seq, data["channel"], event.at, event.actor, promise, text, url)
    spoken = replace(incident, statements=(*incident.statements, statement))
    return _earliest(spoken, "first_response", event.at)


def _clock(data: Mapping[str, Any]) -> Clock:
    start, due = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["due"])
    return Clock(data["clock"], start, timedelta(seconds=data["limit"]), due)


def _with_clock(incident: Incident, clock: Clock) -> Incident:
    return replace(incident, clocks={**incident.clocks, clock.id: clock})


def _marked(incident: Incident, data: Mapping[str, Any], mark: str) -> Incident:
    """An alarm counts for the due time it went off for; one for an older due time marks nothing."""
    clock = incident.clocks.get(data["clock"])
    if clock is None or clock.due != datetime.fromisoformat(data["due"]):
        return incident
    return _with_clock(incident, replace(clock, warned=True, breached=clock.breached or mark == "breached"))
