"""Who minds a room: they are told when something about it needs a person."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.message import Facts
from handlers.post import Post
from handlers.roles import coordinating_role
from handlers.rules.counting import WorkingDays
from handlers.rules.local import local_day
from handlers.rules.quiet import when_to_nudge
from handlers.telling import when_to_tell
from store.challenge import Challenge
from store.person import Person
from store.role import holders, programme_roles_on
from store.room import Room


def minders(session: Session, room: Room, today: date) -> list[Person]:
    """The challenge manager, else the coordinators; of the programme's own room the coordinators."""
    return next((people for people in _by_role(session, room, today) if people), [])


def binders(session: Session, room: Room, today: date) -> list[Person]:
    """Everybody who may bind a room: the challenge manager and the coordinators."""
    return list(dict.fromkeys(person for people in _by_role(session, room, today) for person in people))


def _by_role(session: Session, room: Room, today: date) -> list[list[Person]]:
    if room.challenge_id is None:
        rows = programme_roles_on(session, room.programme_id, today)
        return [[row.person for row in rows if row.role == "coordinator"]]
    roles = ("challenge_manager", "coordinator")
    return [holders(session, room.challenge_id, room.programme_id, role, today) for role in roles]


def tell(
    post: Post, room: Room, people: list[Person], template: str, facts: Facts, *, key: str,
    hidden: Facts | None = None,
) -> None:  # fmt: skip
    """Queue a message about a room for when each of these people may be told; once for each such day."""
    challenge = challenge_of(post.session, room)
    for person in people:
        moment = when(post, room, person)
        day = local_day(moment, zone_of(post, room))
        post.to_person(
            person, template, {**facts, **about(post, room, person)},
            key=f"{key}:{person.id}:{day.isoformat()}",
            challenge=challenge, hidden=hidden, not_before=moment,
        )  # fmt: skip


def about(post: Post, room: Room, person: Person) -> dict[str, str]:
    """What every message about a room opens with: which challenge, which room, and its reader's role."""
    challenge = challenge_of(post.session, room)
    return {
        "challenge": challenge.name if challenge else "",
        "room": room.kind,
        "chat": str(room.platform),
        "as_role": _as_role(post, challenge, person),
    }


def challenge_of(session: Session, room: Room) -> Challenge | None:
    """The challenge of a room; None for the programme's own."""
    return session.get_one(Challenge, room.challenge_id) if room.challenge_id else None


def look_again(session: Session, room: Room, now: datetime) -> None:
    """Let the cards and mornings of a room's challenge follow with the next tick."""
    challenge = challenge_of(session, room)
    if challenge and challenge.closed_at is None:
        challenge.next_due_at = now


def day_in(post: Post, room: Room) -> date:
    """What day it is where a room is."""
    return local_day(post.now, zone_of(post, room))


def zone_of(post: Post, room: Room) -> str:
    """The time zone of where a room is."""
    challenge = challenge_of(post.session, room)
    return challenge.zone if challenge else post.programme.zone


def _as_role(post: Post, challenge: Challenge | None, person: Person) -> str:
    if challenge is None:
        return "coordinator"
    return coordinating_role(post.session, challenge, person, local_day(post.now, challenge.zone))


def when(post: Post, room: Room, person: Person) -> datetime:
    """The first moment at which somebody may be told about a room."""
    challenge = challenge_of(post.session, room)
    return when_to_tell(post, challenge, person) if challenge else when_for_programme(post, person)


def when_for_programme(post: Post, person: Person) -> datetime:
    """The first moment at which somebody may be told of the whole programme's affairs."""
    quiet = post.shapes.default.quiet
    return when_to_nudge(
        post.now,
        zone=post.programme.zone,
        calendar=WorkingDays(post.programme.nation),
        working_days=person.working_days,
        quiet_from=quiet.starts,
        quiet_until=quiet.ends,
    )
