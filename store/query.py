"""Queries: put together once for ever, and asked once in a unit of work until a row of their tables changes.

Putting a select together costs more than asking it, and what follows from one change asks the same
things again and again.
"""

from itertools import chain
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, Select, Table, bindparam, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql.visitors import iterate

Row = TypeVar("Row")

_FOUND = "found"


def given(name: str) -> BindParameter[Any]:
    """The place of a value that a query is asked with."""
    return bindparam(name)


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
        asked = (self, *values.items())
        if asked not in found:
            found[asked] = session.scalars(self._statement, values).all()
        return list(found[asked])

    def first(self, session: Session, **values: Any) -> Row | None:
        """The first that it finds with these values, None where there is nothing."""
        return next(iter(self.all(session, **values)), None)


def _forget(session: Session, tables: frozenset[str]) -> None:
    found = session.info.get(_FOUND, {})
    for asked in [asked for asked in found if asked[0].tables & tables]:
        del found[asked]


@event.listens_for(Session, "after_flush")
def _after_flush(session: Session, _context: object) -> None:
    changed = {type(row) for row in chain(session.new, session.dirty, session.deleted)}
    _forget(session, frozenset(table.name for row in changed for table in inspect(row).tables))


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
