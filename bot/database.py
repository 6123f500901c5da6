"""The database of a real programme: opened, or refused in plain words that hold no password."""

import contextlib
from collections.abc import Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.settings import Settings
from bot.surface import CannotServe
from store import address
from store.address import AddressWrong
from store.migrations import Schema, schema
from store.programme import RehearsalClock
from store.session import Store
from store.sole import InUse, held
from store.trouble import Trouble, code_of

TROUBLE = (DBAPIError, Trouble, AddressWrong, OSError)
"""What may be in the way of a database. What it says of itself is for nobody to see: see `why`."""

NOT_READY: Final = {
    Schema.OLDER: "The database is not up to date. Run: critical-friend database",
    Schema.UNKNOWN: (
        "The database was made by a newer Critical Friend than this one. "
        "Install that version again, or bring back the copy you took before it."
    ),
}

LOOK: Final = "Look at DATABASE_URL, or at who may write to the folder CRITICAL_FRIEND_DATA."
_BY_CODE: Final = {
    "SQLITE_CANTOPEN": "Its file, or the folder it lies in, is not there or not for this user.",
    "SQLITE_READONLY": "This user may not write to its file, or to the folder it lies in.",
    "SQLITE_NOTADB": "Its file is no SQLite database.",
    "SQLITE_CORRUPT": "Its file is damaged: bring back the last copy you took.",
    "SQLITE_BUSY": "Somebody else is writing to its file.",
    "SQLITE_FULL": "There is no room left on its disk.",
    "53100": "There is no room left on the server's disk.",
    "53300": "The server has no connection left: allow more, or end what you do not need.",
    "55P03": "Another process holds it. If that is frozen, the server lets go of it within seconds.",
    "42501": (
        "The user in DATABASE_URL may not do that there. Is it the right one? "
        "If so, make it the owner (ALTER DATABASE … OWNER TO …)."
    ),
    "42883": "PostgreSQL 13 or newer is needed.",
    "25006": "This server only reads: name the one that writes.",
}
_BY_WORDS: Final = (
    ("certificate", "The server's certificate cannot be checked: name who signed it with sslrootcert."),
    ("pg_hba.conf", "The server lets nobody in from here in this way: see its pg_hba.conf, or set sslmode."),
    ("sslmode", "The server and sslmode in DATABASE_URL do not agree about encryption."),
    ("SSL", "The server and sslmode in DATABASE_URL do not agree about encryption."),
    ("authentication", "The server refuses the name or the password."),
    ("password", "The server refuses the name or the password."),
    ("role ", "The server knows no user of that name."),
    ("resolve", "There is no machine of that name."),
    ("translate host", "There is no machine of that name."),
    ("refused", "Nothing listens there. Is PostgreSQL running, and on that port?"),
    ("No such file", "Nothing listens there. Is PostgreSQL running, and on that socket?"),
    ("unreachable", "There is no way to that machine: look at the network, and at firewalls."),
    ("timeout", "Nothing answers there: look at the network, and at firewalls on the way."),
    ("connection option", "DATABASE_URL has something behind its ? that PostgreSQL does not know."),
    ("clients", _BY_CODE["53300"]),
    ("slots", _BY_CODE["53300"]),
    ("starting up", "The server is just starting: try again in a minute."),
    ("shutting down", "The server is just ending: try again in a minute."),
    ("database ", "The server has no database of that name, or does not let this user in."),
)
"""By what is in the words of libpq and PostgreSQL, which have no code before there is a connection."""


def real_store(settings: Settings) -> Store:
    """The store in which a real programme is kept; where there is none, none is made. Raises CannotServe."""
    file = address.file(settings.database_url)
    if file and not file.exists():
        raise CannotServe("There is no database yet. Run: critical-friend database")
    with contextlib.ExitStack() as unless_it_can:
        store = unless_it_can.enter_context(contextlib.closing(Store(settings.database_url)))
        if refusal := _refusal(store):
            raise CannotServe(refusal)
        unless_it_can.pop_all()
        return store


def _refusal(store: Store) -> str | None:
    """Why a real programme cannot be kept there, None where it can."""
    found = schema(store.engine)
    if found in NOT_READY:
        return NOT_READY[found]
    if store.work(lambda session: session.scalar(select(RehearsalClock.id))):
        return (
            "This database belongs to a rehearsal, whose clock stands still. "
            "Name the real one in DATABASE_URL, or another folder in CRITICAL_FRIEND_DATA."
        )
    return None


@contextlib.contextmanager
def for_one(settings: Settings) -> Iterator[None]:
    """Keep other processes away from an SQLite file meanwhile. Raises CannotServe where one is there."""
    with contextlib.ExitStack() as held_until_the_end:
        try:
            held_until_the_end.enter_context(held(settings.database_url))
        except InUse as taken:
            raise CannotServe(
                "Another process has this database open: end that one first. "
                "Several processes can share a database in PostgreSQL only (docs/postgresql.md)."
            ) from taken
        yield


def why(trouble: Exception) -> str | None:
    """What is in the way of a database, and what to do, as far as the driver's own words tell."""
    if isinstance(trouble, AddressWrong):
        return f"DATABASE_URL: {trouble}."
    hitch = trouble.__cause__ or trouble if isinstance(trouble, Trouble) else trouble
    code = code_of(hitch)
    if code in _BY_CODE:
        return _BY_CODE[code]
    words = str(getattr(hitch, "orig", ""))
    return next((sentence for part, sentence in _BY_WORDS if part in words), None)
