"""stars and the archive of segments."""

import sqlalchemy as sa
from alembic import op

import mailer.store

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('segment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('starred', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('archived_at', mailer.store.UTC(timezone=True), nullable=True))
    with op.batch_alter_table('segment', schema=None) as batch_op:
        batch_op.alter_column('starred', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('segment', schema=None) as batch_op:
        batch_op.drop_column('archived_at')
        batch_op.drop_column('starred')
