"""What the digests of several people ask for, in one statement for each noun: asking costs more than finding.

Each noun's own query has its answer from here, until something changes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.challenge import Challenge
from store.conversation import OPEN, OpenQuestion
from store.outbox import KEYED, Outgoing
from store.person import ACCOUNTS, Person
from store.query import Query, given, given_many
from store.role import IS_ON, ROLES_ON, Role
from store.task import TASKS, Task

Row = TypeVar("Row")

_CHALLENGES = Query(select(Challenge).where(Challenge.id.in_(given_many("challenges"))))
_ROLES = Query(
    select(Role)
    .where(
        Role.programme_id == given("programme"),
        or_(Role.challenge_id.in_(given_many("challenges")), Role.challenge_id.is_(None)),
        IS_ON,
    )
    .order_by(Role.id)
)
_TASKS_OF = Query(select(Task).where(Task.challenge_id.in_(given_many("challenges"))).order_by(Task.number))
_OPEN_OF = Query(
    select(OpenQuestion).where(OpenQuestion.person_id.in_(given_many("people")), OpenQuestion.open.is_(True))
)
_KEYED_OF = Query(select(Outgoing).where(Outgoing.key.in_(given_many("keys"))))


def challenges_among(session: Session, ids: Iterable[int]) -> dict[int, Challenge]:
    """Some challenges, by id."""
    return {row.id: row for row in _CHALLENGES.all(session, challenges=tuple(sorted(set(ids))))}


def ask_of_people(session: Session, people: Sequence[Person], keys: Iterable[str]) -> None:
    """Find which question each of these people has open, and what was queued with these keys."""
    ids = tuple(person.id for person in people)
    asked = by("person_id", _OPEN_OF.all(session, people=ids))
    for one in ids:
        OPEN.keep(session, asked[one], person=one)
    queued = by("key", _KEYED_OF.all(session, keys=tuple(keys)))
    for key in keys:
        KEYED.keep(session, queued[key], key=key)


def ask_of_challenges(session: Session, challenges: Sequence[Challenge], days: Iterable[date]) -> None:
    """Find the tasks of challenges, their roles, each on its day, and the accounts of those who hold them."""
    ids = tuple(one.id for one in challenges)
    tasks = by("challenge_id", _TASKS_OF.all(session, challenges=ids))
    for one in ids:
        TASKS.keep(session, tasks[one], challenge=one)
    same: dict[tuple[int, date], list[int]] = defaultdict(list)
    for challenge, day in zip(challenges, days, strict=True):
        same[challenge.programme_id, day].append(challenge.id)
    held = [who for (programme, day), some in same.items() for who in _roles(session, programme, some, day)]
    _accounts(session, held)


def _roles(session: Session, programme: int, challenges: list[int], day: date) -> list[set[int]]:
    """Find who holds which role in these challenges on a day; who holds any, of each."""
    rows = _ROLES.all(session, programme=programme, challenges=tuple(challenges), day=day)
    held = {one: [row for row in rows if row.challenge_id in {None, one}] for one in challenges}
    for one, roles in held.items():
        ROLES_ON.keep(session, roles, challenge=one, programme=programme, day=day)
    return [{role.person_id for role in roles} for roles in held.values()]


def _accounts(session: Session, held: list[set[int]]) -> None:
    every = tuple(sorted(set().union(*held)))
    accounts = by("person_id", ACCOUNTS.all(session, people=every))
    for people in map(sorted, held):
        found = [account for one in people for account in accounts[one]]
        ACCOUNTS.keep(session, found, people=tuple(people))


def by(name: str, rows: Iterable[Row]) -> dict[Any, list[Row]]:
    """The rows with each value of a column; none for any other value."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
