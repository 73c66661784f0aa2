"""Alembic's entry. The engine is handed in; the metadata is needed only to compare models with migrations."""

from alembic import context

engine = context.config.attributes["engine"]
metadata = context.config.attributes.get("metadata")

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
