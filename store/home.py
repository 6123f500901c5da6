"""Homes: the page of somebody's own that some chats have, kept up from when it was first opened."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, cast, delete, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.invitation import Invitation
from store.outbox import Outgoing
from store.query import Query, given
from store.role import Role

SLOT = "home:"
"""What the slot of somebody's home begins with; their id follows."""


class OpenHome(Base):
    """Where somebody opened their home last.

    `drawn` is a digest of what stands there, None where that is not known; `rests_until` (the machine's
    clock) is when it may be drawn again, `next_at` the morning on which it is.
    """

    __tablename__ = "open_home"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str]
    tenant: Mapped[str]
    account: Mapped[str]
    drawn: Mapped[str | None]
    rests_until: Mapped[datetime | None]
    next_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def slot(self) -> str:
        """The slot of this home in the outbox."""
        return f"{SLOT}{self.person_id}"


_SLOT_OF = literal(SLOT) + cast(OpenHome.person_id, String)
_WAITS = select(Outgoing.id).where(Outgoing.slot == _SLOT_OF, Outgoing.state == "ready").exists()
_NOT_WAITING = select(OpenHome).where(~_WAITS).order_by(OpenHome.person_id)
_HERE = or_(Role.challenge_id == given("challenge"), Role.challenge_id.is_(None))
_IN_ROLES = select(Role.person_id).where(Role.programme_id == given("programme"), _HERE)
_ASKED = select(Invitation.person_id).where(Invitation.challenge_id == given("challenge"))

_OF_ONE = Query(_NOT_WAITING.where(OpenHome.person_id == given("person")))
_ABOUT = Query(_NOT_WAITING.where(or_(OpenHome.person_id.in_(_IN_ROLES), OpenHome.person_id.in_(_ASKED))))
_DUE = Query(
    select(OpenHome)
    .where(OpenHome.next_at <= given("now"))
    .order_by(OpenHome.next_at, OpenHome.person_id)
    .limit(given("limit"))
)


def home_of(session: Session, person_id: int) -> list[OpenHome]:
    """Somebody's open home, unless it waits to be drawn already."""
    return _OF_ONE.all(session, person=person_id)


def homes_about(session: Session, programme_id: int, challenge_id: int | None) -> list[OpenHome]:
    """The open homes of all who have, had or will have a part in a challenge, or were asked to.

    Without a challenge: those of the programme's own people. What waits to be drawn already is left out.
    """
    return _ABOUT.all(session, programme=programme_id, challenge=challenge_id)


def homes_due(session: Session, now: datetime, limit: int) -> list[OpenHome]:
    """The homes whose morning has come by `now`, at most `limit`."""
    return _DUE.all(session, now=now, limit=limit)


def next_home(session: Session) -> datetime | None:
    """When the next home is due."""
    return session.scalar(select(func.min(OpenHome.next_at)))


def forget_older(session: Session, row: Outgoing) -> None:
    """Of a home only its newest row is kept: nothing is ever asked of the others."""
    older = (Outgoing.slot == row.slot, Outgoing.id < row.id, Outgoing.state.not_in(("ready", "sending")))
    session.execute(delete(Outgoing).where(*older))
