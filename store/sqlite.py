"""SQLite: a file, and one process that writes to it."""

from typing import Any

from sqlalchemy import URL, Connection, create_engine, event

_BUSY = 1.5
"""Seconds to wait for whoever else writes to the file: a copy being taken, or `critical-friend claim`."""


class File:
    """A file, each transaction on which may write from its beginning."""

    alone = True

    def __init__(self, url: URL) -> None:
        options = {"check_same_thread": False, "timeout": _BUSY}
        self.engine = create_engine(url, hide_parameters=True, connect_args=options)
        event.listen(self.engine, "connect", _open)
        event.listen(self.engine, "begin", _begin_immediate)

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


def _begin_immediate(connection: Any) -> None:
    """Take the write lock at once: a deferred transaction loses concurrent updates without an error."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
