"""Rooms that stand, are lost and come back, or cannot be made: what is said to them waits, and it is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers import keeping, membership, minding, rooms
from handlers.crowd import recognise_all
from handlers.membership import States
from handlers.message import Account
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.shapes import Shapes
from store.outbox import Outgoing
from store.programme import Programme
from store.room import Room, room_at, room_once_at


def room_made(session: Session, outgoing: int, post: Post, shapes: Shapes, now: datetime) -> None:
    """A room of ours stands: it is bound, and filled. Where a person was quicker, theirs stays.

    One that is another room already is not taken from it: a person is asked to make one.
    """
    row = session.get_one(Outgoing, outgoing)
    room = session.get_one(Room, row.room_id)
    other = room_once_at(session, str(room.platform), str(room.tenant), str(row.address))
    if other not in {None, room}:
        could_not_make(session, outgoing, post)
    elif room.state == "wanted":
        rooms.bind(room, str(row.address), now)
        session.flush()
        follow(session, room, post, shapes, now)


def follow(session: Session, room: Room, post: Post, shapes: Shapes, now: datetime) -> None:
    """Everything that follows when a room stands: who is in it, its card, what waited."""
    challenge = minding.challenge_of(session, room)
    if challenge is None:
        rooms.keep_programme_members(session, post.programme, post, local_day(now, post.programme.zone))
        return
    format = shapes.format(challenge.format)
    keeping.keep_in_step(session, challenge, format, post, now, local_day(now, challenge.zone))


def could_not_make(session: Session, outgoing: int, post: Post) -> None:
    """The chat lets the bot make no room: whoever may bind one is told how, once."""
    room = session.get_one(Room, session.get_one(Outgoing, outgoing).room_id)
    if room.state == "wanted":
        people = minding.binders(session, room, minding.day_in(post, room))
        minding.tell(post, room, people, "make_a_room", {"title": room.title}, key=rooms.to_bind_key(room))
        minding.look_again(session, room, post.now)


def room_gone(
    session: Session, post: Post, now: datetime, platform: str, tenant: str, address: str, why: str
) -> None:
    """A room is not there for the bot any more: it is lost, what is said to it waits, and people are told."""
    room = room_at(session, platform, tenant, address)
    if room is None:
        return
    room.state = "lost"
    people = minding.minders(session, room, minding.day_in(post, room))
    key = f"{rooms.lost_key(room)}{now.isoformat()}"
    minding.tell(post, room, people, "room_lost", {"title": room.title, "why": why}, key=key)
    minding.look_again(session, room, now)


def is_gone(session: Session, platform: str, tenant: str, address: str) -> bool:
    """Whether no room stands at an address any more, or none ever did."""
    return room_at(session, platform, tenant, address) is None


def room_back(
    session: Session, programme: Programme, post: Post, shapes: Shapes, now: datetime,
    trusted: frozenset[tuple[str, str]], platform: str, tenant: str, address: str,
    members: tuple[Account, ...] | None = None, known: States | None = None,
) -> None:  # fmt: skip
    """A lost room is there again: what waited is delivered, in the team's once it is known who is inside."""
    room = room_once_at(session, platform, tenant, address)
    if room is None or room.state != "lost":
        return
    rooms.bind(room, address, now)
    rooms.forget_asking(session, room)
    if members is not None:
        people = recognise_all(session, programme, members, now, trusted)
        membership.take_stock(session, room, people, post, now, known)
    else:
        room.unseen_since = now
    session.flush()
    follow(session, room, post, shapes, now)


def room_seen(
    session: Session, programme: Programme, post: Post, shapes: Shapes, now: datetime,
    trusted: frozenset[tuple[str, str]], platform: str, tenant: str, address: str,
    members: tuple[Account, ...], looked_at: datetime, known: States | None = None,
) -> None:  # fmt: skip
    """Somebody looked who is in a room: what the chat told nobody is followed now; a lost room is back.

    `looked_at`: by the machine's clock, before the chat was asked. Who may have come since is not seen yet.
    `known`: what was known of everybody then.
    """
    room_back(session, programme, post, shapes, now, trusted, platform, tenant, address, members, known)
    room = room_at(session, platform, tenant, address)
    if room:
        if rooms.is_unseen_at(room, looked_at):
            room.unseen_since = None
        people = recognise_all(session, programme, members, now, trusted)
        membership.take_stock(session, room, people, post, now, known)


def room_renamed(session: Session, platform: str, tenant: str, address: str, title: str) -> None:
    """A room has another title: it is the same room."""
    room = room_once_at(session, platform, tenant, address)
    if room:
        room.title = title
