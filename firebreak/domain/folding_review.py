"""What the entries of a review make of an incident: answers, actions, the agreement. `folding` says which is which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from firebreak.domain.events import Entry, Event, EventKind
from firebreak.domain.incidents import Action, Answer, Incident

K = EventKind


def unreviewed(incident: Incident) -> Incident:
    moments = {name: at for name, at in incident.moments.items() if name != "reviewed"}
    return replace(incident, moments=moments, agreed_by=None)


def answered(incident: Incident, entry: Entry) -> Incident:
    """A person's later answer to the same question takes the place of the earlier one."""
    event, data = entry.event, entry.event.data
    asked, text = (data["question"], data["playbook"]), data.get("answer", "")
    answer = Answer(entry.seq, *asked, event.actor, event.at, text)
    others = (each for each in incident.answers if _asked(each) != _asked(answer))
    return replace(incident, answers=(*others, answer))


def _asked(answer: Answer) -> tuple[str, str, int | None]:
    return answer.playbook, answer.question, answer.by


def task(event: Event) -> dict[str, Any]:
    due = event.data["due"]
    told = {"owner": event.data["owner"], "due": date.fromisoformat(due) if due else None}
    return told | event.body


def action_moved(incident: Incident, event: Event) -> Incident:
    """A change of an action whose own entry was struck out has nothing to land on, and is passed over."""
    action = incident.actions.get(event.data["action"])
    if action is None:
        return incident
    if event.kind is K.ACTION_CHANGED:
        return with_action(incident, replace(action, **task(event)))
    note = event.data.get("note", "")
    return with_action(incident, replace(action, outcome=event.data["outcome"], closed_at=event.at, note=note))


def with_action(incident: Incident, action: Action) -> Incident:
    return replace(incident, actions={**incident.actions, action.id: action})
