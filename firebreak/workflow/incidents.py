"""Opening, naming, grading, choosing a playbook, standing down, opening again."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from firebreak import library
from firebreak.domain.deciding import closing
from firebreak.domain.deciding import opening as decide
from firebreak.domain.incidents import Incident
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean
from firebreak.store import log, queries, versions


def open_incident(
    opening: decide.Opening,
    actor: int | None,
    now: datetime,
    key: str = "",
    playbook: Playbook | None = None,
    sent: str | None = None,
) -> Incident:
    """A new incident under the next reference of the desk's year. The same `key` again gives the same incident, and
    is refused with another `sent`, the hash of what was asked for."""
    with log.opening(_year(now), now, clean(key, "key", LONGEST_LINE), sent) as change:
        if change.incident.seq:
            return change.incident
        change.record(decide.open_incident(change.incident, opening, actor, now))
        if playbook:
            _choose(change, playbook, actor, now)
    return change.incident


def _choose(change: log.Change, playbook: Playbook, actor: int | None, now: datetime) -> None:
    """The version is saved with the choice, so that an old incident can always show its playbook."""
    versions.keep(change.connection, library.version_of(playbook), now)
    change.record(decide.choose_playbook(change.incident, playbook, actor, now))


def _year(now: datetime) -> int:
    return now.astimezone(ZoneInfo(queries.settings()["zone"])).year


def retitle(reference: str, title: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.retitle, title=title, actor=actor, now=now))


def change_severity(
    reference: str, severity: str, reason: str, actor: int, now: datetime, at: datetime | None = None
) -> Incident:
    wish = partial(decide.change_severity, severity=severity, reason=reason, actor=actor, now=now, at=at)
    return log.record(reference, now, wish)


def add_channel(reference: str, channel: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.add_channel, channel=channel, actor=actor, now=now))


def choose_playbook(reference: str, playbook: Playbook, actor: int, now: datetime) -> Incident:
    with log.changing(reference, now) as change:
        _choose(change, playbook, actor, now)
    return change.incident


def decline_suggestion(reference: str, scenario: str, actor: int, now: datetime) -> Incident:
    """The playbook in use stays."""
    wish = partial(decide.decline_suggestion, scenario=scenario, scenarios=library.languages(), actor=actor, now=now)
    return log.record(reference, now, wish)


def stand_down(
    reference: str,
    outcome: str,
    reason: str,
    actor: int,
    now: datetime,
    duplicate_of: str | None = None,
    at: datetime | None = None,
) -> Incident:
    """Stand down; a duplicate must name an incident that exists."""
    if duplicate_of and log.load(duplicate_of) is None:
        raise Refused("unknown_reference", field="duplicate_of", reference=duplicate_of)
    decided = partial(closing.stand_down, outcome=outcome, reason=reason, actor=actor, now=now)
    return log.record(reference, now, partial(decided, duplicate_of=duplicate_of, at=at))


def reopen(reference: str, reason: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(closing.reopen, reason=reason, actor=actor, now=now))
