"""A challenge: one council (or several) looked at by a team of peers, in one format."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.programme import Council
from store.query import Query, given


class Challenge(Base):
    """`agenda_done_at`: everything dated up to then was queued; `next_due_at`: when to look again.

    `closed_days`: the days, as ISO texts, on which its council is closed.
    """

    __tablename__ = "challenge"
    __table_args__ = (UniqueConstraint("programme_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[str]
    name: Mapped[str]
    format: Mapped[str]
    zone: Mapped[str]
    nation: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    opened_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    proposal_agreed_at: Mapped[datetime | None]
    final_issued_at: Mapped[datetime | None]
    final_issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    agenda_done_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_days: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    version: Mapped[int] = mapped_column()

    hosts: Mapped[list[Council]] = relationship(secondary="challenge_host")

    __mapper_args__ = {"version_id_col": version}


class ChallengeHost(Base):
    """A council that is looked at. In a cluster round there are several."""

    __tablename__ = "challenge_host"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True
    )
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), primary_key=True)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a challenge goes by."""

    id: int
    slug: str
    name: str


_PROGRAMME = given("programme")

_NAMES = (
    select(Challenge.id, Challenge.slug, Challenge.name)
    .where(Challenge.programme_id == _PROGRAMME, Challenge.closed_at.is_(None))
    .order_by(Challenge.id)
)
_OPEN = Query(
    select(Challenge)
    .where(Challenge.programme_id == _PROGRAMME, Challenge.closed_at.is_(None))
    .order_by(Challenge.id)
)
_CLOSED = Query(
    select(Challenge)
    .where(Challenge.programme_id == _PROGRAMME, Challenge.closed_at.is_not(None))
    .order_by(Challenge.closed_at.desc(), Challenge.id)
)
_ALL = Query(select(Challenge).where(Challenge.programme_id == _PROGRAMME).order_by(Challenge.id))
_AFTER = Query(
    select(Challenge).where(Challenge.id > given("after")).order_by(Challenge.id).limit(given("limit"))
)
_DUE = Query(
    select(Challenge)
    .where(Challenge.next_due_at <= given("now"))
    .order_by(Challenge.next_due_at, Challenge.id)
    .limit(given("limit"))
)


def open_names(session: Session, programme_id: int) -> list[Named]:
    """What the open challenges of a programme go by, oldest first."""
    rows = session.execute(_NAMES, {"programme": programme_id})
    return [Named(id=row.id, slug=row.slug, name=row.name) for row in rows]


def open_challenges(session: Session, programme_id: int) -> list[Challenge]:
    """The challenges of a programme that are not closed, oldest first."""
    return _OPEN.all(session, programme=programme_id)


def closed_challenges(session: Session, programme_id: int) -> list[Challenge]:
    """The challenges of a programme that are closed, the last closed first."""
    return _CLOSED.all(session, programme=programme_id)


def all_challenges(session: Session, programme_id: int) -> list[Challenge]:
    """The challenges of a programme, open and closed, oldest first."""
    return _ALL.all(session, programme=programme_id)


def challenges_after(session: Session, after: int, limit: int) -> list[Challenge]:
    """The next challenges in the order in which they were opened, open or closed, at most `limit`."""
    return _AFTER.all(session, after=after, limit=limit)


def due_challenges(session: Session, now: datetime, limit: int) -> list[Challenge]:
    """Challenges with something due by `now`, the longest due first, at most `limit`."""
    return _DUE.all(session, now=now, limit=limit)
