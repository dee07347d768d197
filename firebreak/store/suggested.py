"""What was suggested when incidents were opened, and what they used: rows of the log and of projections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from firebreak.domain.events import EVERYBODY
from firebreak.domain.hits import Suggested
from firebreak.store import db, models
from firebreak.store.search import SHIFT, SearchText

READ = 8_000
"""Letters of a report: of a longer one, the head."""


def newest(limit: int) -> list[Suggested]:
    """The newest incidents that are no exercises, the newest first; of a report, what everybody may read today."""
    row, entry, said = (models.table(each) for each in (models.IncidentRow, models.Entry, SearchText))
    opening = sa.and_(entry.c.stream == row.c.reference, entry.c.seq == 1, entry.c.audience == EVERYBODY)
    first = (sa.cast(row.c.number, sa.BigInteger) * (1 << SHIFT)) + 1
    typed = sa.and_(said.c.id == first, said.c.audience == EVERYBODY)
    facts = (row.c[name] for name in ("reference", "title", "opened_at", "language", "scenario", "judged"))
    report = sa.func.substr(said.c.text, 1, READ).label("report")
    joined = row.join(entry, opening).outerjoin(said, typed)
    found = sa.select(*facts, entry.c.codes, report).select_from(joined).where(row.c.exercise.is_(False))
    return [_suggested(each) for each in db.session.execute(found.order_by(row.c.number.desc()).limit(limit))]


def _suggested(row: Any) -> Suggested:
    return Suggested(
        reference=row.reference,
        title=row.title,
        opened_at=row.opened_at,
        language=row.language,
        ranked=tuple((scenario, share) for scenario, share in row.codes.get("matches") or ()),
        none=row.codes.get("none") or 0.0,
        chosen=row.scenario,
        judged=row.judged,
        report=row.report or "",
    )
