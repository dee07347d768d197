"""Working an incident: each operation is the one workflow call that the pages make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from firebreak.api import answers, auth, schemas, shown
from firebreak.api.incidents import ONE, find
from firebreak.api.matching import code, find_playbook
from firebreak.api.operations import View, operation
from firebreak.api.problems import Wrong
from firebreak.domain.deciding.record import BUTTON_MOMENTS
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.store import queries
from firebreak.web import here
from firebreak.workflow import incidents, record, roles, steps


def work(path: str, body: type[schemas.Wish]) -> Callable[[View], View]:
    """An operation that changes an incident and answers how it stands then."""
    about = {"access": "responder", "body": body, "answer": answers.Incident, "refuses": True}
    return operation("POST", f"{ONE}/{path}", **about)


def _do(reference: str, wish: Callable[..., Incident], *told: Any, **more: Any) -> answers.Incident:
    """The wish, by whoever holds the token, now. A problem, 404, when there is no such incident."""
    find(reference)
    return shown.incident(wish(reference, *told, actor=auth.holder().actor, now=here.now(), **more))


@work("playbook", schemas.ChosenPlaybook)
def choose_playbook(reference: str, body: schemas.ChosenPlaybook) -> answers.Incident:
    """Another playbook from now on. No tick is lost."""
    playbook = find_playbook(find(reference).language, body.scenario)
    return _do(reference, incidents.choose_playbook, playbook)


@work("steps/<step>", schemas.StepChange)
def change_step(reference: str, step: str, body: schemas.StepChange) -> answers.Incident:
    """Tick a step, set it aside, or open it again. Already so: nothing changes."""
    if step not in find(reference).steps:
        raise Wrong(404, "unknown_step", step=step)
    return _do(reference, _step_wish(body), step)


def _step_wish(body: schemas.StepChange) -> Callable[..., Incident]:
    reason = body.reason or ""
    if body.state == "done":
        return partial(steps.finish, at=body.at, choice=body.choice or "", note=reason)
    if body.state == "not-applicable":
        return partial(steps.set_aside, reason=reason, at=body.at)
    return partial(steps.reopen, reason=reason)


@work("notes", schemas.Note)
def add_note(reference: str, body: schemas.Note) -> answers.Incident:
    """A note in the log."""
    return _do(reference, record.add_note, body.text, at=body.at)


@work("statements", schemas.NewStatement)
def post_statement(reference: str, body: schemas.NewStatement) -> answers.Incident:
    """Say that a text was posted in public. The desk posts nothing itself."""
    told = (code(body.channel, "channel"), body.text, body.url or "")
    return _do(reference, record.post_statement, *told, at=body.at, next_update_at=body.next_update_at)


@work("moments/<moment>", schemas.Moment)
def record_moment(reference: str, moment: str, body: schemas.Moment) -> answers.Incident:
    """Acknowledged, withdrew, apologised or contained. The earliest one counts."""
    if moment not in BUTTON_MOMENTS:
        raise Wrong(404, "unknown_moment", moment=moment)
    return _do(reference, record.record_moment, moment, at=body.at)


@work("lead", schemas.Lead)
def assign_lead(reference: str, body: schemas.Lead) -> answers.Incident:
    """Say who leads. The first lead acknowledges the incident."""
    find(reference)
    return _do(reference, roles.assign, "lead", _person(body.person))


def _person(wish: int | str | None) -> int:
    """The account that is meant; whether it can lead is the workflow's to say. Refused: no_person, cannot_work."""
    asked = auth.holder().person if wish is None else wish
    if asked is None:
        raise Refused("no_person", field="person")
    return asked if isinstance(asked, int) else _by_address(asked)


def _by_address(email: str) -> int:
    """Looked for here: what a database cannot hold must not reach it."""
    known = {each.email.casefold(): each.id for each in queries.people(only_active=True)}
    if email.strip().casefold() not in known:
        raise Refused("cannot_work", field="person", person=email)
    return known[email.strip().casefold()]


@work("severity", schemas.SeverityChange)
def change_severity(reference: str, body: schemas.SeverityChange) -> answers.Incident:
    """Graver or less grave."""
    return _do(reference, incidents.change_severity, body.severity, body.reason or "")


@work("stand-down", schemas.StandDown)
def stand_down(reference: str, body: schemas.StandDown) -> answers.Incident:
    """It is over."""
    other = (body.duplicate_of or "").strip().upper() or None
    return _do(reference, incidents.stand_down, body.outcome, body.reason or "", duplicate_of=other)


@work("reopen", schemas.Reopening)
def reopen(reference: str, body: schemas.Reopening) -> answers.Incident:
    """It is not over. Already open: nothing changes."""
    return _do(reference, incidents.reopen, body.reason)
