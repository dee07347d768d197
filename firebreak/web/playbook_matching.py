"""How often the first suggestion was right, and the words that people used and the signals of playbooks lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from firebreak import csvs, library, trained
from firebreak.domain import hits
from firebreak.domain.hits import Hits, Suggested, Tally
from firebreak.domain.lacking import Copy, Lacking, lacking, to_copy
from firebreak.domain.model import NONE, BadModel
from firebreak.domain.playbooks import LANGUAGES
from firebreak.store import queries, suggested
from firebreak.web import here, reasons
from firebreak.web.access import needs
from firebreak.web.playbooks import blueprint
from firebreak.web.reasons import scenario_title

MOST = 1000
"""Incidents that are counted; of how many the words are read, and how many misses are listed."""
MOST_READ = 300
MOST_MISSES = 30
_KEPT = "firebreak_words_lacking"


@dataclass(frozen=True)
class Row:
    """A line of a table: a code (a scenario, `none` or a language), and its counts."""

    code: str
    counts: Tally


@dataclass(frozen=True)
class Miss:
    """An incident, what was suggested first and how surely, what was used, and what that had come as (from 1)."""

    told: Suggested
    share: str
    place: int | None


@dataclass(frozen=True)
class Words:
    """What the signals of a playbook lack, and the same to copy."""

    lacking: Lacking
    copy: Copy


@blueprint.get("/matching")
@needs("approver")
def matching() -> ResponseReturnValue:
    """The figures, the misses, and words to copy into signals."""
    told = suggested.newest(MOST)
    found = hits.count(told)
    calm = found.by_scenario().get(NONE, Tally())
    return render_template(
        "playbooks/matching.html",
        found=found,
        whole=found.whole,
        calm=calm,
        crises_left_alone=found.whole.left_alone - calm.left_alone,
        scenarios=[Row(*pair) for pair in found.by_scenario().items()],
        spoken=[Row(*pair) for pair in found.by_language().items()],
        misses=[_miss(each) for each in found.misses[:MOST_MISSES]],
        more_misses=max(0, len(found.misses) - MOST_MISSES),
        words=[Words(each, to_copy(each)) for each in _lacking(told[:MOST_READ])],
        limits={"counted": MOST if len(told) == MOST else 0, "read": MOST_READ if len(told) > MOST_READ else 0},
        title_of=scenario_title,
    )


@blueprint.get("/matching.csv")
@needs("approver")
def matching_table() -> ResponseReturnValue:
    """The counts by scenario and language, one a line."""
    content = csvs.suggestions(_lines(hits.count(suggested.newest(MOST))))
    name = f"firebreak-suggestions-{here.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _lines(found: Hits) -> list[dict[str, str | int]]:
    return [{"scenario": key[0], "language": key[1], **vars(counts)} for key, counts in sorted(found.counts.items())]


def _miss(told: Suggested) -> Miss:
    scenarios = [scenario for scenario, _share in told.ranked]
    share = told.none if told.first == NONE else told.ranked[0][1]
    return Miss(told, reasons.percent(share), scenarios.index(told.used) + 1 if told.used in scenarios else None)


def _lacking(told: Sequence[Suggested]) -> list[Lacking]:
    """Worked out once for each state of the incidents, the library and the people; nothing, where no model is."""
    unsaid = sorted({part for name, _here in queries.everybody().values() for part in name.split()})
    state = blake2b(repr((told, unsaid, [each.hash for each in library.every()])).encode()).digest()
    kept: tuple[bytes, list[Lacking]] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[0] != state:
        current_app.extensions[_KEPT] = kept = (state, _worked_out(told, unsaid))
    return kept[1]


def _worked_out(told: Sequence[Suggested], unsaid: Sequence[str]) -> list[Lacking]:
    try:
        model = trained.table()
    except (BadModel, OSError):
        current_app.logger.exception("no words are named: %s cannot be read", trained.FILE)
        return []
    return lacking(told, {language: library.playbooks(language) for language in LANGUAGES}, model, unsaid)
