"""Add tokens of the API, and what was sent with the key of an opening

Revision: c2d0ce45a11f
After: b1ac7104add5
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c2d0ce45a11f"
down_revision = "b1ac7104add5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.drop_column("sent")
    op.drop_table("api_token")
