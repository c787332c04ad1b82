"""Which link a hit was of and what speaks for a machine; calls promised for a time

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import mailer.store

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("machine", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("hit", schema=None) as batch_op:
        batch_op.alter_column("link", existing_type=sa.String(), existing_nullable=False, server_default=None)
        batch_op.alter_column("machine", existing_type=sa.String(), existing_nullable=False, server_default=None)
    op.create_table(
        "promised_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", mailer.store.UTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_promised_call_entry_id_entry")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_promised_call_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promised_call")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_promised_call_entry_id")),
        sa.UniqueConstraint("staff_id", "at", name=op.f("uq_promised_call_staff_id_at")),
    )
