"""Those whom a chat could not take out of a room. Until somebody does, nothing is posted to a team room."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers.agenda import Due
from handlers.command import COORDINATION
from handlers.message import Refused, Reply, Said
from handlers.part import Part, Thing, thing
from handlers.people import the_one
from handlers.post import Post
from handlers.roles import coordinating_role
from handlers.rooms import stick
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.rules.people import match
from handlers.shapes import Format
from handlers.telling import when_to_tell
from store.challenge import Challenge
from store.outbox import unsent_keyed, withdraw
from store.person import Person
from store.role import holders
from store.room import Room, RoomMember, stuck_members

_ASK_AGAIN = time(9, 0)


class NobodyStuck(Refused):
    """Nobody of that name has to be taken out of a room by hand."""


def could_not_remove(session: Session, room: Room, person_id: int, post: Post, now: datetime) -> None:
    """Mark somebody who stays in a room against our wish, and tell whoever can take them out."""
    member = stick(session, room.id, person_id)
    if member is None or room.challenge_id is None:
        return
    challenge = session.get_one(Challenge, room.challenge_id)
    tell_managers(session, challenge, post, local_day(now, challenge.zone))


def tell_managers(session: Session, challenge: Challenge, post: Post, today: date) -> None:
    """Ask the challenge manager, else the coordinator, to take out whoever is stuck; at most once a day.

    Outside on-site days they are asked when they may be nudged, once for all the days that passed.
    """
    for member in stuck_members(session, challenge.id):
        room, person = session.get_one(Room, member.room_id), session.get_one(Person, member.person_id)
        facts = {"challenge": challenge.name, "name": person.name, "room": room.kind}
        hidden = {"chosen": {person.name.casefold(): person.id}}
        for manager in _managers(session, challenge, today):
            facts["as_role"] = coordinating_role(session, challenge, manager, today)
            when = when_to_tell(post, challenge, manager)
            key = f"{_key(member)}{manager.id}:{local_day(when, challenge.zone).isoformat()}"
            post.to_person(
                manager, "stuck_in_room", facts, key=key, challenge=challenge, hidden=hidden, not_before=when
            )


def _key(member: RoomMember) -> str:
    return f"still_in_room:{member.room_id}:{member.person_id}:"


def _managers(session: Session, challenge: Challenge, today: date) -> list[Person]:
    roles = ("challenge_manager", "coordinator")
    found = (holders(session, challenge.id, challenge.programme_id, role, today) for role in roles)
    return next((people for people in found if people), [])


def removed(session: Session, challenge: Challenge, said: Said, text: str) -> Reply:
    """Somebody has taken a person out of a room by hand: what waited to be said there is said."""
    stuck = stuck_members(session, challenge.id)
    people = list(dict.fromkeys(session.get_one(Person, member.person_id) for member in stuck))
    found = match(text, people) if text else people
    if not found:
        raise NobodyStuck(name=text)
    person = the_one(found, text or "them", said, challenge_id=challenge.id)
    for member in stuck:
        if member.person_id == person.id:
            for row in unsent_keyed(session, _key(member)):
                withdraw(row)
            session.delete(member)
    return Reply("removed_noted", {"name": person.name, "challenge": challenge.name})


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """As long as anybody is stuck, it is said again each morning."""
    if stuck_members(session, challenge.id):
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
