"""Who hears that a challenge is closed, or open again: its rooms, and whoever keeps days free for it."""

import secrets
from datetime import date

from sqlalchemy.orm import Session

from handlers.post import Post
from store.challenge import Challenge
from store.invitation import invitations
from store.outbox import OWED, messages_about, withdraw
from store.person import Person
from store.room import Room, rooms_of

_WAITS = frozenset({"asked", "available", "possibly"})
"""The answers of those who may be keeping the days free."""
_CLOSED, _OPEN_AGAIN = "closed_for_invited", "open_again_for_invited"
_READ = frozenset({"sent", "sending", "uncertain", "unsure"})
"""The states of a message that somebody has, or may have, read."""
_NOT_SETTLED = frozenset({*OWED, "by_hand", "unsure"})


def standing(session: Session, challenge: Challenge) -> list[Room]:
    """The rooms of a challenge that stand."""
    return [room for room in rooms_of(session, challenge.id) if room.state == "bound"]


def tell_rooms(session: Session, challenge: Challenge, post: Post, template: str) -> list[str]:
    """Say it in every room of a challenge that stands; which ones."""
    rooms = standing(session, challenge)
    for room in rooms:
        key = f"{template}:{challenge.id}:{room.id}:{secrets.token_hex(8)}"
        post.to_room(room, template, {"challenge": challenge.name}, key=key, challenge=challenge)
    return [room.kind for room in rooms]


def keeping_days_free(session: Session, challenge: Challenge, today: date) -> list[Person]:
    """Who was asked to come to a visit that is still to come, and may keep its days free."""
    read = {
        row.person_id for row in messages_about(session, challenge.id)
        if row.template == "invitation" and row.state in _READ
    }  # fmt: skip
    return [one for one in _waiting(session, challenge, today) if one.id in read]


def _waiting(session: Session, challenge: Challenge, today: date) -> list[Person]:
    """Whose invitation to a visit that is still to come is open."""
    if challenge.last_day and challenge.last_day < today:
        return []
    return [one.person for one in invitations(session, challenge.id) if one.state in _WAITS]


def tell_invited(challenge: Challenge, post: Post, people: list[Person], template: str) -> None:
    """Tell people who were asked to come, when they may be told."""
    for person in people:
        key = f"{template}:{challenge.id}:{person.id}:{secrets.token_hex(8)}"
        post.nudge(person, template, {"challenge": challenge.name}, key=key, challenge=challenge)


def take_back(session: Session, challenge: Challenge, post: Post, today: date) -> None:
    """Whoever read last that it is closed hears that it is open again; nobody else is told of either."""
    told = [row for row in messages_about(session, challenge.id) if row.template in {_CLOSED, _OPEN_AGAIN}]
    last = {row.person_id: row.template for row in reversed(told) if row.state in _READ}
    for row in told:
        if row.template == _CLOSED and row.state in _NOT_SETTLED:
            withdraw(row)
    people = [one for one in _waiting(session, challenge, today) if last.get(one.id) == _CLOSED]
    tell_invited(challenge, post, people, _OPEN_AGAIN)
