"""What a person does in a room where the chat lets the bot not: bring people in, and pin its card."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers import minding
from handlers.command import COORDINATION
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.rooms import to_bring_in_key
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.visit import days_of
from store.challenge import Challenge
from store.outbox import Outgoing, messages_to
from store.person import Person
from store.role import programme_roles, roles_of
from store.room import Room, RoomMember, absent_from, members_of, rooms_of

_JUST_NOW = timedelta(hours=1)
"""How long somebody who bound a room is still at it, and told at once whatever the hour."""


def could_not_pin(session: Session, outgoing: int, post: Post) -> None:
    """The chat lets the bot pin nothing: whoever minds the room is asked to, once for each card."""
    row = session.get_one(Outgoing, outgoing)
    if row.room:
        people = minding.minders(session, row.room, minding.day_in(post, row.room))
        minding.tell(post, row.room, people, "pin_the_card", {}, key=f"by_hand:{row.key}")


def could_not_bring_in(session: Session, outgoing: int, post: Post, now: datetime) -> None:
    """The chat does not let the bot bring somebody in: a person is asked, for all of them together."""
    row = session.get_one(Outgoing, outgoing)
    member = session.get(RoomMember, (row.room_id, row.person_id))
    if row.room is None or member is None or member.state != "invited":
        return
    member.state, member.since = "to_bring_in", now
    session.flush()
    if row.room.challenge_id is None:
        _ask(session, row.room, post)
    minding.look_again(session, row.room, now)


def ask(session: Session, challenge: Challenge, post: Post) -> None:
    """Ask for everybody who is to be brought into a challenge's rooms, in one message for each room."""
    for room in rooms_of(session, challenge.id):
        _ask(session, room, post)


def missing(session: Session, room: Room) -> list[Person]:
    """Who is to be brought into a room by hand. Nobody, while it stands nowhere."""
    if room.state != "bound":
        return []
    return [session.get_one(Person, member.person_id) for member in absent_from(session, room.id)]


def waits(part: Part) -> Iterator[Thing]:
    """For whoever coordinates: the people to be brought in, room by room."""
    for room in rooms_of(part.session, part.challenge.id) if part.roles & COORDINATION else ():
        names = [person.name for person in missing(part.session, room)]
        if names:
            yield thing("bring_in", part.button("reach", "reach"), names=names, room=room.kind)


# Asking


def _ask(session: Session, room: Room, post: Post) -> None:
    """Ask whoever sees to it for those of whom they were not asked yet, once the bot has tried with all."""
    absent = missing(session, room)
    trying = any(member.state == "invited" for member in members_of(session, room.id))
    for person in _whom(session, room, post) if absent and not trying else ():
        names = [one.name for one in absent if one is not person]
        before = next(_asked(session, room, person), None)
        if before is None or _is_news(before, names, you=person in absent) or _again(session, room, before):
            _ask_one(room, post, person, names, you=person in absent)


def _asked(session: Session, room: Room, person: Person) -> Iterator[Outgoing]:
    """What somebody was asked, or is to be, about a room, the newest first."""
    rows = messages_to(session, person.id, "bring_in")
    return (row for row in rows if row.key.startswith(to_bring_in_key(room)))


def _is_news(before: Outgoing, names: list[str], *, you: bool) -> bool:
    """Whether somebody is missing who was not asked for; of a message that waits, whether it is outdated."""
    if before.state == "ready":
        return (names, you) != (before.facts["names"], before.facts["you"])
    return not set(names) <= set(before.facts["names"]) or you > before.facts["you"]


def _again(session: Session, room: Room, before: Outgoing) -> bool:
    """Whether somebody is missing once more, who came in after they were asked for."""
    return any(one.since and one.since > before.queued_at for one in absent_from(session, room.id))


def _ask_one(room: Room, post: Post, person: Person, names: list[str], *, you: bool) -> None:
    """Queue one message; it takes the place of one of the same day, so that nobody is nudged twice."""
    when = _when(room, post, person)
    slot = _slot(room, person, _day(post, room, when))
    post.to_person(
        person, "bring_in", {**minding.about(post, room, person), "names": names, "you": you},
        key=f"{slot}:{secrets.token_hex(8)}", slot=slot, challenge=minding.challenge_of(post.session, room),
        not_before=when,
    )  # fmt: skip


def _slot(room: Room, person: Person, day: date) -> str:
    return f"{to_bring_in_key(room)}{person.id}:{day.isoformat()}"


def _whom(session: Session, room: Room, post: Post) -> list[Person]:
    """Whoever bound the room, as its owner in the chat, while they coordinate; else whoever minds it."""
    day = minding.day_in(post, room)
    binder = session.get(Person, room.bound_by) if room.bound_by else None
    if binder and _roles(session, room, binder, day) & COORDINATION:
        return [binder]
    return minding.minders(session, room, day)


def _roles(session: Session, room: Room, person: Person, day: date) -> set[str]:
    if room.challenge_id is None:
        return programme_roles(session, person.id, day)
    return roles_of(session, person.id, room.challenge_id, room.programme_id, day)


def _when(room: Room, post: Post, person: Person) -> datetime:
    """At once where they just bound it, or on site; else one room a day, when they may be nudged."""
    if room.bound_by == person.id and room.bound_at and post.now - room.bound_at < _JUST_NOW:
        return post.now
    when = minding.when(post, room, person)
    while _is_asked_that_day(room, post, person, _day(post, room, when)):
        when = minding.when(replace(post, now=_next_day(post, room, when)), room, person)
    return when


def _is_asked_that_day(room: Room, post: Post, person: Person, day: date) -> bool:
    """Whether somebody is asked about another room of the challenge on a day; on site that is well."""
    challenge = minding.challenge_of(post.session, room)
    if challenge is None or day in days_of(challenge):
        return False
    others = [other for other in rooms_of(post.session, challenge.id) if other is not room]
    slots = {_slot(other, person, day) for other in others}
    return any(row.slot in slots for row in messages_to(post.session, person.id, "bring_in"))


def _day(post: Post, room: Room, moment: datetime) -> date:
    return local_day(moment, minding.zone_of(post, room))


def _next_day(post: Post, room: Room, moment: datetime) -> datetime:
    return at(_day(post, room, moment) + timedelta(days=1), time(0, 0), minding.zone_of(post, room))
