"""What is kept although its time is over, and what was deleted when it was."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base


class LegalHold(Base):
    """Somebody asked for a challenge's records (freedom of information, a complaint): nothing is deleted."""

    __tablename__ = "legal_hold"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[datetime]
    placed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Deleted(Base):
    """That one kind of a challenge's records was deleted: see `handlers.rules.retention`."""

    __tablename__ = "deleted"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True
    )
    what: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def is_held(session: Session, challenge_id: int) -> bool:
    """Whether nothing of a challenge may be deleted."""
    return session.get(LegalHold, challenge_id) is not None


def deleted_of(session: Session, challenge_id: int) -> set[str]:
    """The kinds of a challenge's records that were deleted."""
    return set(session.scalars(select(Deleted.what).where(Deleted.challenge_id == challenge_id)))
