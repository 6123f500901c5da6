"""SQLite: a file, and one process that writes to it."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

_BUSY = 1.5
"""Seconds to wait for whoever else writes to the file: a copy being taken, or `critical-friend claim`."""


def engine(url: URL) -> Engine:
    """Connections to a file, each transaction of which may write from its beginning."""
    made = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": _BUSY}
    )
    event.listen(made, "connect", _open)
    event.listen(made, "begin", _begin_immediate)
    return made


def _open(connection: Any, _record: object) -> None:
    """Write-ahead log, enforced foreign keys, and transactions that we begin ourselves."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    """Take the write lock at once: a deferred transaction loses concurrent updates without an error."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
