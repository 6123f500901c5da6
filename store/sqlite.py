"""SQLite: a file, and one process that writes to it."""

from typing import Any

from sqlalchemy import URL, Connection, PoolProxiedConnection, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_BUSY = 1.5
"""Seconds to wait for whoever else writes to the file: a copy being taken, or `critical-friend claim`."""


class Immediate(SQLiteDialect_pysqlite):
    """Takes the write lock at once: a deferred transaction loses concurrent updates without an error.

    An event as a transaction begins would do the same, and cost every statement something.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Begin a transaction."""
        dbapi_connection.cursor().execute("BEGIN IMMEDIATE")


registry.register("sqlite.immediate", __name__, Immediate.__name__)


class File:
    """A file, each transaction on which may write from its beginning."""

    alone = True

    def __init__(self, url: URL) -> None:
        options = {"check_same_thread": False, "timeout": _BUSY}
        here = url.set(drivername="sqlite+immediate")
        self.engine = create_engine(here, hide_parameters=True, connect_args=options)
        event.listen(self.engine, "connect", _open)

    def was_committed(self, connection: Connection, transaction: str) -> bool:
        """Nothing breaks off on the way to a file: there is no doubt about a commit."""
        raise NotImplementedError

    def is_overheard(self, connection: Connection) -> bool:
        """Nothing goes over a network."""
        return False


def _open(connection: Any, _record: object) -> None:
    """Write-ahead log, enforced foreign keys, and transactions that we begin ourselves. What is deleted is
    overwritten.
    """
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
