"""Who can be reached: whoever has an account in a chat, and what to do about the others and about rooms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers import look_ups
from handlers.holding import Holding, holding
from handlers.message import Reply
from handlers.post import Post
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import invitations
from store.outbox import Outgoing, is_being_made
from store.person import Person, accounts_among
from store.room import Room, RoomMember, members_of, rooms_of, stuck_in

_ASKED = frozenset({"asked", "available", "possibly"})


def chats_of(session: Session, people: Iterable[Person]) -> dict[int, list[str]]:
    """The chats in which each of these people can be written to, by id; nobody who cannot is in it."""
    return _chats(session, people, "reached")


def _chats(session: Session, people: Iterable[Person], state: str) -> dict[int, list[str]]:
    """The chats in which each of these people has an account in a state, by id."""
    found: dict[int, list[str]] = {}
    for row in accounts_among(session, people):
        if row.state == state:
            found.setdefault(row.person_id, []).append(row.platform)
    return found


def not_found(session: Session, people: Iterable[Person]) -> set[int]:
    """The ids of those, among people who cannot be written to, of whom that is known by now.

    They were looked for and not found, or a chat lets the bot write to them no more, or not yet.
    """
    among = list(people)
    ids = {person.id for person in among}
    in_vain = or_(
        Outgoing.state == "by_hand",
        Outgoing.passed_on_by.is_not(None),
        Outgoing.looked_up_in.is_not(None),
    )
    wanted = select(Outgoing.person_id).where(Outgoing.person_id.in_(ids), in_vain).distinct()
    found = {one for one in session.scalars(wanted) if one is not None}
    return found | _chats(session, among, "not_added").keys()


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of how to reach people, each by their id."""

    chats: dict[int, list[str]]
    not_added: dict[int, list[str]]
    over: dict[int, list[str]]
    being_looked_up: set[int]
    not_found: set[int]
    left: dict[int, list[str]]
    to_bring_in: dict[int, list[str]]

    def how(self, person: Person) -> str:
        """The one word that says whether somebody can be reached, or why not."""
        if person.id in self.chats:
            return "reached"
        if person.id in self.not_added:
            return "not_added"
        if person.id in self.over:
            return "over"
        if person.email is None:
            return "no_email"
        if person.id in self.not_found and person.id not in self.being_looked_up:
            return "not_found"
        return "not_yet"


def reach(session: Session, challenge: Challenge, format: Format, post: Post, today: date) -> Reply:
    """Each person of a challenge: reachable or not yet, and what to do; and the rooms that need a person."""
    held = holding(session, challenge, today)
    asked = [one.person for one in invitations(session, challenge.id) if one.state in _ASKED]
    people = list(dict.fromkeys([*held.everybody(), *asked]))
    known = _known(session, challenge, people, post)
    rows = [_row(person, held, format, known) for person in people]
    facts = {
        "challenge": challenge.name,
        "people": rows,
        "unreached": sum(row["how"] != "reached" for row in rows),
        "ready": challenge.ready_at is not None,
        "rooms": [
            {**one, "names": _names(session, one["id"])} for one in rooms_in_trouble(session, challenge)
        ],
    }
    return Reply("reach", facts, hidden={"challenge": challenge.id})


def _known(session: Session, challenge: Challenge, people: list[Person], post: Post) -> _Known:
    chats = chats_of(session, people)
    unreached = [person for person in people if person.id not in chats]
    return _Known(
        chats=chats,
        not_added=_chats(session, unreached, "not_added"),
        over=_chats(session, unreached, "over"),
        being_looked_up=look_ups.again(session, unreached, challenge, post),
        not_found=not_found(session, unreached),
        left=_rooms_where(session, challenge, "left"),
        to_bring_in=_rooms_where(session, challenge, "to_bring_in"),
    )


def _rooms_where(session: Session, challenge: Challenge, state: str) -> dict[int, list[str]]:
    """The kinds of room in which people are in a state: they left it, or are to be brought in."""
    found: dict[int, list[str]] = {}
    for room in rooms_of(session, challenge.id):
        for member in members_of(session, room.id):
            if member.state == state and room.state == "bound":
                found.setdefault(member.person_id, []).append(room.kind)
    return found


def _row(person: Person, held: Holding, format: Format, known: _Known) -> dict[str, Any]:
    roles = held.roles_of(person.id)
    return {
        "name": person.name,
        "council": person.council.name if person.council else "",
        "roles": [shape.label for role, shape in format.roles.items() if role in roles],
        "chats": sorted(set(known.chats.get(person.id, ()))),
        "not_added": sorted(set(known.not_added.get(person.id, ()))),
        "over": sorted(set(known.over.get(person.id, ()))),
        "how": known.how(person),
        "email": person.email or "",
        "left": known.left.get(person.id, []),
        "to_bring_in": known.to_bring_in.get(person.id, []),
    }


# Rooms


def rooms_in_trouble(session: Session, challenge: Challenge) -> list[dict[str, Any]]:
    """The rooms that wait for a person: to be bound, to be found again, or for somebody to leave."""
    troubles = ((room, _trouble(session, room)) for room in rooms_of(session, challenge.id))
    return [
        {"id": room.id, "kind": room.kind, "chat": room.platform, "trouble": what}
        for room, what in troubles
        if what
    ]


def _trouble(session: Session, room: Room) -> str:
    if room.state == "lost":
        return "lost"
    if room.state == "wanted":
        return "" if is_being_made(session, room.id) else "to_bind"
    return "strangers" if stuck_in(session, room.id) else ""


def _names(session: Session, room_id: int) -> list[str]:
    """Who is in a room and may not read it."""
    return [_name(session, member) for member in stuck_in(session, room_id)]


def _name(session: Session, member: RoomMember) -> str:
    return session.get_one(Person, member.person_id).name
