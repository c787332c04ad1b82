"""the kind and the state of a message, checked without a list that SQLite makes anew for each row."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = {
    "kind": ("campaign", "answer", "notice", "test"),
    "state": (
        "ready", "claimed", "handed_over", "sent", "waiting", "failed", "in_doubt", "held", "suppressed", "capped",
        "expired", "cancelled", "render_failed",
    ),
}
READY = sa.text("state = 'ready'")


def upgrade() -> None:
    check({column: " OR ".join(f"{column} = '{word}'" for word in words) for column, words in WORDS.items()})


def downgrade() -> None:
    check({column: f"{column} IN ({', '.join(map(repr, words))})" for column, words in WORDS.items()})


def check(conditions: dict[str, str]) -> None:
    op.drop_index("ix_message_ready", "message")  # SQLite copies the table, and forgets an index by an expression
    with op.batch_alter_table("message", schema=None) as batch_op:
        for column, condition in conditions.items():
            batch_op.drop_constraint(op.f(f"ck_message_{column}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_message_{column}"), sa.text(condition))
    op.create_index(
        "ix_message_ready",
        "message",
        [sa.literal_column("priority DESC"), "id"],
        unique=False,
        sqlite_where=READY,
        postgresql_where=READY,
    )
