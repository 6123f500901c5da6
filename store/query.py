"""Queries: put together once for ever, and asked once in a unit of work until a row of their tables changes.

Putting a select together costs more than asking it, and what follows from one change asks the same
things again and again.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, Select, Table, bindparam, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql.visitors import iterate

from store.base import Base

Row = TypeVar("Row")

_FOUND, _CHANGED = "found", "changed"


def given(name: str) -> BindParameter[Any]:
    """The place of a value that a query is asked with."""
    return bindparam(name)


def given_many(name: str) -> BindParameter[Any]:
    """The place of a tuple of values that a query is asked with, behind `in_`."""
    return bindparam(name, expanding=True)


class Query(Generic[Row]):
    """A select of one thing, with the values `given` when it is asked.

    What it found is kept with the session until a flush changes one of its tables, or anything is
    rolled back or changed in bulk.
    """

    def __init__(self, statement: Select[Row]) -> None:
        self._statement = statement
        self.tables = frozenset(part.name for part in iterate(statement) if isinstance(part, Table))

    def all(self, session: Session, **values: Any) -> list[Row]:
        """Everything it finds with these values."""
        if session.autoflush:
            session.flush()
        found = session.info.setdefault(_FOUND, {})
        asked = (self, frozenset(values.items()))
        if asked not in found:
            found[asked] = session.scalars(self._statement, values).all()
        return list(found[asked])

    def keep(self, session: Session, rows: Sequence[Row], **values: Any) -> None:
        """Take what another statement found just now for what this one would find with these values."""
        session.info.setdefault(_FOUND, {})[self, frozenset(values.items())] = rows

    def first(self, session: Session, **values: Any) -> Row | None:
        """The first that it finds with these values, None where there is nothing."""
        return next(iter(self.all(session, **values)), None)


def changed_in(session: Session) -> frozenset[type[Base]]:
    """The kinds of rows that are or were to be changed in this unit of work, those taken back too."""
    return frozenset(session.info.get(_CHANGED, ())) | _to_be_changed(session)


def _to_be_changed(session: Session) -> frozenset[type[Base]]:
    return frozenset(type(row) for row in chain(session.new, session.dirty, session.deleted))


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: object) -> None:
    changed = _to_be_changed(session)
    session.info.setdefault(_CHANGED, set()).update(changed)
    found, tables = session.info.get(_FOUND, {}), {row.__tablename__ for row in changed}
    for asked in [asked for asked in found if asked[0].tables & tables]:
        del found[asked]


@event.listens_for(Session, "do_orm_execute")
def _before_execute(statement: ORMExecuteState) -> None:
    if not statement.is_select:
        statement.session.info.pop(_FOUND, None)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, _transaction: object) -> None:
    session.info.pop(_FOUND, None)


@event.listens_for(Session, "after_transaction_end")
def _after_transaction(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_FOUND, None)
        session.info.pop(_CHANGED, None)
