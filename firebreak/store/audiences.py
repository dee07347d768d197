"""Which incidents have entries that are not for everybody who may see the incident."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from firebreak.domain.events import EVERYBODY, EventKind
from firebreak.store import db, models

TITLES = frozenset({EventKind.INCIDENT_OPENED, EventKind.INCIDENT_RETITLED})
"""The entries that a list shows something of: the title."""


def limited(references: Collection[str], kinds: Collection[EventKind] = ()) -> set[str]:
    """Those of these incidents that have an entry of a limited audience, of `kinds` or of any kind."""
    entry = models.Entry
    found = sa.select(entry.stream).distinct().where(entry.stream.in_(references), entry.audience != EVERYBODY)
    if kinds:
        found = found.where(entry.kind.in_([str(kind) for kind in kinds]))
    return set(db.session.scalars(found)) if references else set()
