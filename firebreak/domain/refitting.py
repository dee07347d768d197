"""Whether the facts of an incident have come to fit another playbook better than the one in use.

What people have written is ranked again, and compared with what was known when the playbook was chosen: whoever chose
it knew that much. Nothing is said before there is something new, and nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from firebreak.domain.deciding.opening import propose_title
from firebreak.domain.events import EVERYBODY, EventKind
from firebreak.domain.folding import effective, replay
from firebreak.domain.hours import StaffedHours
from firebreak.domain.incidents import Incident
from firebreak.domain.matching import ALONE, rank
from firebreak.domain.model import Model
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Match, Ranking, Report

K = EventKind
MOST_READ = 8_000
"""Letters that are ranked: the notes take at most half of them, the newest first, and the report the rest."""

SURE, CLEARLY = 0.4, 1.5
"""The share from which on a playbook is suggested, and how many times that of the one in use it has to be."""

AGREES = 1.1
"""How much more a share counts in that comparison where the playbook's own severity is the incident's. It breaks near
ties and no more: how grave a storm is says little about what it is."""

ANEW = 3.0
"""How much its lead has to have grown where it was clear when another playbook was chosen: that was seen and not
taken. Notes about the work ("called the agency") rarely move a lead as much."""

LEAST = 0.001
"""Shares below this are all the same: next to nothing."""


@dataclass(frozen=True)
class Known:
    """What was known of an incident at some moment."""

    report: Report
    severity: str


@dataclass(frozen=True)
class Standing:
    """How every playbook stood on what was known; `agreeing` are those of the incident's severity."""

    ranking: Ranking
    agreeing: Collection[str]

    def share(self, scenario: str | None) -> float:
        """Its share of belief; 0 for none and for one that is not ranked."""
        return next((match.score for match in self.ranking.matches if match.scenario == scenario), 0.0)

    def lead(self, scenario: str, current: str | None) -> float:
        """How many times as well it fits as the current one."""
        return self._counted(scenario) / max(self._counted(current), LEAST)

    def clear(self, scenario: str, current: str | None) -> bool:
        """Whether it fits clearly better than the current one."""
        sure = self.ranking.none < ALONE and self.share(scenario) >= SURE
        return sure and self.lead(scenario, current) >= CLEARLY

    def best(self, current: str | None, declined: Collection[str]) -> str | None:
        """The best that is neither in use nor declined, where it fits clearly better."""
        others = (match.scenario for match in self.ranking.matches if match.scenario not in {current, *declined})
        first = max(others, key=self._counted, default=None)
        return first if first and self.clear(first, current) else None

    def _counted(self, scenario: str | None) -> float:
        return self.share(scenario) * (AGREES if scenario in self.agreeing else 1.0)


def moved(now: Standing, then: Standing, scenario: str, current: str | None) -> bool:
    """Whether the facts have moved towards it since the other one was chosen."""
    return not then.clear(scenario, current) or now.lead(scenario, current) >= ANEW * then.lead(scenario, current)


def better(
    now: Known, then: Known, incident: Incident, playbooks: Sequence[Playbook], model: Model, hours: StaffedHours | None
) -> Match | None:
    """The playbook to suggest instead of the one in use, with its reasons; None for nearly every incident.

    `then`: what was known when it was chosen. One in use that is on offer no more cannot be compared.
    """
    current = incident.playbook.scenario if incident.playbook else None
    offered = {playbook.scenario for playbook in playbooks}
    if now == then or incident.state != "open" or (current and current not in offered):
        return None
    standing = _standing(now, playbooks, model, hours)
    scenario = standing.best(current, incident.declined)
    if not scenario or not moved(standing, _standing(then, playbooks, model, hours), scenario, current):
        return None
    place = next(place for place, match in enumerate(standing.ranking.matches) if match.scenario == scenario)
    return rank(now.report, playbooks, model, hours, explained=place + 1).matches[place]


def _standing(known: Known, playbooks: Sequence[Playbook], model: Model, hours: StaffedHours | None) -> Standing:
    agreeing = {playbook.scenario for playbook in playbooks if playbook.severity == known.severity}
    return Standing(rank(known.report, playbooks, model, hours, explained=0), agreeing)


# --- what was known --------------------------------------------------------------------------------


def at_choice(incident: Incident) -> Incident:
    """The incident as whoever chose the playbook in use found it; as it was opened where none was chosen."""
    chosen = [place for place, fact in enumerate(incident.facts) if fact.event.kind is K.PLAYBOOK_CHOSEN]
    return replay(incident.facts[: chosen[-1] if chosen else 1], incident.reference)


def known(incident: Incident) -> Known:
    """What the matcher is asked about: the report, a title of one's own, notes, channels, times and severity."""
    notes = _notes(incident)
    opened = incident.facts[0].event.data
    title = "" if incident.title == propose_title(opened.get("report", "")) else incident.title
    head = "\n".join(filter(None, (title, incident.report)))[: MOST_READ - len(notes)]
    moments = incident.moments
    report = Report(
        text=head + notes,
        channels=incident.channels,
        began_at=moments.get("began"),
        noticed_at=moments.get("noticed"),
        language=incident.language,
        answers=opened.get("answers") or {},
    )
    return Known(report, incident.severity)


def _notes(incident: Incident) -> str:
    """What people have noted, the newest last; only what every reader of the room may see."""
    notes = (entry for entry in effective(incident.facts) if entry.event.kind is K.NOTE_ADDED)
    open_to_all = (note.event for note in notes if note.audience == EVERYBODY and note.event.actor is not None)
    texts = [text for event in open_to_all if (text := event.data.get("text", "").strip())]
    return "".join(f"\n{text}" for text in texts)[-MOST_READ // 2 :]
