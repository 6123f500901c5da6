"""Whose turn it is: the oldest row of the outbox that is owed to each place, and can be tried now."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from store import pause
from store.kind import may_be_made
from store.outbox import OWED, Outgoing
from store.pause import Pause
from store.query import Query, given, given_many
from store.room import OVERHEARD, Room

_APART = case((Outgoing.room_id.is_(None), Outgoing.person_id))
_ASIDE = Outgoing.op.in_(("home", "look"))
"""What waits for nothing that is to be said or done before it."""
_MAY_BE_SAID = or_(
    Outgoing.room_id.is_(None),
    Outgoing.op != "post",
    Outgoing.state == "sending",
    Outgoing.room_id.not_in(OVERHEARD),
)
_IS_OWED = and_(Outgoing.state.in_(OWED), Outgoing.not_before <= given("now"))
_OLDEST = (
    select(func.min(Outgoing.id))
    .where(_IS_OWED, _MAY_BE_SAID, Outgoing.id <= given("last"))
    .group_by(Outgoing.room_id, _APART, _ASIDE)
)
_FIRST = 200
"""Among so many of the oldest rows are those of enough places, on nearly every day."""
_LAST_OF_THE_FIRST = Query(
    select(Outgoing.id)
    .where(_IS_OWED)
    .order_by(Outgoing.id + 0)  # not in the order of the table: what was sent long ago comes first there
    .offset(given("before"))
    .limit(1)
)
_NO_END = 2**31 - 1
_THERE = and_(
    Room.platform.in_(given_many("platforms")), or_(Room.state == "bound", Outgoing.op == "make_room")
)
_NEXT = (
    select(Outgoing)
    .outerjoin(Room, Room.id == Outgoing.room_id)
    .outerjoin(Pause, pause.at_the_place())
    .where(
        Outgoing.id.in_(_OLDEST),
        or_(Outgoing.retry_at.is_(None), Outgoing.retry_at <= given("wall")),
        or_(Outgoing.state != "sending", Outgoing.lease_until < given("wall")),
        or_(Outgoing.room_id.is_(None), _THERE),
        pause.is_over(given("wall")),
    )
    .order_by(Outgoing.op == "home", Outgoing.id)
    .limit(given("limit"))
    .with_for_update(skip_locked=True, of=Outgoing)
)
_NEXT_OF_EACH = Query(_NEXT)
_NEXT_BUT = Query(
    _NEXT.where(
        may_be_made(given_many("platforms"), given_many("full"), given_many("refused"), given("asked") == 1)
    )
)


def next_of_each(
    session: Session,
    now: datetime,
    wall: datetime,
    platforms: frozenset[str],
    full: frozenset[str],
    limit: int,
) -> list[Outgoing]:
    """The oldest row owed to each room, person and home that can be tried now: oldest first, homes last.

    What waits for its retry, for the end of a pause, for a room that is not bound, or is in hand, holds up
    its own place only; what is to be posted where somebody would overhear it holds up no moves, who comes in
    and who is taken out. What a chat takes of nobody just now is left out before it is counted, and
    all that is for a chat whose places are `full`.
    """
    asked = {"now": now, "wall": wall, "platforms": tuple(sorted(platforms)), "limit": limit}
    refused = pause.refused_calls(session, wall)
    if refused or full:
        some = any(pause.of_call(name, "look_up") not in refused for name in platforms)
        asked |= {"refused": refused, "full": tuple(sorted(full)), "asked": int(some)}
        return _NEXT_BUT.all(session, **asked, last=_NO_END)
    return _among_the_first(session, asked) or _NEXT_OF_EACH.all(session, **asked, last=_NO_END)


def _among_the_first(session: Session, asked: dict[str, Any]) -> list[Outgoing]:
    """The same from the oldest rows alone, where they are enough: to look at thousands takes far longer."""
    last = _LAST_OF_THE_FIRST.first(session, now=asked["now"], before=_FIRST - 1)
    rows = _NEXT_OF_EACH.all(session, **asked, last=last) if last is not None else []
    return rows if len(rows) == asked["limit"] and rows[-1].op != "home" else []


def next_retry(session: Session, now: datetime, after: datetime) -> datetime | None:
    """When (on the machine's clock) the first call put off until later than `after` may be tried again."""
    put_off = session.scalar(
        select(func.min(Outgoing.retry_at)).where(
            Outgoing.state.in_(OWED), Outgoing.retry_at > after, Outgoing.not_before <= now
        )
    )
    moments = (put_off, pause.first_over(session, now, after), pause.first_call_again(session, after))
    return min((moment for moment in moments if moment), default=None)
