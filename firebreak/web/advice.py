"""What the desk says to a report while it is typed: playbooks that fit, a title, a severity, incidents like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial

from flask import current_app

from firebreak import library, trained
from firebreak.domain.deciding.opening import propose_title
from firebreak.domain.incidents import Incident
from firebreak.domain.matching import ALONE, rank
from firebreak.domain.model import BadModel
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Match, Ranking, Report
from firebreak.domain.similarity import LIKE, Traits, likeness, traits
from firebreak.store import log, queries
from firebreak.store.models import IncidentRow
from firebreak.web import desk, here, reasons

SHOWN = 3
SURE = 0.3
RECENT = timedelta(days=7)
MOST_COMPARED = 50
SEVERITY = "serious"
"""Where no playbook proposes another: a storm graded too high costs less than one graded too low."""


@dataclass(frozen=True)
class Fit:
    """A playbook that may fit: how surely (0 to 1, a word, a percentage), why, and what speaks for a rival."""

    playbook: Playbook
    score: float
    word: str
    percent: str
    reasons: list[str]
    against: list[str]


@dataclass(frozen=True)
class Advice:
    """`picked` is the scenario the desk would start with; "" where it is not sure. `none`: how surely no crisis, and
    `calm` the words that say so. `question`: the one that would settle it between the first two fits."""

    fits: tuple[Fit, ...] = ()
    none: float = 0.0
    calm: str = ""
    question: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    picked: str = ""
    title: str = ""
    severity: str = SEVERITY
    compare: Callable[[], Sequence[IncidentRow]] = tuple

    @cached_property
    def similar(self) -> Sequence[IncidentRow]:
        """Open incidents that speak of the same. They are only looked for where they are shown."""
        return self.compare()

    @property
    def ordinary(self) -> bool:
        """Whether this looks like no crisis at all."""
        return self.none >= ALONE and bool(self.fits)

    @property
    def unsure(self) -> bool:
        """Whether there is a report, and nothing to say of it with any confidence."""
        return bool(self.title) and not self.ordinary and not self.picked


def advise(report: Report) -> Advice:
    """The advice for a report; without words there is none to give."""
    if not report.text.strip():
        return Advice()
    playbooks = {playbook.scenario: playbook for playbook in library.playbooks(report.language)}
    ranking = _ranked(report, tuple(playbooks.values()))
    fits = tuple(_fit(match, playbooks[match.scenario], report.began_at) for match in _nearest(ranking))
    return Advice(
        fits=fits,
        none=ranking.none,
        calm=reasons.calm(ranking.matches[0]) if fits else "",
        question=ranking.question or "",
        scores=tuple((match.scenario, round(match.score, 4)) for match in ranking.matches),
        picked=_picked(ranking),
        title=propose_title(report.text),
        severity=fits[0].playbook.severity if fits else SEVERITY,
        compare=partial(_similar, report, ranking),
    )


def _ranked(report: Report, playbooks: Sequence[Playbook]) -> Ranking:
    """Whoever opens an incident at night does not wait for a file that somebody has to mend."""
    try:
        return rank(report, playbooks, trained.table(), desk.staffed_hours(here.desk()))
    except (OSError, BadModel):
        current_app.logger.exception("no playbook is suggested: %s cannot be read", trained.FILE)
        return Ranking((), 0.0)


def _nearest(ranking: Ranking) -> Sequence[Match]:
    """The first few; none of a report that holds no word the matcher knows."""
    return [match for match in ranking.matches[:SHOWN] if match.score > 0]


def _fit(match: Match, playbook: Playbook, began: datetime | None) -> Fit:
    word, percent = reasons.fit(match.score), reasons.percent(match.score)
    speaking_for, against = reasons.speaking_for(match, began), reasons.speaking_against(match)
    return Fit(playbook, match.score, word, percent, speaking_for, against)


def _picked(ranking: Ranking) -> str:
    best = ranking.matches[0] if ranking.matches else None
    return best.scenario if best and best.score >= SURE and best.score > ranking.none else ""


def _similar(report: Report, ranking: Ranking) -> list[IncidentRow]:
    """Open incidents of the last days that speak of the same, the most alike first."""
    here_and_now = traits(report.text, report.channels, _picked(ranking) or None)
    recent = [
        row for row in queries.incidents(state="open", limit=MOST_COMPARED) if row.opened_at > here.now() - RECENT
    ]
    alike = [(likeness(here_and_now, _traits(row)), row) for row in recent]
    return [row for like, row in sorted(alike, key=lambda pair: -pair[0]) if like >= LIKE][:SHOWN]


def _traits(row: IncidentRow) -> Traits:
    """Cut once for each state of an incident: this runs at every pause in somebody's typing."""
    kept: dict[str, tuple[int, Traits]] = current_app.extensions.setdefault("traits of incidents", {})
    head, found = kept.get(row.reference, (-1, None))
    if found is None or head != row.head_seq:
        found = _cut(log.load(row.reference) or Incident(row.reference, title=row.title))
        if len(kept) > 2 * MOST_COMPARED:
            kept.clear()
        kept[row.reference] = (row.head_seq, found)
    return found


def _cut(incident: Incident) -> Traits:
    scenario = incident.playbook.scenario if incident.playbook else None
    return traits(f"{incident.title}\n{incident.report}", incident.channels, scenario)
