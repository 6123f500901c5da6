"""Those who are in a room and may not read it. Until they are out, nothing is posted to a team room."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers import minding, strangers
from handlers.agenda import Due
from handlers.command import COORDINATION
from handlers.message import Refused, Reply, Said
from handlers.part import Part, Thing, thing
from handlers.people import the_one
from handlers.post import Post
from handlers.rooms import asked_key, stick
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.rules.people import match
from handlers.shapes import Format
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.room import Room, RoomMember, rooms_of, stuck_in, stuck_members

_ASK_AGAIN = time(9, 0)


class NobodyStuck(Refused):
    """Nobody of that name has to be taken out of a room by hand."""


def could_not_remove(session: Session, room: Room, person_id: int, post: Post, now: datetime) -> None:
    """Mark somebody who stays in a room against our wish, and tell whoever can take them out."""
    if stick(session, room.id, person_id, now) and room.challenge_id is not None:
        tell_minders(session, room, post)


def tell_managers(session: Session, challenge: Challenge, post: Post) -> None:
    """Ask once more for whoever is still in the challenge's rooms; at most once a day.

    Outside on-site days they are asked when they may be nudged, once for all the days that passed.
    """
    for room in rooms_of(session, challenge.id):
        tell_minders(session, room, post)


def tell_minders(session: Session, room: Room, post: Post) -> None:
    """Ask whoever minds a room to see to those who are in it and may not read it."""
    strangers.tell(session, room, post)
    for member in stuck_in(session, room.id):
        if member.state == "stuck":
            _tell(session, room, member, post)


def _is_pressing(room: Room, member: RoomMember) -> bool:
    return room.kind == "team" or member.state == "stuck"


def _tell(session: Session, room: Room, member: RoomMember, post: Post) -> None:
    people = minding.minders(session, room, minding.day_in(post, room))
    person = session.get_one(Person, member.person_id)
    minding.tell(
        post, room, people, "stuck_in_room", {"name": person.name},
        key=f"{asked_key(member)}{member.since.isoformat() if member.since else ''}",
        hidden={"chosen": {person.name.casefold(): person.id}},
    )  # fmt: skip


def removed(
    session: Session, challenge: Challenge, said: Said, speaker: Person, post: Post, text: str
) -> Reply:
    """Somebody says that a person is out of a room: the bot looks, and until it saw so nothing is posted."""
    stuck = stuck_members(session, challenge.id)
    people = list(dict.fromkeys(session.get_one(Person, member.person_id) for member in stuck))
    found = match(text, people) if text else people
    if not found:
        raise NobodyStuck(name=text)
    person = the_one(found, text or "them", said, challenge_id=challenge.id)
    places = [session.get_one(Room, member.room_id) for member in stuck if member.person_id == person.id]
    for room in places:
        facts = {"about": person.id, "asked_by": speaker.id}
        post.to_look_into(room, facts, key=f"look:{room.id}:{said.id}")
    return Reply("removed_noted", {"name": person.name, "rooms": [room.kind for room in places]})


def still_inside(session: Session, look: Outgoing, post: Post) -> None:
    """The bot looked, and somebody is in a room still: whoever said otherwise is told."""
    _tell_asker(session, look, post, "still_inside")


def not_seen(session: Session, outgoing: int, post: Post) -> None:
    """The chat does not tell who is in a room: whoever asked for the look is told what to do."""
    _tell_asker(session, session.get_one(Outgoing, outgoing), post, "room_not_seen")


def _tell_asker(session: Session, look: Outgoing, post: Post, template: str) -> None:
    asker, person = (session.get_one(Person, look.facts[one]) for one in ("asked_by", "about"))
    room, member = session.get_one(Room, look.room_id), session.get(RoomMember, (look.room_id, person.id))
    if member:
        post.to_person(
            asker, template, {"name": person.name, **minding.about(post, room, asker)},
            key=f"{asked_key(member)}{look.key}", challenge=minding.challenge_of(session, room),
            hidden={"chosen": {person.name.casefold(): person.id}},
        )  # fmt: skip


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """As long as anybody has to be taken out, it is said again each morning."""
    stuck = stuck_members(session, challenge.id)
    if any(_is_pressing(session.get_one(Room, member.room_id), member) for member in stuck):
        today = local_day(challenge.agenda_done_at, challenge.zone)
        mornings = (at(day, _ASK_AGAIN, challenge.zone) for day in (today, today + timedelta(days=1)))
        yield Due(at=next(one for one in mornings if one > challenge.agenda_done_at), run=tell_managers)


def waits(part: Part) -> Iterator[Thing]:
    """For whoever coordinates: those to be taken out of a room by hand."""
    for member in stuck_members(part.session, part.challenge.id) if part.roles & COORDINATION else ():
        person, room = (
            part.session.get_one(Person, member.person_id),
            part.session.get_one(Room, member.room_id),
        )
        chosen = {person.name.casefold(): person.id}
        removed = part.button("removed", f"removed {person.name}", name=person.name, chosen=chosen)
        yield thing("stuck", removed, name=person.name, room=room.kind)
