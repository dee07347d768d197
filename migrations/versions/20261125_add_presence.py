"""Add who is in which room

Revision: e4a3257c81f0
After: d3921476b0ff
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e4a3257c81f0"
down_revision = "d3921476b0ff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference", "account_id"),
    )


def downgrade() -> None:
    op.drop_table("presence")
