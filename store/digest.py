"""Which challenge next has something for whom in a morning digest."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.person import Person
from store.query import Query, given, given_many


class DigestDay(Base):
    """The next morning on which a challenge has something for a person; no row: it has nothing."""

    __tablename__ = "digest_day"
    __table_args__ = (Index("ix_digest_day_person_id_at", "person_id", "at"),)

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


_PERSON = given("person")

_DAYS = Query(select(DigestDay).where(DigestDay.challenge_id == given("challenge")))
_DAYS_OF = Query(
    select(DigestDay).where(DigestDay.person_id == _PERSON).order_by(DigestDay.at, DigestDay.challenge_id)
)
_DUE_DAYS = Query(
    select(DigestDay)
    .where(DigestDay.person_id.in_(given_many("people")), DigestDay.at <= given("now"))
    .order_by(DigestDay.at, DigestDay.challenge_id)
)
_DUE = Query(
    select(Person)
    .where(Person.next_digest_at <= given("now"))
    .order_by(Person.next_digest_at, Person.id)
    .limit(given("limit"))
)


def digest_days(session: Session, challenge_id: int) -> dict[int, DigestDay]:
    """For whom a challenge has something, by the person's id."""
    return {row.person_id: row for row in _DAYS.all(session, challenge=challenge_id)}


def digest_days_of(session: Session, person_id: int) -> list[DigestDay]:
    """The challenges that have something for a person, the soonest first."""
    return _DAYS_OF.all(session, person=person_id)


def due_digest_days(session: Session, people: Iterable[Person], now: datetime) -> list[DigestDay]:
    """The challenges that have something for any of these people by `now`, the soonest first."""
    return _DUE_DAYS.all(session, people=tuple(sorted(person.id for person in people)), now=now)


def first_digest_days(session: Session, people: Iterable[int]) -> dict[int, datetime]:
    """The next morning on which anything has something for each of these people; nobody without one."""
    found = select(DigestDay.person_id, func.min(DigestDay.at)).where(DigestDay.person_id.in_(people))
    rows = session.execute(found.group_by(DigestDay.person_id))
    return {row.person_id: row[1] for row in rows}


def due_for_digest(session: Session, now: datetime, limit: int) -> list[Person]:
    """The people whose digest is due by `now`, the longest due first, at most `limit`."""
    return _DUE.all(session, now=now, limit=limit)
