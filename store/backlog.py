"""How much the outbox owes, and since when: counted for whoever keeps the bot running."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from store.outbox import OWED, Outgoing
from store.person import PersonAccount
from store.query import given
from store.room import OVERHEARD, Room

COUNTED = (*OWED, "held", "by_hand", "unsure", "dead")
"""The states in which a row is not settled, or never can be: few, and found by an index."""
_DEAD_FOR: Final = timedelta(days=30)
"""For how long after its moment a row that can never arrive is counted: dead ones never leave."""


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """So many rows of one state, for one chat (None: nobody knows which). `since`: what has waited longest
    of those that nothing but the postman keeps from going.
    """

    platform: str | None
    state: str
    number: int
    since: datetime | None


_LAST_USED = (
    select(PersonAccount.platform)
    .where(PersonAccount.person_id == Outgoing.person_id, PersonAccount.active.is_(True))
    .order_by(PersonAccount.seen_at.desc())
    .limit(1)
    .correlate(Outgoing)
    .scalar_subquery()
)
_PLATFORM = case((Outgoing.room_id.is_(None), _LAST_USED), else_=Room.platform)
_CAN_GO = and_(
    Outgoing.state.in_(OWED),
    Outgoing.not_before <= given("now"),
    or_(Outgoing.room_id.is_(None), Room.state == "bound", Outgoing.op == "make_room"),
    or_(Outgoing.room_id.is_(None), Outgoing.op != "post", Outgoing.room_id.not_in(OVERHEARD)),
)
_ROWS = (
    select(
        _PLATFORM.label("platform"),
        Outgoing.state.label("state"),
        case((_CAN_GO, Outgoing.not_before)).label("since"),
    )
    .outerjoin(Room, Room.id == Outgoing.room_id)
    .where(
        Outgoing.state.in_(COUNTED), or_(Outgoing.state != "dead", Outgoing.not_before > given("dead_since"))
    )
    .subquery()
)
_BACKLOG = (
    select(_ROWS.c.platform, _ROWS.c.state, func.count(), func.min(_ROWS.c.since))
    .group_by(_ROWS.c.platform, _ROWS.c.state)
    .order_by(_ROWS.c.platform, _ROWS.c.state)
)


def backlog(session: Session, now: datetime) -> list[Backlog]:
    """What every chat is owed at this moment, by state."""
    moments = {"now": now, "dead_since": now - _DEAD_FOR}
    return [
        Backlog(platform=platform, state=state, number=number, since=since)
        for platform, state, number, since in session.execute(_BACKLOG, moments)
    ]
