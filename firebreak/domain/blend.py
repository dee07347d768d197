"""How the table's beliefs, the playbooks' evidence, the hour and the answers become shares of one whole.

The figures are fitted by `make model` on reports held out of the training, and lie in the model: `heat` (how far the
table is to be believed), `evidence` (what a signal word adds), `calm` (what a calm word adds to no crisis), `custom`
and `custom_evidence` (where a scenario starts that nobody trained, and what a signal word adds to it), `sharp` (how
much surer than on the reports it was fitted to). The rest are rules, and stand here.
"""

from __future__ import annotations

from math import exp

from firebreak.domain.case import NOTHING, Around, Case, Gone
from firebreak.domain.model import NONE, normal
from firebreak.domain.separating import against

OFF_HOURS, STAFFED = 0.4, -0.3
"""What the hour adds to a scenario bound to times. It is little: most crises begin when the office is closed."""

BEHIND_OFF_HOURS, BEHIND, PLAIN = 0.1, 0.3, 1.5
"""How far behind its best rival such a scenario stays while nothing says that the team was not there. Absence is told
in more ways than a list holds, so a table that is this far surer of it than of any rival is believed too."""

STORMS = frozenset(("angry-backlash", "unwelcome-intrusion", "hijacked-campaign", "hostile-exchange"))
AHEAD = 0.4
"""Where it was a storm, told to have come when nobody of the team was there, and not in hours: how far ahead of it."""

_ANSWERED = 4.0
_NOWHERE = -50.0


def shares(case: Case, around: Around, blank: int = NOTHING) -> dict[str, float]:
    """The share of each scenario of the playbooks, and of `none`, as they would be with some letters blanked."""
    gone = case.gone(blank)
    if not case.index.scenarios or case.silent(gone):
        return {**dict.fromkeys(case.index.scenarios, 0.0), NONE: 1.0}
    told, sharp = _told(case, around, gone), case.model.blend["sharp"]
    return dict(zip(told, map(exp, normal([sharp * score for score in told.values()])), strict=True))


def _told(case: Case, around: Around, gone: Gone) -> dict[str, float]:
    told = _by_words(case, around, gone)
    for scenario in told if around.answers else ():
        told[scenario] -= _ANSWERED * against(scenario, around.answers)
    timed = [scenario for number, scenario in enumerate(case.index.scenarios) if case.index.times[number]]
    if not timed:
        return told
    best = max((scenario for scenario in told if scenario not in (*timed, NONE)), key=told.__getitem__, default=NONE)
    absence = case.absence(gone)
    plain = max(told[best], told[NONE]) + PLAIN
    return told | {each: _timed(told[each], around.cover, told[best], best, absence, plain) for each in timed}


def _by_words(case: Case, around: Around, gone: Gone) -> dict[str, float]:
    weight, beliefs = case.model.blend, case.beliefs(gone)
    told = {}
    for scenario, gained in zip(case.index.scenarios, case.evidence(around, gone), strict=True):
        if scenario in beliefs:
            told[scenario] = beliefs[scenario] + weight["evidence"] * gained
        else:
            told[scenario] = weight["custom"] + weight["custom_evidence"] * gained if gained else _NOWHERE
    return {**told, NONE: beliefs[NONE] + weight["calm"] * case.calm(gone)}


def _timed(score: float, cover: str, rival: float, best: str, absence: str, plain: float) -> float:
    """The hour alone must not make a storm one that nobody saw: unless the team's absence is told, it comes second."""
    off = cover not in ("", "staffed")
    score += OFF_HOURS if off else STAFFED if cover else 0.0
    if not absence and score < plain:
        return min(score, rival - (BEHIND_OFF_HOURS if off else BEHIND))
    unseen = absence == "nobody" and cover != "staffed" and best in STORMS
    return max(score, rival + AHEAD) if unseen else score
