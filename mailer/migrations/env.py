"""Run the migrations on the connection the store hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import mailer.tables  # noqa: F401 -- every table is known


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write a text column as plain SQLAlchemy, so that old migrations do not depend on SQLModel."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    transactional_ddl=True,  # of SQLite too, because the store really begins: all of an upgrade, or nothing
)
with context.begin_transaction():
    context.run_migrations()
