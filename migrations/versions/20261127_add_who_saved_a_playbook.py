"""Note who saved a version of a playbook in the browser

Revision: a6c5479ea3b2
After: f5b4368d92a1
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a6c5479ea3b2"
down_revision = "f5b4368d92a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("playbook_version", sa.Column("saved_by", sa.Integer(), nullable=True))
    op.create_index("playbook_version_by_path", "playbook_version", ["path", "saved_at"])


def downgrade() -> None:
    op.drop_index("playbook_version_by_path", "playbook_version")
    with op.batch_alter_table("playbook_version") as batch_op:
        batch_op.drop_column("saved_by")
