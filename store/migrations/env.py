"""How Alembic runs a migration: in one transaction, without SQLite's cascades eating child rows."""

from alembic import context
from sqlalchemy import Connection, Engine

from store.everything import tables


def _run(engine: Engine) -> None:
    with engine.connect().execution_options(unhurried=True) as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _foreign_keys(connection, "OFF")
        try:
            _migrate(connection)
        finally:
            if sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """Batch migrations copy a table and drop the old one: with keys ON that deletes the children.

    The pragma does nothing inside a transaction, so it goes to the driver before one begins.
    """
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    with connection.begin():
        context.configure(
            connection=connection,
            target_metadata=tables,
            render_as_batch=True,
            user_module_prefix="store.base.",
            transaction_per_migration=False,
        )
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave {len(broken)} rows without their parent")


_run(context.config.attributes["engine"])
