"""The address of a database, as an operator writes it."""

from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from store import sqlite

_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_CODED = "an @ in the user's name or password is written as %40, and a % as %25"


class AddressWrong(ValueError):
    """No database can have this address. It is not repeated: it may hold a password."""


def read(address: str) -> URL:
    """The parts of an address. Raises AddressWrong."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as wrong:
        raise AddressWrong(f"write it as postgresql://user:password@host/name; {_CODED}") from wrong
    if url.drivername in _SQLITE:
        return _read_file(url)
    if url.drivername not in _POSTGRESQL:
        raise AddressWrong("begin it with postgresql:// (or sqlite:/// for a file)")
    if "@" in (url.host or ""):
        raise AddressWrong(_CODED)
    return url.set(drivername="postgresql+psycopg")


def _read_file(url: URL) -> URL:
    if (url.database or "").startswith("file:"):
        raise AddressWrong(
            "write the file as sqlite:///folder/file.sqlite3, or sqlite:////folder/file.sqlite3"
        )
    return url


def file(address: str) -> Path | None:
    """The file of an SQLite database; None for a server, or for a database that is kept in no file."""
    url = read(address)
    if url.drivername not in _SQLITE or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


class Database(Protocol):
    """A database behind an address; nothing of it is opened before it is used.

    `alone`: no other process works with it.
    """

    @property
    def alone(self) -> bool: ...
    @property
    def engine(self) -> Engine: ...

    def was_committed(self, connection: Connection, transaction: str) -> bool:
        """Whether an earlier transaction was committed, whose end nobody saw."""

    def is_overheard(self, connection: Connection) -> bool:
        """Whether what goes to and fro can be read on the way."""


def database(address: str) -> Database:
    """The database at an address. Raises AddressWrong."""
    url = read(address)
    if url.drivername in _SQLITE:
        return sqlite.File(url)
    try:
        from store import postgresql  # noqa: PLC0415 - psycopg is there with the extra pg only
    except ImportError as missing:
        raise AddressWrong(
            "PostgreSQL needs its driver first. Install it with: "
            "pip install --require-hashes -r requirements/pg.txt (docs/postgresql.md)"
        ) from missing
    return postgresql.Server(url)
