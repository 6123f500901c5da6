"""The programme: the organisation that runs challenges. A database may hold several."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.query import Query


class Programme(Base):
    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Europe/London")
    nation: Mapped[str] = mapped_column(default="ENG")
    claim_hash: Mapped[str | None]
    claimed_at: Mapped[datetime | None]


class Council(Base):
    """An employer of people and a host of challenges. Its e-mail domain tells who works there."""

    __tablename__ = "council"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str]
    domain: Mapped[str | None] = mapped_column(index=True)


class RehearsalClock(Base):
    """What time a rehearsal says it is. Its presence marks a database that no real chat may use."""

    __tablename__ = "rehearsal_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    now: Mapped[datetime]


THE_FIRST = Query(select(Programme).order_by(Programme.id).limit(1))


def the_programme(session: Session) -> Programme | None:
    """The programme of this database, None before `critical-friend claim` was run."""
    return THE_FIRST.first(session)


def council_named(session: Session, programme: Programme, name: str) -> Council | None:
    """The council whose name is `name`, or begins with it as a word, whatever the case."""
    wanted = name.strip().casefold()
    councils = session.scalars(select(Council).where(Council.programme_id == programme.id)).all()
    exact = [council for council in councils if council.name.casefold() == wanted]
    begins = [council for council in councils if council.name.casefold().startswith(wanted + " ")]
    return next(iter(exact or begins), None)


def council_at(session: Session, domain: str) -> Council | None:
    """The council that uses an e-mail domain."""
    return session.scalars(select(Council).where(Council.domain == domain.casefold())).first()
