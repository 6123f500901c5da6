"""The memory of the local room: what a chat platform would keep, in an SQLite file of its own.

A chat is apart from the bot's store on purpose: what was posted stays posted when the bot is
killed or its store is thrown away. The nouns lie beside this file: `people`, `places`, `messages`,
`forms` and `settings` are functions over a :class:`Chat`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

SCHEMA = """
CREATE TABLE IF NOT EXISTS chat (sequence INTEGER NOT NULL, began TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE COLLATE NOCASE, council TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS places (
  address TEXT PRIMARY KEY, title TEXT NOT NULL, topic TEXT NOT NULL, key TEXT,
  direct INTEGER NOT NULL, made INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS archived (place TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS members (
  place TEXT NOT NULL, account TEXT NOT NULL, joined INTEGER NOT NULL, left INTEGER);
CREATE INDEX IF NOT EXISTS members_by_account ON members (account, place);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, place TEXT NOT NULL, author TEXT, only_for TEXT, at TEXT NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_place ON messages (place, id);
CREATE TABLE IF NOT EXISTS versions (
  sequence INTEGER PRIMARY KEY, message INTEGER NOT NULL, key TEXT,
  html TEXT NOT NULL, plain TEXT NOT NULL, buttons TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS versions_by_message ON versions (message);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (key);
CREATE TABLE IF NOT EXISTS forms (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, place TEXT NOT NULL, said TEXT NOT NULL,
  title TEXT NOT NULL, phrase TEXT NOT NULL, hidden TEXT NOT NULL, fields TEXT NOT NULL,
  html TEXT NOT NULL, plain TEXT NOT NULL, closed INTEGER);
CREATE INDEX IF NOT EXISTS forms_by_account ON forms (account);
CREATE TABLE IF NOT EXISTS marks (
  place TEXT NOT NULL, account TEXT NOT NULL, read INTEGER NOT NULL, PRIMARY KEY (place, account));
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY, said TEXT NOT NULL, text TEXT NOT NULL, form INTEGER, tries INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_EMPTIED = ("people", "places", "archived", "members", "messages", "versions", "forms", "marks", "deliveries")

Bell = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One transaction that changes the chat, and the sequence number it takes."""

    sequence: int
    connection: sqlite3.Connection

    def run(self, statement: str, *values: Any) -> int:
        """Run one statement; how many rows it changed."""
        return self.connection.execute(statement, values).rowcount


class Chat:
    """An open chat file. `now` stamps what is posted; a sequence number grows with every change.

    Each operation is one transaction, on disk when the call returns: killing the process loses
    nothing that was accepted.
    """

    def __init__(self, path: Path | str, now: Callable[[], datetime]) -> None:
        self.now = now
        self._lock = RLock()
        self._bells: set[Bell] = set()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        if not self.rows("SELECT 1 FROM chat"):
            self._connection.execute("INSERT INTO chat VALUES (0, ?)", (uuid4().hex,))

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Everything a query finds."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """The first row that a query finds."""
        return next(iter(self.rows(query, *values)), None)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One transaction; those who watch hear of it when it is on disk.

        A change within a change is part of it, under a number of its own.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield self._new_change()
                return
            with self._transaction():
                yield self._new_change()
        self.ring()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def sequence(self) -> int:
        """The number of the newest change."""
        return int(self.rows("SELECT sequence FROM chat")[0]["sequence"])

    def began(self) -> str:
        """Which beginning this is: another word after the chat was emptied."""
        return str(self.rows("SELECT began FROM chat")[0]["began"])

    def wipe(self) -> None:
        """Empty the chat of people, places and messages. Numbers go on growing; unkindness stays."""
        with self.change() as change:
            for table in _EMPTIED:
                change.run(f"DELETE FROM {table}")  # noqa: S608 - names from this file
            change.run("UPDATE chat SET began = ?", uuid4().hex)

    @contextmanager
    def watched_by(self, bell: Bell) -> Iterator[None]:
        """Call `bell` after every change, for as long as this lasts."""
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)

    def ring(self) -> None:
        """Tell those who watch that there is something new to look at."""
        for bell in tuple(self._bells):
            bell()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _new_change(self) -> Change:
        found = self._connection.execute("UPDATE chat SET sequence = sequence + 1 RETURNING sequence")
        return Change(sequence=int(found.fetchone()["sequence"]), connection=self._connection)
