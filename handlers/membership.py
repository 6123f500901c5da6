"""Who is in a room, as the chat tells it: people come and go by themselves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from handlers import minding, rooms, stuck
from handlers.crowd import known_persons, recognise_all
from handlers.message import Account
from handlers.people import recognise
from handlers.post import Post
from handlers.rooms import brought_in, put_right, readers_of
from store.outbox import Outgoing, unsent_moves, withdraw
from store.person import Person, known_account
from store.programme import Programme
from store.room import MAY_NOT_STAY, Room, RoomMember, members_of, room_at, room_once_at, stuck_in

States: TypeAlias = Mapping[int, str]
"""What is known of the people in a room, by their numbers: `RoomMember.state`."""

_THERE = frozenset({"inside", "leaving", *MAY_NOT_STAY})


def entered(
    session: Session, programme: Programme, post: Post, now: datetime, trusted: frozenset[tuple[str, str]],
    platform: str, tenant: str, address: str, account: Account,
) -> None:  # fmt: skip
    """Somebody came into a room. Without a part that may read it they are a stranger, and it is told."""
    room = room_at(session, platform, tenant, address)
    if room:
        person = recognise(session, programme, account, now, trusted)
        member = session.get(RoomMember, (room.id, person.id))
        _come_in(session, room, person, member, person.id in readers_of(session, room, post), now)
        session.flush()
        _tell_of_strangers(session, room, post, now)


def departed(
    session: Session, post: Post, now: datetime, platform: str, tenant: str, address: str, account: Account
) -> None:
    """Somebody left a room. A stranger's leaving puts it right; that of somebody with a part is told."""
    room = room_at(session, platform, tenant, address)
    known = known_account(session, account.platform, account.tenant, account.id)
    member = session.get(RoomMember, (room.id, known.person_id)) if room and known else None
    if room and member:
        _go_out(session, room, member, post, now)


def known_in(session: Session, platform: str, tenant: str, address: str) -> States:
    """What is known of everybody in a room, before the chat is asked who is inside."""
    room = room_once_at(session, platform, tenant, address)
    return states_in(session, room) if room else {}


def states_in(session: Session, room: Room) -> States:
    """What is known of everybody in a room."""
    return {member.person_id: member.state for member in members_of(session, room.id)}


def take_stock(
    session: Session, room: Room, people: Iterable[Person], post: Post, now: datetime,
    known: States | None = None,
) -> list[Person]:  # fmt: skip
    """Compare who is in a room with what was known of it; those who are in it and may not read it.

    `known`: what was known before the chat was asked. Of whoever came, went or was moved meanwhile, in
    whichever process that was heard, the look knows less than the store does.
    """
    there = {person.id: person for person in people}
    may_read = readers_of(session, room, post)
    old = _as_then(states_in(session, room), known, there)
    for member in members_of(session, room.id):
        if member.person_id in old - there.keys() and member.state in _THERE:
            _go_out(session, room, member, post, now)
    members = {member.person_id: member for member in members_of(session, room.id)}
    for person in [there[one] for one in there if one in old]:
        _come_in(session, room, person, members.get(person.id), person.id in may_read, now)
    session.flush()
    _tell_of_strangers(session, room, post, now)
    return [person for person in there.values() if person.id not in may_read]


def _as_then(states: States, known: States | None, there: Iterable[int]) -> set[int]:
    """Those of whom nothing else is known than when the chat was asked, or who were never known."""
    everybody = {*states, *there}
    return everybody if known is None else {one for one in everybody if states.get(one) == known.get(one)}


def looked(
    session: Session, programme: Programme, post: Post, now: datetime, trusted: frozenset[tuple[str, str]],
    outgoing: int, members: Iterable[Account], known: States | None = None,
) -> None:  # fmt: skip
    """The bot looked whether somebody is out of a room: whoever said so is told where they are not."""
    row = session.get_one(Outgoing, outgoing)
    room = session.get_one(Room, row.room_id)
    people = recognise_all(session, programme, members, now, trusted)
    may_not_stay = take_stock(session, room, people, post, now, known)
    if row.facts["about"] in {person.id for person in may_not_stay}:
        stuck.still_inside(session, row, post)


def spoke(session: Session, room: Room, person: Person, now: datetime) -> None:
    """Somebody said something in a room, so they are in it: nobody has to bring them in any more."""
    member = session.get(RoomMember, (room.id, person.id))
    if member and member.state in {"invited", "to_bring_in"}:
        _come_in(session, room, person, member, may_read=True, now=now)


def is_as_known(
    session: Session, platform: str, tenant: str, address: str, members: Iterable[Account],
    looked_at: datetime,
) -> bool:  # fmt: skip
    """Whether nobody else is in a room than was known.

    Never of a room that was lost and is there again, or into which somebody may have come.
    """
    room = room_once_at(session, platform, tenant, address)
    if room is None or room.state != "bound" or rooms.is_unseen_at(room, looked_at):
        return room is None
    known = {one.person_id for one in members_of(session, room.id) if one.state in _THERE}
    return known == set(known_persons(session, members))


def _come_in(
    session: Session,
    room: Room,
    person: Person,
    member: RoomMember | None,
    may_read: bool,  # noqa: FBT001
    now: datetime,
) -> None:
    """Whoever is being taken out stays on the way out; whoever is in already is not new."""
    if member is None:
        state = "inside" if may_read else "stranger"
        session.add(RoomMember(room_id=room.id, person_id=person.id, state=state, since=now))
    elif may_read and member.state != "leaving":
        put_right(session, member)
        if member.state == "to_bring_in":
            brought_in(session, member)
            minding.look_again(session, room, now)
        if member.state == "invited":
            _invite_no_more(session, member)
        member.state = "inside"
    elif member.state == "left":
        member.state, member.since = "stranger", now


def _invite_no_more(session: Session, member: RoomMember) -> None:
    for row in unsent_moves(session, member.room_id):
        if row.op == "invite" and row.person_id == member.person_id:
            withdraw(row)


def _go_out(session: Session, room: Room, member: RoomMember, post: Post, now: datetime) -> None:
    if member.state in {"leaving", *MAY_NOT_STAY}:
        put_right(session, member)
        session.delete(member)
        session.flush()
        minding.look_again(session, room, now)
    elif member.state == "inside":
        member.state, member.since = "left", now
        _tell_left(session, room, member, post, now)


def _tell_left(session: Session, room: Room, member: RoomMember, post: Post, now: datetime) -> None:
    """Whoever minds the room learns that somebody left it who has a part: nobody is fetched back."""
    person = session.get_one(Person, member.person_id)
    people = [one for one in minding.minders(session, room, minding.day_in(post, room)) if one is not person]
    key = f"left_room:{room.id}:{person.id}:{now.isoformat()}"
    minding.tell(post, room, people, "left_room", {"name": person.name}, key=key)
    minding.look_again(session, room, now)


def _tell_of_strangers(session: Session, room: Room, post: Post, now: datetime) -> None:
    if stuck_in(session, room.id):
        stuck.tell_minders(session, room, post)
        minding.look_again(session, room, now)
