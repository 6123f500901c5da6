"""One unit of work: a transaction that commits whole or not at all."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from store import address, trouble
from store.address import Database
from store.trouble import HITCHES, Away, InDoubt

Result = TypeVar("Result")

PATIENCE = 2.0
"""Seconds for which a unit of work is tried, where trying again can help."""
_REST = 0.5
"""Seconds for which a database that was away is not asked again: whoever waits is told so at once."""
_TRIES = 3
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)


class Store:
    """The bot's memory at a database address ("sqlite:///file.sqlite3", "postgresql://user@host/name").

    Used from one thread at a time. Raises AddressWrong.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._database = address.database(url)
        self.engine = self._database.engine
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._away_at: float | None = None

    @property
    def alone(self) -> bool:
        """Whether no other process works with this database."""
        return self._database.alone

    def is_overheard(self) -> bool:
        """Whether what goes to and from the database can be read on the way."""
        return self.work(lambda session: self._database.is_overheard(session.connection()))

    def work(self, unit: Callable[[Session], Result]) -> Result:
        """Run `unit` in one transaction and commit it. What it returns are values, not rows.

        Units of all processes go one after the other. One that somebody else was quicker than, or whose
        connection was lost, is run again. Raises Trouble where nothing of it was saved, and InDoubt.
        """
        ends = time.monotonic() + self._patience()
        work = _Work(self._database, self._sessions, unit)
        while True:
            try:
                result = work.run()
            except HITCHES as hitch:
                pause = work.pause(hitch)
                late = time.monotonic() + (pause or 0) > ends
                if pause is None or (late and not work.is_to_be_asked):
                    raise self._given_up(work, hitch) from hitch
                time.sleep(pause)
            else:
                self._away_at = None
                return result

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _patience(self) -> float:
        """Seconds for which to try: the first to find the database away waits, those after it do not."""
        if self._away_at is None:
            return PATIENCE
        if time.monotonic() < self._away_at + _REST:
            raise Away("resting")
        return 0.0

    def _given_up(self, work: "_Work[Result]", hitch: Exception) -> Exception:
        """What to raise for a unit of work that could not be done."""
        kind = trouble.kind(hitch)
        if kind is Away:
            self._away_at = time.monotonic()
            self.engine.dispose()
        code = trouble.code_of(hitch)
        if work.in_doubt:
            return InDoubt(code)
        return kind(code) if kind else hitch


class _Work(Generic[Result]):
    """A unit of work, until it is known to be committed."""

    def __init__(
        self, database: Database, sessions: sessionmaker[Session], unit: Callable[[Session], Result]
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._unit = unit
        self._unseen: tuple[str, Result] | None = None
        self._asked = False
        self._hitches = self._clashes = 0

    @property
    def in_doubt(self) -> bool:
        """Whether it may be committed, and nobody saw the end."""
        return self._unseen is not None

    @property
    def is_to_be_asked(self) -> bool:
        """Whether nobody tried yet to find out about that: it is tried once, however late it is."""
        return self.in_doubt and not self._asked

    def run(self) -> Result:
        """Run it, unless it turns out that it was committed the last time."""
        if self._unseen is None:
            return self._committed()
        number, result = self._unseen
        self._asked = True
        if self._was_committed(number):
            return result
        self._unseen = None
        return self._committed()

    def pause(self, hitch: Exception) -> float | None:
        """Seconds until it is worth another try; None: it is not."""
        kind = trouble.kind(hitch)
        self._hitches += 1
        self._clashes += kind is None
        if self._clashes == _TRIES or kind not in {None, Away}:
            return None
        return _PAUSES[min(self._hitches, len(_PAUSES)) - 1]

    def _committed(self) -> Result:
        with self._sessions() as session:
            result = self._unit(session)
            session.flush()
            number = session.connection().info.get("transaction") if session.in_transaction() else None
            try:
                session.commit()
            except DBAPIError as broken:
                if number and broken.connection_invalidated:
                    self._unseen, self._asked = (number, result), False
                raise
        return result

    def _was_committed(self, number: str) -> bool:
        with self._sessions() as session:
            return self._database.was_committed(session.connection(), number)
