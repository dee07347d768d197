"""Note which incidents used a version of a playbook

Revision: b7d65a80fbc3
After: a6c5479ea3b2
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from firebreak.store.types import UTCDateTime

revision = "b7d65a80fbc3"
down_revision = "a6c5479ea3b2"
branch_labels = None
depends_on = None

SOME = 500


def upgrade() -> None:
    made = op.create_table(
        "incident_playbook",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", "hash"),
    )
    _fill(made)
    op.create_index("incident_playbook_by_number", "incident_playbook", ["scenario", "language", "number"])
    op.create_index("incident_playbook_by_time", "incident_playbook", ["scenario", "language", "exercise", "at"])


def _fill(made: sa.Table) -> None:
    """From the log, incident by incident; of a version chosen twice, the last time."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in op.get_bind().execute(_chosen()).mappings():
        key = (each["reference"], each["hash"])
        if len(rows) >= SOME and key[0] not in {reference for reference, _hash in rows}:
            op.bulk_insert(made, list(rows.values()))
            rows.clear()
        rows[key] = dict(each)
    op.bulk_insert(made, list(rows.values()))


def _chosen() -> sa.Select[Any]:
    names = ("stream", "seq", "kind")
    entry = sa.table("entry", *map(sa.column, names), sa.column("codes", sa.JSON), sa.column("at", UTCDateTime)).c
    row = sa.table("incident", sa.column("reference"), sa.column("number"), sa.column("exercise", sa.Boolean)).c
    said = (entry.codes[name].as_string().label(name) for name in ("hash", "scenario", "language"))
    found = sa.select(row.reference, row.number, row.exercise, entry.at, *said)
    mine = found.where(entry.stream == row.reference, entry.kind == "playbook:chosen")
    return mine.order_by(row.number, entry.seq)


def downgrade() -> None:
    op.drop_table("incident_playbook")
