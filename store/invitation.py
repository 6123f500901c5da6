"""Who was asked to join a challenge's team, and what they said."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person
from store.query import Query, given

OPEN = frozenset({"asked", "available", "possibly", "unavailable"})


class Invitation(Base):
    """`state`: asked, available, possibly, unavailable (open until then), confirmed, stood_down.

    `invited_by` is who is told of the answer. `asked_at`: when the question was put into the
    outbox. `answered_by` is somebody else where the answer was passed on. `connection`: what was
    said about a connection with the council, "" for none.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    expertise: Mapped[str | None]
    state: Mapped[str]
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    connection: Mapped[str | None]
    director_approves: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")

    @property
    def open(self) -> bool:
        """Whether the answer may still change."""
        return self.state in OPEN


_INVITATIONS = Query(
    select(Invitation).where(Invitation.challenge_id == given("challenge")).order_by(Invitation.id)
)


def invitations(session: Session, challenge_id: int) -> list[Invitation]:
    """The invitations of a challenge, in the order they were made."""
    return _INVITATIONS.all(session, challenge=challenge_id)


def newest_invitation(session: Session, challenge_id: int, person_id: int) -> Invitation | None:
    """The last invitation of somebody to a challenge."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.challenge_id == challenge_id, Invitation.person_id == person_id)
        .order_by(Invitation.id.desc())
        .limit(1)
    ).first()
