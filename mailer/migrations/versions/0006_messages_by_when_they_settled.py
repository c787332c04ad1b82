"""messages by when they settled."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    settled = sa.text("settled_at IS NOT NULL")
    op.create_index(
        "ix_message_settled_at", "message", ["settled_at", "id"], sqlite_where=settled, postgresql_where=settled
    )


def downgrade() -> None:
    op.drop_index("ix_message_settled_at", table_name="message")
