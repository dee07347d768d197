"""What a room says where its facts have come to fit another playbook better (`firebreak.domain.refitting`).

It is asked for by every page of every room, and ranking takes some milliseconds: so an answer is kept for as long as
the facts, the playbooks and the desk's hours are the same, and one thread finds it for all that wait.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

from markupsafe import Markup

from firebreak import library, trained
from firebreak.domain import refitting
from firebreak.domain.hours import StaffedHours
from firebreak.domain.incidents import Incident
from firebreak.domain.model import BadModel
from firebreak.domain.playbooks import Playbook
from firebreak.domain.refitting import Known
from firebreak.domain.reports import Match
from firebreak.web import desk, here, locale, reasons
from firebreak.web.rendered import Kept

MOST_REASONS = 2
MOST_KEPT = 128
"""Incidents, as of some entry, and answers."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Better:
    """A playbook to suggest, and why, in the reader's words."""

    playbook: Playbook
    reasons: tuple[str, ...]

    @property
    def tongue(self) -> Markup:
        """` lang="…"` for its title, where the reader reads another language."""
        return locale.tongue(self.playbook.language)


@dataclass(frozen=True)
class _Facts:
    """What is known of an incident as of some entry, and what was known when its playbook was chosen."""

    incident: Incident
    now: Known
    then: Known


@dataclass(frozen=True)
class _Answer:
    """A match, and all that it depends on."""

    now: Known
    then: Known
    playbooks: tuple[Playbook, ...]
    hours: StaffedHours
    match: Match | None

    def holds(self, facts: _Facts, playbooks: tuple[Playbook, ...], hours: StaffedHours) -> bool:
        same_desk = self.playbooks is playbooks and self.hours is hours
        return same_desk and (self.now, self.then) == (facts.now, facts.then)


_facts: Kept[_Facts] = Kept(MOST_KEPT, lambda _facts: 1)
_answers: Kept[_Answer] = Kept(MOST_KEPT, lambda _answer: 1)
_asking = Lock()


def better(incident: Incident) -> Better | None:
    """The playbook that the facts now fit better than the one in use; None for nearly every incident."""
    if incident.state != "open":
        return None
    match, began = _match(incident), incident.moments.get("began")
    playbook = library.get(incident.language, match.scenario) if match else None
    if match is None or playbook is None:
        return None
    speaking = [reason for reason in match.reasons if reason.code != "against"][:MOST_REASONS]
    return Better(playbook, tuple(reasons.phrase(reason, began) for reason in speaking))


def _match(incident: Incident) -> Match | None:
    facts, key = _known(incident), _key(incident)
    asked = (facts, library.playbooks(incident.language), desk.staffed_hours(here.desk()))
    known = _answers.get(key)
    if known is None or not known.holds(*asked):
        with _asking:
            known = _answers.get(key)
            if known is None or not known.holds(*asked):
                known = _answers.put(key, _asked(incident, *asked))
    return known.match


def _known(incident: Incident) -> _Facts:
    key = (incident.reference, incident.seq)
    found = _facts.get(key)
    if found is None or found.incident is not incident:
        then = refitting.known(refitting.at_choice(incident))
        found = _facts.put(key, _Facts(incident, refitting.known(incident), then))
    return found


def _key(incident: Incident) -> Hashable:
    """Who is asked about. What was known is compared, since most entries of a log change nothing of it."""
    return incident.reference, incident.playbook and incident.playbook.scenario, incident.declined


def _asked(incident: Incident, facts: _Facts, playbooks: tuple[Playbook, ...], hours: StaffedHours) -> _Answer:
    """A room is shown without a suggestion rather than not at all."""
    now, then = facts.now, facts.then
    try:
        match = refitting.better(now, then, incident, playbooks, trained.table(), hours)
    except (OSError, BadModel):
        _log.exception("no playbook is suggested: %s cannot be read", trained.FILE)
        match = None
    return _Answer(now, then, playbooks, hours, match)
