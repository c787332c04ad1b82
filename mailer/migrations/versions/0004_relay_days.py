"""what relays that warm up take each day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relay_day",
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "day", name="pk_relay_day"),
    )


def downgrade() -> None:
    op.drop_table("relay_day")
