"""Rooms exist when their moment comes, hold whom the format says, and keep a state card."""

import secrets
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from handlers import strangers
from handlers.message import Place
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.rules.stages import reached
from handlers.shapes import Format
from store.challenge import Challenge
from store.outbox import unsent_keyed, withdraw
from store.person import Person
from store.programme import Programme
from store.role import Role, programme_roles_on, roles_on
from store.room import MAY_NOT_STAY, Room, RoomMember, absent_from, members_of, programme_room, rooms_of


class Home(Protocol):
    """The chat and tenant in which rooms are made: a place, or the programme's own room."""

    @property
    def platform(self) -> str | None: ...

    @property
    def tenant(self) -> str | None: ...


def want_rooms(session: Session, challenge: Challenge, format: Format, post: Post, now: datetime) -> None:
    """Ask for each room whose moment has come. None before *Ready to contact*: its name shows the council."""
    come = reached(
        ready=challenge.ready_at is not None,
        proposal_agreed=challenge.proposal_agreed_at is not None,
        peer_confirmed=_peer_confirmed(session, challenge, now),
    )
    there = {room.kind for room in rooms_of(session, challenge.id)}
    home = programme_room(session, challenge.programme_id)
    for kind, shape in format.rooms.items():
        if home and kind not in there and set(shape.made_when) <= come:
            title = shape.title.format(challenge=challenge.name)
            topic = shape.topic.format(challenge=challenge.name)
            want_room(session, post, challenge, kind, title, topic, home)


def want_room(
    session: Session, post: Post, challenge: Challenge | None, kind: str, title: str, topic: str, home: Home
) -> Room:
    """Want one room in a chat; the postman makes it, or a person binds one where the chat cannot."""
    room = new_room(post.programme, challenge, kind, title, topic, home, post.now)
    session.add(room)
    session.flush()
    post.to_move("make_room", room, key=f"room:{kind}:{challenge.slug if challenge else ''}:{room.id}")
    return room


def new_room(
    programme: Programme, challenge: Challenge | None, kind: str, title: str, topic: str, home: Home,
    now: datetime,
) -> Room:  # fmt: skip
    """A room that is wanted in a chat and stands nowhere yet."""
    return Room(
        programme_id=programme.id, challenge_id=challenge and challenge.id, kind=kind, title=title,
        topic=topic, state="wanted", platform=home.platform, tenant=home.tenant, wanted_at=now,
    )  # fmt: skip


def bind(room: Room, address: str, now: datetime) -> None:
    """The room now stands at an address."""
    room.state, room.address, room.bound_at = "bound", address, now


def is_unseen_at(room: Room, moment: datetime) -> bool:
    """Whether somebody may have come in before a moment whom nobody saw."""
    return room.unseen_since is not None and room.unseen_since <= moment


def bind_where_said(session: Session, programme: Programme, place: Place, now: datetime) -> Room:
    """Make the room where something was said the programme's own."""
    room = new_room(programme, None, "programme", "", "", place, now)
    bind(room, place.address, now)
    session.add(room)
    session.flush()
    return room


def _peer_confirmed(session: Session, challenge: Challenge, now: datetime) -> bool:
    today = local_day(now, challenge.zone)
    roles = roles_on(session, challenge.id, challenge.programme_id, today)
    return any(role.role in {"peer", "lead_peer", "lead_member_peer"} for role in roles)


def keep_members(session: Session, challenge: Challenge, format: Format, post: Post, today: date) -> None:
    """Bring in who may read a room, and take out who may not any more."""
    roles = roles_on(session, challenge.id, challenge.programme_id, today)
    for room in rooms_of(session, challenge.id):
        if room.state == "bound":
            _keep_one(session, room, readers(format, room.kind, roles), post)


def keep_programme_members(session: Session, programme: Programme, post: Post, today: date) -> None:
    """The programme's room holds those with a programme-wide role that may read it."""
    room = programme_room(session, programme.id)
    if room and room.state == "bound":
        roles = programme_roles_on(session, programme.id, today)
        _keep_one(session, room, readers(post.shapes.default, "programme", roles), post)


