"""Pauses: a place, or one kind of call to a chat, is left in peace until a moment of the machine's clock.

They are kept here so that every process keeps them, and a restart forgets none.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.outbox import Outgoing
from store.query import Query, given


class Pause(Base):
    """`of`: a room or a person, or a call (`op`) to a whole chat. `refused`: the chat asked for it."""

    __tablename__ = "pause"

    of: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    until: Mapped[datetime]
    refused: Mapped[bool]


CALL = "call:"
"""How the name of a kind of call begins; the chat and the call follow."""
_ROOM, _PERSON = "room:", "person:"


def of_place(row: Outgoing) -> str:
    """The name of the place that a message goes to, for its pause."""
    return f"{_ROOM}{row.room_id}" if row.room_id is not None else f"{_PERSON}{row.person_id}"


def of_call(platform: str, op: str) -> str:
    """The name of one kind of call to a chat, for its pause."""
    return f"{CALL}{platform}:{op}"


def at_the_place() -> ColumnElement[bool]:
    """Where a row of the outbox is a message to a place that has a pause: for an outer join."""
    place = case(
        (Outgoing.room_id.is_(None), literal(_PERSON) + cast(Outgoing.person_id, String)),
        else_=literal(_ROOM) + cast(Outgoing.room_id, String),
    )
    return and_(Outgoing.op == "post", Pause.of == place)


def is_over(wall: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Where there is no pause, or none any more."""
    return or_(Pause.until.is_(None), Pause.until <= wall)


_REFUSED = Query(
    select(Pause).where(Pause.of.startswith(CALL), Pause.until > given("wall")).order_by(Pause.of)
)


def leave(session: Session, of: str, platform: str, until: datetime, *, refused: bool = False) -> None:
    """Leave a place or a kind of call in peace until then; a longer pause is not made shorter."""
    pause = session.get(Pause, of)
    if pause is None:
        session.add(Pause(of=of, platform=platform, until=until, refused=refused))
    elif pause.until < until:
        pause.platform, pause.until, pause.refused = platform, until, refused


def refused_of(session: Session, calls: Collection[str], wall: datetime) -> Pause | None:
    """The pause, of those that these kinds of call have now, that ends last."""
    found = [row for row in _REFUSED.all(session, wall=wall) if row.of in calls]
    return max(found, key=lambda row: row.until, default=None)


def is_refused_elsewhere(session: Session, platform: str, place: str, wall: datetime) -> bool:
    """Whether a chat refused more of another place too, and the time it asked for is not over."""
    others = (Pause.platform == platform, Pause.of != place, Pause.of.not_like(f"{CALL}%"))
    found = select(func.count()).where(*others, Pause.refused.is_(True), Pause.until > wall)
    return bool(session.scalar(found))


def refused_calls(session: Session, wall: datetime) -> tuple[str, ...]:
    """The names of the kinds of call that have a pause now."""
    return tuple(row.of for row in _REFUSED.all(session, wall=wall))


def first_call_again(session: Session, after: datetime) -> datetime | None:
    """When the first pause later than `after` ends of a kind of call."""
    return session.scalar(select(func.min(Pause.until)).where(Pause.of.startswith(CALL), Pause.until > after))


def first_over(session: Session, now: datetime, after: datetime) -> datetime | None:
    """When the first pause later than `after` ends of a place that is owed something at the moment `now`."""
    return session.scalar(
        select(func.min(Pause.until))
        .join(Outgoing, at_the_place())
        .where(Outgoing.state.in_(("ready", "uncertain")), Outgoing.not_before <= now, Pause.until > after)
    )
