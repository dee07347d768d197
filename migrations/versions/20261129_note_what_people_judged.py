"""Note what people judged an incident to have been

Revision: c8e76b91ad0c
After: b7d65a80fbc3
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c8e76b91ad0c"
down_revision = "b7d65a80fbc3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to fill in: no log from before can hold such a judgement."""
    op.add_column("incident", sa.Column("judged", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("incident") as batch_op:
        batch_op.drop_column("judged")
