"""What can keep a unit of work from being done, whichever database it is."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.orm.exc import StaleDataError

HITCHES = (
    StaleDataError,
    IntegrityError,
    OperationalError,
    InterfaceError,
    InternalError,
    PendingRollbackError,
)
"""What a unit of work may meet through no fault of its own: it is worth another try."""


class Trouble(Exception):
    """The store could not do a unit of work, and nothing of it was saved. Its only word is a code."""


class Away(Trouble):
    """The database cannot be reached, or not be read and written."""


class Busy(Trouble):
    """Somebody else holds the database, and does not let go."""


class Full(Trouble):
    """There is no room left where the database lies."""


class InDoubt(Exception):
    """The database broke off while a unit of work was being committed: nobody knows whether it was saved."""


_KINDS: Final = {
    "53100": Full,
    "55P03": Busy,  # lock_timeout
    "57014": Busy,  # statement_timeout
    "25P03": Away,  # idle_in_transaction_session_timeout
    "25006": Away,  # a standby, which only reads
    "SQLITE_FULL": Full,
    "SQLITE_BUSY": Busy,
    "SQLITE_LOCKED": Busy,
}
"""By PostgreSQL's SQLSTATE (its appendix A) or SQLite's name of the result code."""
_AWAY: Final = (
    *("08", "53", "57P", "58"),
    *("SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_NOTADB", "SQLITE_READONLY"),
)
"""What else begins so: lost connections, too little of anything, a server that ends, a file in trouble."""


def kind(hitch: BaseException) -> type[Trouble] | None:
    """Which trouble a hitch is; None where somebody else was only quicker."""
    return next((known for one in _chain(hitch) if (known := _kind(one))), None)


def code_of(hitch: BaseException) -> str:
    """PostgreSQL's SQLSTATE, or the name of SQLite's result code; empty where the driver told none."""
    return _code(next((one for one in _chain(hitch) if _kind(one)), hitch))


def _chain(hitch: BaseException | None) -> Iterator[BaseException]:
    """A hitch, and those before it: taking back what was done may have failed because of them."""
    while hitch:
        yield hitch
        hitch = hitch.__context__


def _kind(hitch: BaseException) -> type[Trouble] | None:
    if not isinstance(hitch, DBAPIError) or isinstance(hitch, IntegrityError):
        return None
    code = _code(hitch)
    if code in _KINDS:
        return _KINDS[code]
    never_connected = not code and isinstance(hitch, OperationalError) and hitch.statement is None
    return Away if hitch.connection_invalidated or never_connected or code.startswith(_AWAY) else None


def _code(hitch: BaseException) -> str:
    orig = getattr(hitch, "orig", None)
    sqlite = str(getattr(orig, "sqlite_errorname", ""))
    return getattr(orig, "sqlstate", None) or "_".join(sqlite.split("_")[:2])
