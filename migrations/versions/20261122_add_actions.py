"""Add the follow-up actions of reviews

Revision: b1ac7104add5
After: 8dcf53f19bf4
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b1ac7104add5"
down_revision = "8dcf53f19bf4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident_action",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("reference", "action"),
    )
    with op.batch_alter_table("incident_action", schema=None) as batch_op:
        batch_op.create_index("incident_action_open", ["outcome", "due"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("incident_action", schema=None) as batch_op:
        batch_op.drop_index("incident_action_open")

    op.drop_table("incident_action")
