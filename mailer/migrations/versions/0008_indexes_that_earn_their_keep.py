"""indexes of messages: of what leaves next, of what waits, of where everybody is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

READY, WAITING = sa.text("state = 'ready'"), sa.text("state = 'waiting'")


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        for name in ("ix_message_campaign_id", "ix_message_claim", "ix_message_run_state", "ix_message_state_next_at"):
            batch_op.drop_index(name)
        batch_op.create_index(
            "ix_message_ready",
            [sa.literal_column("priority DESC"), "id"],
            unique=False,
            sqlite_where=READY,
            postgresql_where=READY,
        )
        batch_op.create_index(
            "ix_message_waiting", ["next_at"], unique=False, sqlite_where=WAITING, postgresql_where=WAITING
        )
        batch_op.create_index("ix_message_state", ["state", "run_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        for name in ("ix_message_state", "ix_message_waiting", "ix_message_ready"):
            batch_op.drop_index(name)
        batch_op.create_index("ix_message_state_next_at", ["state", "next_at"], unique=False)
        batch_op.create_index("ix_message_run_state", ["run_id", "state"], unique=False)
        batch_op.create_index("ix_message_claim", ["state", sa.literal_column("priority DESC"), "id"], unique=False)
        batch_op.create_index("ix_message_campaign_id", ["campaign_id"], unique=False)
