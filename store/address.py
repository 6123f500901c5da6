"""The address of a database, as an operator writes it."""

from importlib.util import find_spec

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from store import sqlite

_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


class AddressWrong(ValueError):
    """No database can have this address. It is not repeated: it may hold a password."""


def read(address: str) -> URL:
    """The parts of an address. Raises AddressWrong."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as wrong:
        raise AddressWrong(
            "it cannot be read: write it as postgresql://user:password@host/name, "
            "signs such as @ : / in the password as %40 %3A %2F"
        ) from wrong
    if url.drivername in _SQLITE:
        return url
    if url.drivername not in _POSTGRESQL:
        raise AddressWrong("begin it with postgresql:// (or sqlite:/// for a file)")
    if "@" in (url.host or "") or "/" in (url.host or ""):
        raise AddressWrong("signs such as @ : / in the password are written as %40 %3A %2F")
    return url.set(drivername="postgresql+psycopg")


def engine(address: str) -> Engine:
    """The way to the database at an address; nothing is opened yet. Raises AddressWrong."""
    url = read(address)
    if url.drivername in _SQLITE:
        return sqlite.engine(url)
    if find_spec("psycopg") is None:
        raise AddressWrong("for PostgreSQL, install Critical Friend with the extra pg")
    from store import postgresql  # noqa: PLC0415 - psycopg is there with the extra pg only

    return postgresql.engine(url)
