"""The databases of tests: SQLite files, or databases of a PostgreSQL that is thrown away at the end.

CRITICAL_FRIEND_TEST_DATABASE=postgresql chooses the latter. Every store of a test has its address from
here. One PostgreSQL serves all workers of a run; where there is none, whoever asks for a database is skipped.
"""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from store.migrations import upgrade
from store.session import Store
from tests.fakes.clones import Clones
from tests.fakes.postgresql import Cluster, NoPostgreSQL, Server, programs

_CHOSEN = os.environ.get("CRITICAL_FRIEND_TEST_DATABASE") or "sqlite"
ON_POSTGRESQL = _CHOSEN == "postgresql"
_CLUSTER = "CRITICAL_FRIEND_TEST_CLUSTER"
_NUMBERS = count(1)
_made: list[str] = []
_clones: dict[str, Clones] = {}
_cloned: dict[str, Clones] = {}


def fresh(folder: Path) -> str:
    """The address of an empty database of the newest schema."""
    return _copy(_migrated_database()) if ON_POSTGRESQL else fresh_file(folder)


def fresh_file(folder: Path) -> str:
    """The same as a file of SQLite's, whichever database was chosen: for what is SQLite's own."""
    file = _new_file(folder)
    file.write_bytes(_migrated_file())
    return f"sqlite:///{file}"


def blank(folder: Path) -> str:
    """The address of a database without tables."""
    if ON_POSTGRESQL:
        return _copy("template1")
    file = _new_file(folder)
    file.touch()
    return f"sqlite:///{file}"


def copied(url: str, folder: Path) -> str:
    """The address of a copy of a database that nobody is using just now."""
    name = _name(url)
    if ON_POSTGRESQL:
        return _copy(name)
    return f"sqlite:///{shutil.copy(name, _new_file(folder))}"


def frozen(url: str) -> str:
    """The address of a database that nobody will change any more: it is copied more quickly."""
    if ON_POSTGRESQL:
        _clones[_name(url)] = Clones(_server(), _name(url))
    return url


def everything(url: str) -> bytes:
    """All that is kept in a database, to look for something in it."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        file = Path(str(address.database))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = sql.SQL("SELECT one::text FROM {} one")
        found = [connection.execute(rows.format(sql.Identifier(*table))).fetchall() for table in tables]
    return repr(found).encode()


@contextmanager
def given_back() -> Iterator[None]:
    """Take away the databases that were made meanwhile. Files go with their folders."""
    before = len(_made)
    try:
        yield
    finally:
        while len(_made) > before:
            _give_back(_made.pop())


@contextmanager
def lasting() -> Iterator[None]:
    """What is made meanwhile stays as long as the run."""
    before = len(_made)
    yield
    del _made[before:]


@contextmanager
def at_hand() -> Iterator[None]:
    """Let there be the databases of a whole run, in this process and in its workers."""
    if _CHOSEN not in {"sqlite", "postgresql"}:
        raise pytest.UsageError(f"CRITICAL_FRIEND_TEST_DATABASE is sqlite or postgresql, not {_CHOSEN}.")
    if not ON_POSTGRESQL or _CLUSTER in os.environ:
        yield
        return
    try:
        cluster = Cluster()
    except NoPostgreSQL:
        yield
        return
    os.environ[_CLUSTER] = str(cluster.folder)
    try:
        yield
    finally:
        del os.environ[_CLUSTER]
        cluster.end()


def _new_file(folder: Path) -> Path:
    return folder / f"bot-{next(_NUMBERS)}.sqlite3"


def _name(url: str) -> str:
    return str(make_url(url).database)


def _copy(name: str) -> str:
    clones = _clones.get(name)
    made = clones.take() if clones else _server().create(name)
    if clones:
        _cloned[made] = clones
    _made.append(made)
    return _server().url(made)


def _give_back(name: str) -> None:
    clones = _cloned.pop(name, None)
    if clones:
        clones.give_back(name)
    else:
        _server().drop(name)


def _server() -> Server:
    try:
        programs()
    except NoPostgreSQL as none:
        pytest.skip(str(none))
    return Server(Path(os.environ[_CLUSTER]))


@functools.cache
def _migrated_database() -> str:
    """The name of the database that all fresh ones are copied from."""
    name = _server().create()
    _migrate(_server().url(name))
    frozen(_server().url(name))
    return name


@functools.cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.sqlite3"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


def _migrate(url: str) -> None:
    with closing(Store(url)) as store:
        upgrade(store.engine)
