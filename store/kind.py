"""What kind of call a row of the outbox will become, and in which chat, as far as the store can tell.

Only what makes the call knows for certain; this leaves out early what could not be made just now.
"""

from typing import TypeAlias

from sqlalchemy import BindParameter, ColumnElement, and_, case, literal, or_, select

from store.home import OpenHome
from store.outbox import Outgoing
from store.pause import CALL
from store.person import PersonAccount
from store.room import Room
from store.slot import Posted

_Names: TypeAlias = BindParameter[tuple[str, ...]]

_TO_SOMEBODY = Outgoing.room_id.is_(None)


def may_be_made(
    platforms: _Names, full: _Names, refused: _Names, asked: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Where a row's chat is not `full`, and its call and the way to its reader no `refused` one (a pause).

    The room of a row is to be joined. Where nobody is reached yet, the call may be made if there is a chat to
    be `asked` who they are.
    """
    chat = _chat(platforms)
    call, way = (literal(CALL) + chat + ":" + op for op in (_OP, literal("direct")))
    goes = and_(chat.not_in(full), call.not_in(refused), or_(~_TO_SOMEBODY, way.not_in(refused)))
    return or_(and_(chat.is_(None), asked), goes)


def _chat(platforms: _Names) -> ColumnElement[str]:
    """The chat of a row's room, or where its reader was seen last: None where there is none."""
    seen = (
        select(PersonAccount.platform)
        .where(
            PersonAccount.person_id == Outgoing.person_id,
            PersonAccount.platform.in_(platforms),
            PersonAccount.active.is_(True),
            PersonAccount.reachable.is_(True),
        )
        .order_by(PersonAccount.seen_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    opened = select(OpenHome.platform).where(OpenHome.person_id == Outgoing.person_id).scalar_subquery()
    return case((Outgoing.op == "home", opened), (_TO_SOMEBODY, seen), else_=Room.platform)


_IN_DOUBT = Outgoing.state.in_(("uncertain", "sending"))
_STANDS = select(Posted.slot).where(Posted.slot == Outgoing.slot).exists()
_OP = case(
    (and_(_IN_DOUBT, Outgoing.op == "post"), "find"),
    (and_(_IN_DOUBT, Outgoing.op == "make_room"), "find_room"),
    (and_(Outgoing.op == "post", _STANDS), "edit"),
    else_=Outgoing.op,
)
