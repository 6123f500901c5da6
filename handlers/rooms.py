"""Rooms exist when their moment comes, hold whom the format says, and keep a state card."""

import secrets
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from handlers.message import Place
from handlers.post import Post
from handlers.rules.local import local_day
from handlers.rules.stages import reached
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.programme import Programme
from store.role import Role, programme_roles_on, roles_on
from store.room import Room, RoomMember, members_of, programme_room, rooms_of


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
    room = Room(
        programme_id=post.programme.id,
        challenge_id=challenge and challenge.id,
        kind=kind,
        title=title,
        topic=topic,
        state="wanted",
        platform=home.platform,
        tenant=home.tenant,
        wanted_at=post.now,
    )
    session.add(room)
    session.flush()
    post.to_move("make_room", room, key=f"room:{kind}:{challenge.slug if challenge else ''}:{room.id}")
    return room


def bind(room: Room, address: str, now: datetime) -> None:
    """The room now stands at an address."""
    room.state, room.address, room.bound_at = "bound", address, now


def bind_where_said(session: Session, programme: Programme, place: Place, now: datetime) -> Room:
    """Make the room where something was said the programme's own."""
    room = Room(
        programme_id=programme.id,
        kind="programme",
        title="",
        topic="",
        state="wanted",
        platform=place.platform,
        tenant=place.tenant,
        wanted_at=now,
    )
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


def readers(format: Format, kind: str, roles: list[Role]) -> dict[int, Person]:
    """The people whose role is in the audience of a kind of room, by id."""
    audience = format.audience(kind)
    return {role.person_id: role.person for role in roles if role.role in audience}


def _keep_one(session: Session, room: Room, wanted: dict[int, Person], post: Post) -> None:
    there = {member.person_id: member for member in members_of(session, room.id)}
    for person_id, person in wanted.items():
        member = there.get(person_id)
        if member and member.state == "stuck":
            member.state = "inside"
        if member is None or member.state == "leaving":
            _move(session, post, room, person, "invite", member)
    for person_id, member in there.items():
        if person_id not in wanted and member.state in {"invited", "inside"}:
            _move(session, post, room, session.get_one(Person, person_id), "remove", member)


def stick(session: Session, room_id: int, person_id: int) -> RoomMember | None:
    """The chat cannot take somebody out of a room: a person must."""
    member = session.get(RoomMember, (room_id, person_id))
    if member is None or member.state != "leaving":
        return None
    member.state = "stuck"
    return member


def _move(
    session: Session, post: Post, room: Room, person: Person, op: str, member: RoomMember | None
) -> None:
    if member is None:
        member = RoomMember(room_id=room.id, person_id=person.id, state="")
        session.add(member)
    member.state = "invited" if op == "invite" else "leaving"
    post.to_move(op, room, key=f"{op}:{room.id}:{person.id}:{secrets.token_hex(8)}", person=person)
