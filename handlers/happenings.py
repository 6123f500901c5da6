"""What a chat tells of the world, by kind, and what follows from it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import keeping, rooms, state_card, stuck
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.shapes import Shapes
from store.challenge import Challenge
from store.outbox import Outgoing, outgoing_keyed
from store.room import Room, RoomMember, programme_room


def settled(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    """A call of ours took effect, or never will: a room was made, somebody came in, a card stands."""
    if row.state == "sent":
        then = _THEN.get(row.op)
    else:
        then = _INSTEAD.get(row.op, _told) if row.state in _LOST else None
    if then:
        then(session, row, post, shapes, now)


def _room_made(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    room = session.get_one(Room, row.room_id)
    rooms.bind(room, str(row.address), now)
    session.flush()
    if room.challenge_id is None:
        rooms.keep_programme_members(session, post.programme, post, local_day(now, post.programme.zone))
        return
    challenge = session.get_one(Challenge, room.challenge_id)
    format = shapes.format(challenge.format)
    keeping.keep_up(session, challenge, format, post, now, local_day(now, challenge.zone))


def _came_in(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    member = session.get(RoomMember, (row.room_id, row.person_id))
    if member and member.state == "invited":
        member.state = "inside"


def _left(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    member = session.get(RoomMember, (row.room_id, row.person_id))
    if member and member.state == "leaving":
        session.delete(member)


def _posted(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    """A state card is pinned when it first stands."""
    if row.slot is None or row.room is None or not row.slot.startswith(state_card.SLOT):
        return
    if outgoing_keyed(session, f"pin:{row.slot}") is None:
        pin = post.to_move("pin", row.room, key=f"pin:{row.slot}")
        if pin:
            pin.slot = row.slot


def _told(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    """The programme hears of what could not be done: the step, never its content."""
    room = programme_room(session, row.programme_id)
    quietly = row.state == "skipped" and row.late != "tell"
    if room is None or quietly or row.key.startswith(_ALERT):
        return
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    facts = {
        "op": row.op,
        "challenge": challenge.name if challenge else "",
        "who": row.person.name if row.person else "",
        "room": row.room.kind if row.room else "",
        "skipped": row.state == "skipped",
    }
    post.to_room(room, "not_done", facts, key=f"{_ALERT}{row.id}")


def _stayed(session: Session, row: Outgoing, post: Post, shapes: Shapes, now: datetime) -> None:
    if row.room and row.person_id:
        stuck.could_not_remove(session, row.room, row.person_id, post, now)


_ALERT = "alert:"
_LOST = {"dead", "skipped"}

_THEN: dict[str, Callable[[Session, Outgoing, Post, Shapes, datetime], None]] = {
    "make_room": _room_made,
    "invite": _came_in,
    "remove": _left,
    "post": _posted,
}


_INSTEAD: dict[str, Callable[[Session, Outgoing, Post, Shapes, datetime], None]] = {
    "remove": _stayed,
}
"""What follows from a call that can never take effect."""


HAPPENINGS: dict[str, Callable[..., None]] = {}
"""What chats tell of the world, by kind: each is called with what its parameters name."""
