"""Add the search over all texts, and the indexes of the list

Revision: f5b4368d92a1
After: e4a3257c81f0

The words themselves are put in from the log by the set-up that runs this.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from firebreak.store import search

revision = "f5b4368d92a1"
down_revision = "e4a3257c81f0"
branch_labels = None
depends_on = None

NUMBERED = ("incident_channel", "incident_person")
INDEXES = (
    ("incident_by_state", "incident", ["state", "number"]),
    ("incident_by_severity", "incident", ["severity", "number"]),
    ("incident_by_scenario", "incident", ["scenario", "number"]),
    ("incident_by_exercise", "incident", ["exercise", "number"]),
    ("incident_channel_by_channel", "incident_channel", ["channel", "number"]),
    ("incident_person_by_person", "incident_person", ["person", "number"]),
)
LIMITED = sa.text("audience <> 'room'")


def upgrade() -> None:
    op.drop_index("incident_person_by_person", "incident_person")
    for table in NUMBERED:
        op.add_column(table, sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
        numbers = f"(SELECT number FROM incident WHERE incident.reference = {table}.reference)"
        op.execute(f"UPDATE {table} SET number = coalesce({numbers}, 0)")
    op.create_index("incident_by_number", "incident", ["number"], unique=True)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    _add_search()


def _add_search() -> None:
    op.create_table(
        "search_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("search_text_limited", "search_text", ["id"], sqlite_where=LIMITED, postgresql_where=LIMITED)
    for line in search.MAKING[op.get_bind().dialect.name]:
        op.execute(line)


def downgrade() -> None:
    op.drop_table("search_words")
    op.drop_table("search_text")
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_index("incident_by_number", "incident")
    for table in NUMBERED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("number")
    op.create_index("incident_person_by_person", "incident_person", ["person"])
