"""One unit of work: a transaction that commits whole or not at all."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

Result = TypeVar("Result")

HITCHES = (StaleDataError, OperationalError, IntegrityError)
"""What a unit of work may meet when somebody else was quicker: it is worth another try."""

_TRIES = 3


class Store:
    """The bot's memory at a database address ("sqlite:///file.sqlite3").

    Used from one thread at a time when the database is SQLite.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def work(self, unit: Callable[[Session], Result]) -> Result:
        """Run `unit` in one transaction and commit it; a stale or busy one is tried three times."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._sessions.begin() as session:
                    return unit(session)
            except HITCHES:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5})
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _open_sqlite(connection: Any, _record: object) -> None:
    """Write-ahead log, enforced foreign keys, and transactions that we begin ourselves."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    """Take the write lock at once: a deferred transaction loses concurrent updates without an error."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
