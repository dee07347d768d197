"""The review: questions answered by several people, follow-up actions, and the agreement that closes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from firebreak.domain.deciding.opening import known
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Action, Answer, Incident
from firebreak.domain.model import NONE
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean, required

K = EventKind
OUTCOMES = ("done", "dropped")
GENERIC = ("first_seen", "seen_by", "on_time", "said", "wrong", "unreached", "promised", "luck", "change")
"""Questions for an incident whose playbook asks none."""

ALWAYS = ("right_playbook", "surprise")


def questions(listed: int) -> tuple[str, ...]:
    """The codes to answer: q1… of a playbook that lists so many, else GENERIC; ALWAYS at the end."""
    own = tuple(f"q{number}" for number in range(1, listed + 1))
    return (*(own or GENERIC), *ALWAYS)


def asked_by(incident: Incident, question: str) -> str:
    """The version of the playbook that asks this question, "" for a question of the house: q3 is another elsewhere."""
    return incident.playbook.hash if incident.playbook and question.startswith("q") else ""


def answer_of(incident: Incident, question: str, person: int) -> Answer | None:
    """What this person answers to a question of the playbook in use."""
    asked = (asked_by(incident, question), question, person)
    return next((each for each in incident.answers if (each.playbook, each.question, each.by) == asked), None)


def answer(incident: Incident, answers: Mapping[str, str], listed: int, actor: int, now: datetime) -> list[Event]:
    """What differs from this person's earlier answers. An answer is taken back by striking its entry out."""
    _under_review(incident)
    events = (
        _answered(incident, known(code, questions(listed), "question"), text, actor, now)
        for code, text in answers.items()
    )
    return [event for event in events if event]


def _answered(incident: Incident, question: str, text: str, actor: int, now: datetime) -> Event | None:
    typed, before = clean(text, question).strip(), answer_of(incident, question, actor)
    if typed == (before.text if before else ""):
        return None
    if not typed:
        raise Refused("answer_emptied", field=question)
    data = {"question": question, "playbook": asked_by(incident, question), "answer": typed}
    return Event(K.REVIEW_ANSWERED, now, actor, data)


def judge(incident: Incident, scenario: str, scenarios: Collection[str], actor: int, now: datetime) -> list[Event]:
    """Which playbook would have been right: one of `scenarios`, one that was used, or NONE of them.

    The last one counts; it is taken back by striking its entry out.
    """
    _under_review(incident)
    used = (chosen.scenario for chosen in incident.chosen)
    known(scenario, {NONE, *used, *scenarios}, "scenario")
    return [] if scenario == incident.judged else [Event(K.PLAYBOOK_JUDGED, now, actor, {"scenario": scenario})]


def _under_review(incident: Incident) -> None:
    if incident.state == "open":
        raise Refused("review_too_early", reference=incident.reference)
    if "reviewed" in incident.moments:
        raise Refused("review_agreed", reference=incident.reference)


def agree(incident: Incident, note: str, actor: int, now: datetime) -> list[Event]:
    """This is how it was, and what we will change. Refused while an open action has no owner or no date."""
    if incident.state == "open":
        raise Refused("review_too_early", reference=incident.reference)
    if "reviewed" in incident.moments:
        return []
    lacking = [action.id for action in incident.open_actions if not action.complete]
    if lacking:
        raise Refused("actions_incomplete", actions=lacking)
    return [Event(K.REVIEW_AGREED, now, actor, {"note": clean(note, "note")})]


def reopen_review(incident: Incident, reason: str, actor: int, now: datetime) -> list[Event]:
    """Open to answers again, and why."""
    if "reviewed" not in incident.moments:
        return []
    return [Event(K.REVIEW_REOPENED, now, actor, {"reason": required(reason, "reason")})]


# --- actions ---------------------------------------------------------------------------------------


def add_action(
    incident: Incident, what: str, owner: int | None, due: date | None, actor: int, now: datetime
) -> list[Event]:
    """Something to change. Owner and date may come later, but before the review is agreed."""
    _under_review(incident)
    count = sum(fact.event.kind is K.ACTION_ADDED for fact in incident.facts)
    data = {"action": f"a-{count + 1}", "what": required(what, "what", LONGEST_LINE).strip()}
    return [Event(K.ACTION_ADDED, now, actor, data | _task(owner, due))]


def _task(owner: int | None, due: date | None) -> dict[str, Any]:
    return {"owner": owner, "due": due.isoformat() if due else None}


def change_action(
    incident: Incident, action: str, what: str, owner: int | None, due: date | None, actor: int, now: datetime
) -> list[Event]:
    """Other words, another owner or date. Possible after the agreement too, but never back to nobody or no date."""
    found = _open_action(incident, action)
    if "reviewed" in incident.moments and (owner is None or due is None):
        raise Refused("action_incomplete", field="due" if owner else "owner")
    what = required(what, "what", LONGEST_LINE).strip()
    if (what, owner, due) == (found.what, found.owner, found.due):
        return []
    data = {"action": action, "what": what} | _task(owner, due)
    return [Event(K.ACTION_CHANGED, now, actor, data)]


def close_action(incident: Incident, action: str, outcome: str, note: str, actor: int, now: datetime) -> list[Event]:
    """Done, or dropped and why. Closed already with the same outcome: nothing new."""
    known(outcome, OUTCOMES, "outcome")
    if action in incident.actions and incident.actions[action].outcome == outcome:
        return []
    _open_action(incident, action)
    note = required(note, "note") if outcome == "dropped" else clean(note, "note")
    return [Event(K.ACTION_CLOSED, now, actor, {"action": action, "outcome": outcome, "note": note})]


def _open_action(incident: Incident, action: str) -> Action:
    if action not in incident.actions:
        raise Refused("unknown_action", action=action)
    if incident.actions[action].outcome is not None:
        raise Refused("action_closed", action=action)
    return incident.actions[action]
