"""What the peer team noted. Never read by the council."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person


class Note(Base):
    """`theme` is a key line's or core theme's short text; `kind`: strength, consider or exploring."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    theme: Mapped[str | None]
    kind: Mapped[str]
    text: Mapped[str]
    day: Mapped[date]
    for_summary: Mapped[bool] = mapped_column(default=True)
    written_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship(lazy="joined")


def notes_of(session: Session, challenge_id: int, day: date | None = None) -> list[Note]:
    """The notes of a challenge that were not dropped, of one day where one is given."""
    wanted = select(Note).where(Note.challenge_id == challenge_id, Note.dropped_at.is_(None))
    if day is not None:
        wanted = wanted.where(Note.day == day)
    return list(session.scalars(wanted.order_by(Note.number)))