def readers_of(session: Session, room: Room, post: Post) -> dict[int, Person]:
    """The people who may read a room now, by id."""
    if room.challenge_id is None:
        day = local_day(post.now, post.programme.zone)
        return readers(post.shapes.default, room.kind, programme_roles_on(session, room.programme_id, day))
    challenge = session.get_one(Challenge, room.challenge_id)
    today = local_day(post.now, challenge.zone)
    roles = roles_on(session, challenge.id, challenge.programme_id, today)
    return readers(post.shapes.format(challenge.format), room.kind, roles)


def readers(format: Format, kind: str, roles: list[Role]) -> dict[int, Person]:
    """The people whose role is in the audience of a kind of room, by id."""
    audience = format.audience(kind)
    return {role.person_id: role.person for role in roles if role.role in audience}


def _keep_one(session: Session, room: Room, wanted: dict[int, Person], post: Post) -> None:
    there = {member.person_id: member for member in members_of(session, room.id)}
    for person_id, person in wanted.items():
        member = there.get(person_id)
        if member and member.state in MAY_NOT_STAY:
            put_right(session, member)
            member.state = "inside"
        if member is None or member.state == "leaving":
            _move(session, post, room, person, "invite", member)
    for person_id, member in there.items():
        if person_id not in wanted and member.state in {"invited", "inside"}:
            _move(session, post, room, session.get_one(Person, person_id), "remove", member)
        elif person_id not in wanted and member.state in {"left", "to_bring_in"}:
            brought_in(session, member)
            session.delete(member)


def put_right(session: Session, member: RoomMember) -> None:
    """Nobody has to be asked any more to take somebody out of a room."""
    for row in unsent_keyed(session, asked_key(member)):
        withdraw(row)
    if member.state == "stranger":
        strangers.no_more(session, member)


def asked_key(member: RoomMember) -> str:
    """What the keys begin with of messages that ask a person to take somebody out."""
    return f"still_in_room:{member.room_id}:{member.person_id}:"


def forget_asking(session: Session, room: Room) -> None:
    """Nobody has to be asked any more to find a room a place."""
    for key in (to_bind_key(room), lost_key(room), to_bring_in_key(room)):
        for row in unsent_keyed(session, key):
            withdraw(row)


def brought_in(session: Session, member: RoomMember) -> None:
    """Somebody has not to be brought in by hand any more; once nobody has, nobody is asked to."""
    others = [one for one in absent_from(session, member.room_id) if one is not member]
    key = to_bring_in_key(session.get_one(Room, member.room_id))
    for row in () if others else unsent_keyed(session, key):
        withdraw(row)


def to_bring_in_key(room: Room) -> str:
    """What the keys begin with of messages that ask a person to bring people in where a room stands."""
    return f"bring_in:{room.id}:{room.address}:"


def to_bind_key(room: Room) -> str:
    """What the keys begin with of messages that ask a person to bind a room."""
    return f"make_a_room:{room.id}:"


def lost_key(room: Room) -> str:
    """What the keys begin with of messages that tell of a lost room."""
    return f"room_lost:{room.id}:"


def stick(session: Session, room_id: int, person_id: int, now: datetime) -> RoomMember | None:
    """The chat cannot take somebody out of a room: a person must."""
    member = session.get(RoomMember, (room_id, person_id))
    if member is None or member.state != "leaving":
        return None
    member.state, member.since = "stuck", now
    return member


def _move(
    session: Session, post: Post, room: Room, person: Person, op: str, member: RoomMember | None
) -> None:
    if member is None:
        member = RoomMember(room_id=room.id, person_id=person.id, state="")
        session.add(member)
    member.state = "invited" if op == "invite" else "leaving"
    post.to_move(op, room, key=f"{op}:{room.id}:{person.id}:{secrets.token_hex(8)}", person=person)
