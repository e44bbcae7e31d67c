"""Alembic's entry: runs the migrations on the engine that the application opened, one process at a time."""

from alembic import context

LOCK = 7_203_552  # any number, the same for every server of this application

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # so that a migration is done whole or not at all
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
