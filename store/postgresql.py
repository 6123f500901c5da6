"""PostgreSQL: any number of processes, whose units of work go one after the other.

Nothing outlives a transaction where PgBouncer hands connections round between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import Buffer, PQGen
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

Result = TypeVar("Result")

LOCK: Final = 0x43_46_52_49_45_4E_44
"""The number of the advisory lock that a unit of work holds: "CFRIEND"."""

_CONNECTING: Final = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "application_name": "critical-friend",
}
"""For each connection, where the address says nothing else: a machine that is gone is noticed soon."""


_OFTEN: Final = 5
"""How many times a statement is asked on one connection before it is prepared."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a transaction may take over each of these, in milliseconds; 0: as long as it takes.

    `lock`: until the unit of work before it ends. `statement`: on the server. `idle`: between two
    statements, after which the server takes the lock away from a process that is frozen. `answer`: until
    the server says anything, after which it is given up, as a server that is frozen says nothing.
    """

    lock: int
    statement: int
    idle: int
    answer: int


UNIT = Limits(lock=1500, statement=1800, idle=5000, answer=2000)
MIGRATION = Limits(lock=60_000, statement=0, idle=0, answer=0)


class _Columns(Sequence[psycopg.Column]):
    """The columns of a result, each made when it is looked at.

    SQLAlchemy knows those of a statement that it has seen, and making them takes as long as asking.
    """

    def __init__(self, cursor: psycopg.Cursor[Any], count: int) -> None:
        self._cursor = cursor
        self._numbers = range(count)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: Any) -> Any:
        found = self._numbers[at]
        return psycopg.Column(self._cursor, found) if isinstance(found, int) else [self[one] for one in found]


class _LastResult(psycopg.Cursor[Any]):
    """A cursor for which the last of several statements counts that were sent at once."""

    @property
    def description(self) -> Any:
        """The columns of what was found, None where nothing can be."""
        found = self.pgresult
        return _Columns(self, found.nfields) if found and found.nfields else None

    def execute(self, *args: Any, **options: Any) -> "_LastResult":
        super().execute(*args, **options)
        while self.nextset():
            continue
        return self


class _Text(StrDumperUnknown):
    """Text as PostgreSQL can keep it: without the NUL that nobody types, and some clipboards hold."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", ""))


class _Patient(psycopg.Connection[Any]):
    """A connection that gives up a server which does not answer in time."""

    answer: float | None = None

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Wait for the server, and close the connection when that takes too long: its end is unknown."""
        try:
            return super().wait(gen, interval, self.answer if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class Server:
    """A server, none of whose connections is asked how it is: a lost one is noticed as a unit begins."""

    alone = False

    def __init__(self, url: URL) -> None:
        connecting = {name: value for name, value in _CONNECTING.items() if name not in url.query}
        self.engine = create_engine(
            url,
            hide_parameters=True,
            use_native_hstore=False,
            connect_args={
                **connecting,
                "autocommit": True,  # transactions are begun below
                "prepare_threshold": None,  # see _begin
                "cursor_factory": _LastResult,
            },
        )
        event.listen(self.engine, "do_connect", _connect)
        event.listen(self.engine, "begin", _begin)

    def was_committed(self, connection: Connection, transaction: str) -> bool:
        """Whether a transaction was committed whose end nobody saw. It has one: we hold the lock it held."""
        asked = text("SELECT pg_xact_status(CAST(:transaction AS xid8))")
        try:
            return bool(connection.scalar(asked, {"transaction": transaction}) == "committed")
        except DBAPIError as trouble:
            if trouble.connection_invalidated:
                raise
            return False  # by a server that took over, and has never heard of it

    def is_overheard(self, connection: Connection) -> bool:
        """Whether what goes to and fro can be read on the way: not encrypted, to another machine."""
        line: Any = connection.connection.driver_connection
        return not (line.pgconn.ssl_in_use or line.info.host.startswith("/") or _is_here(line.info.hostaddr))


def _is_here(address: str) -> bool:
    return bool(address) and ip_address(address).is_loopback


def _connect(_dialect: object, _record: object, args: Any, options: Any) -> _Patient:
    connection = _Patient.connect(*args, **options)
    connection.answer = UNIT.answer / 1000
    connection.adapters.register_dumper(str, _Text)
    return connection


def _begin(connection: Connection) -> None:
    """Begin after the unit of work that holds the lock, so that every statement sees what it committed.

    The transaction gets its number at once: it can be asked afterwards what became of it. Reading a statement
    takes the server longer than doing it, so what is asked often is prepared: while the process that answers
    is the one that took the connection, which PgBouncer's never is.
    """
    limits = MIGRATION if connection.get_execution_options().get("unhurried") else UNIT
    driver: Any = connection.connection.driver_connection
    driver.answer = limits.answer / 1000 or None
    begun = connection.exec_driver_sql(
        "BEGIN ISOLATION LEVEL READ COMMITTED;"
        f"SET LOCAL lock_timeout={limits.lock};"
        f"SET LOCAL statement_timeout={limits.statement};"
        f"SET LOCAL idle_in_transaction_session_timeout={limits.idle};"
        f"SELECT pg_advisory_xact_lock({LOCK}), pg_current_xact_id()::text, pg_backend_pid()"
    )
    _, connection.info["transaction"], process = begun.one()
    driver.prepare_threshold = _OFTEN if process == driver.info.backend_pid else None
