"""Who hears that a challenge is closed, or open again: its rooms, and whoever keeps days free for it."""

import secrets
from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from handlers.post import Post
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import invitations
from store.outbox import OWED, messages_about, withdraw
from store.person import Person
from store.role import roles_to_come
from store.room import Room, rooms_of

_WAITS = frozenset({"asked", "available", "possibly"})
"""The answers of those who may be keeping the days free."""
INVITED, TEAM = "closed_for_invited", "closed_for_team"
_BACK = {INVITED: "open_again_for_invited", TEAM: "open_again_for_team"}
"""What is said one by one of a closing, and when it is taken back."""
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


def told_one_by_one(
    session: Session, challenge: Challenge, format: Format, today: date, speaker: Person
) -> dict[str, list[Person]]:
    """Who may keep days free for a visit that is still to come, by what they are told; not who closes it.

    Whoever was asked to come; and those of the team who read in no room that stands.
    """
    asked = {
        row.person_id for row in messages_about(session, challenge.id)
        if row.template == "invitation" and row.state in _READ
    }  # fmt: skip
    invited = [one for one in _invited(session, challenge, today) if one.id in asked]
    team = _team_without_room(session, challenge, format, today)
    return {INVITED: invited, TEAM: [one for one in team if one not in {speaker, *invited}]}


def _invited(session: Session, challenge: Challenge, today: date) -> list[Person]:
    """Whose invitation to a visit that is still to come is open."""
    if _is_over(challenge, today):
        return []
    return [one.person for one in invitations(session, challenge.id) if one.state in _WAITS]


def _team_without_room(
    session: Session, challenge: Challenge, format: Format, today: date
) -> Iterable[Person]:
    """Who is to come to a visit that is still to come, and hears of it in no room; nobody before *Ready*."""
    if challenge.ready_at is None or _is_over(challenge, today):
        return ()
    rooms = [format.audience(room.kind) for room in standing(session, challenge)]
    alone = format.side("team").difference(*rooms)
    parts = roles_to_come(session, challenge.id, today)
    return dict.fromkeys(row.person for row in parts if row.role in alone)


def _is_over(challenge: Challenge, today: date) -> bool:
    return challenge.last_day is not None and challenge.last_day < today


def tell(challenge: Challenge, post: Post, people: Iterable[Person], template: str) -> None:
    """Tell people one by one, when they may be told."""
    for person in people:
        key = f"{template}:{challenge.id}:{person.id}:{secrets.token_hex(8)}"
        post.nudge(person, template, {"challenge": challenge.name}, key=key, challenge=challenge)


def take_back(session: Session, challenge: Challenge, format: Format, post: Post, today: date) -> None:
    """Whoever read last that it is closed hears that it is open again; nobody else is told of either."""
    told = [row for row in messages_about(session, challenge.id) if row.template in {*_BACK, *_BACK.values()}]
    last = {row.person_id: row.template for row in reversed(told) if row.state in _READ}
    for row in told:
        if row.template in _BACK and row.state in _NOT_SETTLED:
            withdraw(row)
    there = {
        INVITED: _invited(session, challenge, today),
        TEAM: _team_without_room(session, challenge, format, today),
    }
    for closed, people in there.items():
        tell(challenge, post, [one for one in people if last.get(one.id) == closed], _BACK[closed])
