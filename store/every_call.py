"""What the rows of the outbox that are about to be sent ask for, in one statement for each noun."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.every_morning import by, challenges_among
from store.heard import HEARD, Heard
from store.outbox import Outgoing
from store.person import ACCOUNTS
from store.query import Query, given_many

_HEARD_AMONG = Query(select(Heard).where(Heard.id.in_(given_many("keys"))))


def ask(session: Session, rows: Sequence[Outgoing]) -> None:
    """Find what these rows are about, to whom they go, and what they answer.

    Nothing is given back: each noun's own query has its answer from here, until something changes it.
    """
    challenges_among(session, [row.challenge_id for row in rows if row.challenge_id is not None])
    keys = tuple(row.key for row in rows)
    heard = {row.id: row for row in _HEARD_AMONG.all(session, keys=keys)}
    for key in keys:
        HEARD.keep(session, [heard[key]] if key in heard else [], id=key)
    people = tuple(sorted({row.person_id for row in rows if row.person_id is not None}))
    accounts = by("person_id", ACCOUNTS.all(session, people=people))
    for person in people:
        ACCOUNTS.keep(session, accounts[person], people=(person,))
