"""The day's no-surprises summary: its versions, who agreed which, and what the sponsor answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person


class Summary(Base):
    """One a challenge and day. Every edit raises `revision`, and agreements to an older one count no more.

    `state`: draft, released, spoken (a conversation took its place), nothing (nothing to report),
    held. `content` is the facts of the message.
    """

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("challenge_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    day: Mapped[date]
    revision: Mapped[int]
    state: Mapped[str]
    content: Mapped[dict[str, Any]]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    agreements: Mapped[list["Agreement"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class Agreement(Base):
    """Somebody agreed one revision of a summary, in the role the format asks to agree."""

    __tablename__ = "agreement"

    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined")


class SummaryAnswer(Base):
    """What the sponsor said to a released summary: thanks, context, tonight or tomorrow."""

    __tablename__ = "summary_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    text: Mapped[str | None]
    answered_at: Mapped[datetime]


class SummaryReader(Base):
    """Somebody named to receive the released summaries beside the sponsor."""

    __tablename__ = "summary_reader"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    named_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]


def summary_of(session: Session, challenge_id: int, day: date) -> Summary | None:
    """The summary of one on-site day, once it was drafted or settled."""
    return session.scalars(
        select(Summary).where(Summary.challenge_id == challenge_id, Summary.day == day)
    ).first()


def summary_readers(session: Session, challenge_id: int) -> list[int]:
    """The ids of the people named to receive released summaries."""
    return list(
        session.scalars(select(SummaryReader.person_id).where(SummaryReader.challenge_id == challenge_id))
    )
