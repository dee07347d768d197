"""The review, its actions, and the lead's lines for the executive's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from firebreak import library
from firebreak.domain.deciding import brief
from firebreak.domain.deciding import review as decide
from firebreak.domain.incidents import Incident
from firebreak.store import log


def questions_listed(incident: Incident) -> tuple[str, ...]:
    """The review questions of the playbook version in use, as written; () when it asks none or cannot be read."""
    version = library.version(incident.playbook.hash) if incident.playbook else None
    return version.review_questions if version else ()


def answer(reference: str, answers: Mapping[str, str], actor: int, now: datetime) -> Incident:
    """Several answers of one person (question code -> text) in one commit."""
    with log.changing(reference, now) as change:
        listed = len(questions_listed(change.incident))
        change.record(decide.answer(change.incident, answers, listed, actor, now))
    return change.incident


def judge(reference: str, scenario: str, actor: int, now: datetime) -> Incident:
    """Which playbook would have been right, of the library, those used, or none."""
    wish = partial(decide.judge, scenario=scenario, scenarios=library.languages(), actor=actor, now=now)
    return log.record(reference, now, wish)


def agree(reference: str, note: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.agree, note=note, actor=actor, now=now))


def reopen(reference: str, reason: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.reopen_review, reason=reason, actor=actor, now=now))


def add_action(
    reference: str, what: str, owner: int | None, due: date | None, actor: int, now: datetime
) -> Incident:  # fmt: skip
    wish = partial(decide.add_action, what=what, owner=owner, due=due, actor=actor, now=now)
    return log.record(reference, now, wish)


def change_action(
    reference: str, action: str, what: str, owner: int | None, due: date | None, actor: int, now: datetime
) -> Incident:
    wish = partial(decide.change_action, action=action, what=what, owner=owner, due=due, actor=actor, now=now)
    return log.record(reference, now, wish)


def close_action(reference: str, action: str, outcome: str, note: str, actor: int, now: datetime) -> Incident:
    wish = partial(decide.close_action, action=action, outcome=outcome, note=note, actor=actor, now=now)
    return log.record(reference, now, wish)


def write_brief(reference: str, known: str, unknown: str, next: str, actor: int, now: datetime) -> Incident:
    wish = partial(brief.write_brief, known=known, unknown=unknown, next=next, actor=actor, now=now)
    return log.record(reference, now, wish)
