"""Run the migrations on the connection the store hands over."""

from alembic import context
from sqlmodel import SQLModel

import mailer.tables  # noqa: F401 -- every table is known

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
