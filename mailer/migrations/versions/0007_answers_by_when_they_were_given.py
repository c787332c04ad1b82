"""answers by when they were given."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    felt = sa.text("name = 'felt_understood'")
    op.create_index("ix_event_felt", "event", ["at"], sqlite_where=felt, postgresql_where=felt)


def downgrade() -> None:
    op.drop_index("ix_event_felt", table_name="event")
