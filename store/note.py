"""What the peer team noted. Never read by the council."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person
from store.query import Query, given


class Note(Base):
    """`theme` is a key line's, a core theme's or an area's text, None: in general.

    `kind`: strength, consider or exploring. `day` is the day whose summary it is meant for, when
    `for_summary`; else the day it was written.
    """

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
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


_CHALLENGE = given("challenge")

_NOTES = Query(
    select(Note).where(Note.challenge_id == _CHALLENGE, Note.dropped_at.is_(None)).order_by(Note.number)
)
_LAST_NUMBER = Query(select(func.max(Note.number)).where(Note.challenge_id == _CHALLENGE))


def notes_of(session: Session, challenge_id: int, day: date | None = None) -> list[Note]:
    """The notes of a challenge that were not dropped, of one day where one is given."""
    notes = _NOTES.all(session, challenge=challenge_id)
    return notes if day is None else [note for note in notes if note.day == day]


def notes_for_summary(session: Session, challenge_id: int, day: date) -> list[Note]:
    """The notes that are marked for the summary of a day."""
    return [note for note in notes_of(session, challenge_id, day) if note.for_summary]


def note_numbered(session: Session, challenge_id: int, number: int) -> Note | None:
    """The note with this number, dropped or not."""
    return session.scalars(
        select(Note).where(Note.challenge_id == challenge_id, Note.number == number)
    ).first()


def last_note_number(session: Session, challenge_id: int) -> int:
    """The highest number ever given to a note of a challenge, 0 before the first."""
    return _LAST_NUMBER.first(session, challenge=challenge_id) or 0
