"""Which playbook fits a report, how surely, and why.

A table trained on example reports says what it believes, the playbooks' own signals say what they find, and the hour
and the answers given move both (`firebreak.domain.blend`). A reason's weight is what the score would lose without it,
so a reason is named only when it is true.
"""

from __future__ import annotations

from collections.abc import Sequence

from firebreak.domain import blend, separating
from firebreak.domain.case import around, lay
from firebreak.domain.explaining import reasons
from firebreak.domain.hours import StaffedHours
from firebreak.domain.model import NONE, Model
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Match, Ranking, Report

EXPLAINED, WORTH = 3, 0.01
ALONE = 0.5
"""From this share of `none` on a report is left alone."""


def rank(
    report: Report,
    playbooks: Sequence[Playbook],
    model: Model,
    hours: StaffedHours | None = None,
    explained: int = EXPLAINED,
) -> Ranking:
    """Rank the scenarios of these playbooks for a report; without `hours` the time says nothing.

    Of a very long text the head and the tail are read. The first `explained` carry reasons, unless nearly nothing
    speaks for them.
    """
    case, beside = lay(report, playbooks, model), around(report, hours)
    shares = blend.shares(case, beside)
    order = sorted((each for each in shares if each != NONE), key=lambda scenario: (-shares[scenario], scenario))
    worth = [scenario for scenario in order[:explained] if shares[scenario] >= WORTH or scenario == order[0]]
    told = {scenario: reasons(case, beside, scenario, shares) for scenario in worth}
    matches = tuple(Match(scenario, shares[scenario], told.get(scenario, ())) for scenario in order)
    return Ranking(matches, shares[NONE], _question(matches, shares[NONE], report))


def _question(matches: tuple[Match, ...], none: float, report: Report) -> str | None:
    if none >= ALONE:
        return None
    return separating.question([(match.scenario, match.score) for match in matches[:2]], report.answers)
