"""People of whom nothing is known but that they were somewhere once."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, delete, select, update
from sqlalchemy.orm import Session

from store.base import Base
from store.erasing import SETTLED, Batch, Mark, changed
from store.home import OpenHome
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.role import Role

_AT_ONCE = 20
_THEIR_OWN = ("account", "open_home", "outgoing")
"""What is looked at by itself: of messages, those that are owed. Whoever passes one on has a role."""


def forget_strangers(session: Session, before: datetime, after: Mark | None) -> Batch:
    """Forget whoever has an account, was not seen since then, and never had anything to do with anything.

    Their number stays, without a name: it may stand on cards, and is not to be given to anybody else.
    """
    seen = select(PersonAccount.seen_at).where(PersonAccount.person_id == Person.id)
    page = (
        select(Person.id)
        .where(
            Person.id > (after or 0),
            seen.exists(),
            ~seen.where(PersonAccount.seen_at > before).exists(),
            ~select(Role.id).where(Role.person_id == Person.id).exists(),
        )
        .order_by(Person.id)
        .limit(_AT_ONCE)
    )
    found = list(session.scalars(page))
    gone = found and _unconnected(session, found)
    if gone:
        changed(session, delete(OpenHome).where(OpenHome.person_id.in_(gone)))
        changed(session, delete(PersonAccount).where(PersonAccount.person_id.in_(gone)))
        changed(
            session, update(Person).where(Person.id.in_(gone)).values(name="", email=None, council_id=None)
        )
    return Batch(rows=len(gone), next=found[-1] if len(found) == _AT_ONCE else None)


def _unconnected(session: Session, people: list[int]) -> list[int]:
    """Those to whom no row of any table leads, but for their own; and to whom nothing is owed."""
    owed = select(Outgoing.person_id).where(Outgoing.person_id.in_(people), Outgoing.state.not_in(SETTLED))
    connected = set(session.scalars(owed))
    for column in _leading_to_people():
        connected.update(session.scalars(select(column).where(column.in_(people)).distinct()))
    return [one for one in people if one not in connected]


def _leading_to_people() -> Iterator[Column[int]]:
    person = Base.metadata.tables["person"]
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is person.c.id and table.name not in _THEIR_OWN:
                yield key.parent
