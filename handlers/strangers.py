"""Those who are in a room without a part that may read it: asked about in one message for each room."""

import secrets

from sqlalchemy.orm import Session

from handlers import minding
from handlers.message import Facts
from handlers.post import Post
from handlers.rules.local import local_day
from store.outbox import Outgoing, messages_to, unsent_keyed, withdraw
from store.person import Person
from store.room import Room, RoomMember, stuck_in

_NAMED = 10
"""How many are named in a message, each with a button; of more it says how many."""


def tell(session: Session, room: Room, post: Post) -> None:
    """Ask whoever minds a room to see to the strangers in it, in one message, which is extended within a day.

    Of the team's room they are asked each day; of another once when somebody came, as nothing waits for it.
    """
    there = _strangers(session, room.id)
    news = any(one.since == post.now for one in there)
    if there and (news or room.kind == "team"):
        for person in minding.minders(session, room, minding.day_in(post, room)):
            _tell_one(session, room, person, there, post)


def no_more(session: Session, member: RoomMember) -> None:
    """Somebody is no stranger any more: what nobody has read yet does not name them."""
    others = [one for one in _strangers(session, member.room_id) if one is not member]
    for row in unsent_keyed(session, _key(member.room_id)):
        if not others:
            withdraw(row)
        elif row.state == "ready":
            row.facts = {**row.facts, **_named(session, others)}


def _tell_one(session: Session, room: Room, person: Person, there: list[RoomMember], post: Post) -> None:
    """Queue one message; it takes the place of one of the same day about any of the same people."""
    when = minding.when(post, room, person)
    today = f"{_key(room.id)}{person.id}:{local_day(when, minding.zone_of(post, room)).isoformat()}:"
    before = _asked(session, person, today, there)
    facts = {**minding.about(post, room, person), **_named(session, there)}
    if before and (before.facts == facts or all(one.since != post.now for one in there)):
        return
    slot = before.slot if before else f"{today}{secrets.token_hex(4)}"
    post.to_person(
        person, "stranger_in_room", facts, key=f"{slot}:{secrets.token_hex(8)}", slot=slot,
        challenge=minding.challenge_of(session, room), not_before=when,
    )  # fmt: skip


def _asked(session: Session, person: Person, key: str, there: list[RoomMember]) -> Outgoing | None:
    """What somebody was asked about any of these people, the newest; `key`: what its key begins with."""
    rows = messages_to(session, person.id, "stranger_in_room")
    before = next((row for row in rows if row.key.startswith(key)), None)
    known = before and any(one.since is None or one.since <= before.queued_at for one in there)
    return before if known else None


def _strangers(session: Session, room_id: int) -> list[RoomMember]:
    return [member for member in stuck_in(session, room_id) if member.state == "stranger"]


def _named(session: Session, members: list[RoomMember]) -> Facts:
    people = [session.get_one(Person, member.person_id) for member in members[:_NAMED]]
    return {
        "people": [{"name": one.name, "hidden": {"chosen": {one.name.casefold(): one.id}}} for one in people],
        "more": max(0, len(members) - _NAMED),
    }


def _key(room_id: int) -> str:
    return f"strangers:{room_id}:"
