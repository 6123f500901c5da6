"""What happened in the world, by kind, and what follows from it: a room was made, somebody came in."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import accounts, by_hand, doubts, homes, membership, minding, standing, state_card, stuck
from handlers.post import Post
from handlers.rules.local import local_day, local_text
from store.challenge import Challenge
from store.outbox import Outgoing, unsent_keyed, was_queued
from store.person import Person
from store.programme import Programme
from store.role import programme_roles_on
from store.room import RoomMember, programme_room

_ALERT = "alert:"
_SILENT = f"{_ALERT}silent:"


def came_in(session: Session, outgoing: int) -> None:
    """Somebody is in a room now."""
    row = session.get_one(Outgoing, outgoing)
    member = session.get(RoomMember, (row.room_id, row.person_id))
    if member and member.state == "invited":
        member.state = "inside"


def left(session: Session, outgoing: int) -> None:
    """Somebody is out of a room now."""
    row = session.get_one(Outgoing, outgoing)
    member = session.get(RoomMember, (row.room_id, row.person_id))
    if member and member.state == "leaving":
        session.delete(member)


def posted(session: Session, outgoing: int, post: Post) -> None:
    """A living card stands: a room's state card is pinned wherever it first does."""
    row = session.get_one(Outgoing, outgoing)
    if row.slot is None or row.room is None or not row.slot.startswith(state_card.SLOT):
        return
    pin = post.to_move("pin", row.room, key=f"pin:{row.slot}:{row.address}")
    if pin:
        pin.slot = row.slot


def not_done(session: Session, outgoing: int, post: Post) -> None:
    """Something can never be done any more: the programme hears which step, never its content."""
    row = session.get_one(Outgoing, outgoing)
    quietly = row.state == "skipped" and row.late != "tell"
    if not quietly:
        _alert(session, row, post)


def _alert(session: Session, row: Outgoing, post: Post) -> None:
    """Say what did not work in the programme's room; while that does not stand, to each coordinator.

    Of such words themselves nothing is said.
    """
    if row.key.startswith(_ALERT):
        return
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    facts = {
        "op": row.op,
        "challenge": challenge.name if challenge else "",
        "who": row.person.name if row.person else "",
        "room": row.room.kind if row.room else "",
        "state": row.state,
    }
    room = programme_room(session, row.programme_id)
    if room is not None and room.state == "bound":
        post.to_room(room, "not_done", facts, key=f"{_ALERT}{row.id}")
        return
    for person in _coordinators(session, post):
        when = minding.when_for_programme(post, person)
        post.to_person(person, "not_done", facts, key=f"{_ALERT}{row.id}:{person.id}", not_before=when)


def _coordinators(session: Session, post: Post) -> list[Person]:
    """Whoever coordinates the programme today."""
    today = local_day(post.now, post.programme.zone)
    roles = programme_roles_on(session, post.programme.id, today)
    return list(dict.fromkeys(role.person for role in roles if role.role == "coordinator"))


def may_have_arrived(session: Session, outgoing: int, post: Post) -> None:
    """Nobody can know whether a message arrived: who may know of it is told, else the programme's room."""
    row = session.get_one(Outgoing, outgoing)
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    if challenge:
        doubts.tell(session, row, challenge, post)
    elif not doubts.is_answer(session, row):
        _alert(session, row, post)


def chat_silent(session: Session, programme: Programme, post: Post, chat: str, since: datetime) -> None:
    """A chat has let the bot neither hear nor speak for a while: the programme's room is told.

    In that chat the message waits like every other, so it is read when the chat works again. Each process
    finds the same silence by itself: whoever told of it since it began told for all.
    """
    room = programme_room(session, programme.id)
    told = unsent_keyed(session, _SILENT) or was_queued(session, f"{_SILENT}{chat}:", since)
    if room is not None and not told:
        facts = {"chat": chat, "since": local_text(since, programme.zone)}
        post.to_room(room, "chat_silent", facts, key=f"{_SILENT}{chat}:{since.isoformat()}")


def could_not_remove(session: Session, outgoing: int, post: Post, now: datetime) -> None:
    """The chat cannot take somebody out of a room: a person must."""
    row = session.get_one(Outgoing, outgoing)
    if row.room and row.person_id:
        stuck.could_not_remove(session, row.room, row.person_id, post, now)


HAPPENINGS: dict[str, Callable[..., None]] = {
    "room_made": standing.room_made,
    "could_not_make": standing.could_not_make,
    "room_gone": standing.room_gone,
    "room_back": standing.room_back,
    "room_seen": standing.room_seen,
    "room_renamed": standing.room_renamed,
    "entered": membership.entered,
    "departed": membership.departed,
    "account_changed": accounts.account_changed,
    "installed": accounts.installed,
    "uninstalled": accounts.uninstalled,
    "came_in": came_in,
    "left": left,
    "could_not_remove": could_not_remove,
    "looked": membership.looked,
    "not_seen": stuck.not_seen,
    "could_not_bring_in": by_hand.could_not_bring_in,
    "could_not_pin": by_hand.could_not_pin,
    "home_opened": homes.opened,
    "posted": posted,
    "chat_silent": chat_silent,
    "not_done": not_done,
    "may_have_arrived": may_have_arrived,
}
"""What can happen, by kind: each function is called with what its parameters name."""
