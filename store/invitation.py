"""Who was asked to join a challenge's team, and what they said."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person


class Invitation(Base):
    """`state`: asked, available, possibly, unavailable, confirmed, stood_down."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    expertise: Mapped[str | None]
    state: Mapped[str]
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    connection: Mapped[str | None]
    director_approves: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


def invitations(session: Session, challenge_id: int) -> list[Invitation]:
    """The invitations of a challenge, in the order they were made."""
    return list(
        session.scalars(
            select(Invitation).where(Invitation.challenge_id == challenge_id).order_by(Invitation.id)
        )
    )


def newest_invitation(session: Session, challenge_id: int, person_id: int) -> Invitation | None:
    """The last invitation of somebody to a challenge."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.challenge_id == challenge_id, Invitation.person_id == person_id)
        .order_by(Invitation.id.desc())
        .limit(1)
    ).first()
