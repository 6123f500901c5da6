"""What arrived and what did not; and what a person must pass on by hand, with its words to copy.

Only what the asker may know: the name of a kind of message, never its words, but for those to be
passed on. What the council reads of the team's words is for those who agreed it, not the coordinator.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, object_session

from handlers import doubts
from handlers.command import COORDINATION
from handlers.knowing import for_whom, may_know
from handlers.message import Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.rules.local import local_text
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing, messages_about
from store.person import Person
from store.room import Room, is_overheard

_SHOWN = 15
_FAILED = frozenset({"dead", "held", "skipped"})
_WAITING = frozenset({"ready", "sending", "uncertain"})


class NothingToPassOn(Refused):
    """No message of this challenge with that number waits to be passed on by the speaker."""


class AlreadyPassedOn(Refused):
    """The message was passed on before."""


def delivery(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str]
) -> Reply:
    """What must be passed on by hand, what could not be delivered, what waits, and what was sent last."""
    rows = [row for row in messages_about(session, challenge.id) if may_know(row, format, words, roles)]
    by_hand = [row for row in rows if row.state == "by_hand"]
    unsure = doubts.in_doubt(session, challenge, format, words, roles)
    facts = {
        "challenge": challenge.name,
        "by_hand": [_to_copy(row, challenge, words) for row in by_hand],
        "unsure": [{**_line(row, challenge), "number": row.id} for row in unsure],
        "failed": [_line(row, challenge) for row in rows if row.state in _FAILED][:_SHOWN],
        "waiting": [_waiting(row, challenge) for row in rows if row.state in _WAITING][:_SHOWN],
        "sent": [_line(row, challenge) for row in rows if _worth_telling(row)][:_SHOWN],
    }
    return Reply("delivery", facts, hidden={"challenge": challenge.id})


def _worth_telling(row: Outgoing) -> bool:
    """Whether a message arrived that somebody may look for: digests come every morning."""
    return row.state == "sent" and row.template != "digest"


def pass_on(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, now: datetime, number: int,
) -> Reply:  # fmt: skip
    """Record that somebody passed a message on by hand."""
    row = session.get(Outgoing, number)
    if row is None or row.challenge_id != challenge.id or not may_know(row, format, words, roles):
        raise NothingToPassOn(number=number, challenge=challenge.name)
    if row.passed_on_by is not None:
        by = session.get_one(Person, row.passed_on_by).name
        raise AlreadyPassedOn(what=row.template, to=for_whom(row), who=by, at=_when(row, challenge))
    if row.state != "by_hand":
        raise NothingToPassOn(number=number, challenge=challenge.name)
    row.state, row.sent_at, row.passed_on_by = "sent", now, speaker.id
    return Reply("passed_on", {"what": row.template, "to": for_whom(row)}, hidden={"challenge": challenge.id})


def waits_for_a_person(row: Outgoing) -> None:
    """Have the challenge of a message that cannot be delivered looked at soon: its coordinators are told."""
    session = object_session(row)
    challenge = session.get(Challenge, row.challenge_id) if session and row.challenge_id else None
    if challenge and (challenge.next_due_at is None or challenge.next_due_at > row.not_before):
        challenge.next_due_at = row.not_before


def to_pass_on(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str]
) -> int:
    """How many messages wait to be passed on by somebody with these roles."""
    rows = messages_about(session, challenge.id, "by_hand")
    return sum(may_know(row, format, words, roles) for row in rows)


def waits(part: Part) -> Iterator[Thing]:
    """For whoever coordinates: messages to be passed on by hand."""
    if not part.roles & COORDINATION:
        return
    count = to_pass_on(part.session, part.challenge, part.format, part.post.words, part.roles)
    if count:
        yield thing("by_hand", part.button("delivery", "delivery"), count=count)


# How it is shown


def _line(row: Outgoing, challenge: Challenge) -> dict[str, Any]:
    return {
        "what": row.template,
        "to": for_whom(row),
        "at": _when(row, challenge),
        "state": row.state,
        "reason": row.failure or "",
        "by_hand": row.passed_on_by is not None,
    }


def _waiting(row: Outgoing, challenge: Challenge) -> dict[str, Any]:
    return {
        **_line(row, challenge),
        "until": _until(row.room) if row.room else "",
        "chat": row.room.platform if row.room else "",
    }


def _until(room: Room) -> str:
    """What has to happen first, where a person may wonder: the bot sees who is in the room, or they left."""
    session = object_session(room)
    if session is None or not is_overheard(session, room):
        return ""
    return "seen" if room.unseen_since else "left"


def _when(row: Outgoing, challenge: Challenge) -> str:
    return local_text(row.sent_at or row.not_before, challenge.zone)


def _to_copy(row: Outgoing, challenge: Challenge, words: Words) -> dict[str, Any]:
    text = words.card(str(row.template), row.facts, row.hidden).plain
    email = row.person.email if row.person and row.person.email else ""
    return {**_line(row, challenge), "number": row.id, "email": email, "text": text}
