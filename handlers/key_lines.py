"""Key lines of enquiry: few and tight; suggested for improvement, never blocked. NFER: tight questions.

One that came from a scoping answer is read by those who scope only, until the proposal is agreed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused, Reply
from handlers.rules.lint import key_line_hints
from handlers.scoping_people import READERS
from handlers.shapes import Format
from store.challenge import Challenge
from store.scoping import KeyLine, agreed_proposal, key_lines, last_key_line_number


class NoSuchKeyLine(Refused):
    """No key line of this challenge that the speaker may read has that number."""


def show(session: Session, challenge: Challenge, format: Format, roles: frozenset[str]) -> Reply:
    """List the key lines, and say where they differ from the agreed proposal."""
    lines = _readable(session, challenge, format, roles)
    agreed = agreed_proposal(session, challenge.id)
    now = [{"number": line.number, "text": line.text} for line in lines]
    facts = {
        "challenge": challenge.name,
        "items": [{**item, "hidden": {"known": item}} for item in now],
        "agreed": agreed.number if agreed else 0,
        "changed": agreed is not None and agreed.content["key_lines"] != now,
        "soft": format.scoping.key_lines_soft if len(now) > format.scoping.key_lines_soft else 0,
        "words": format.words.key_lines,
    }
    return Reply("key_lines", facts, hidden={"challenge": challenge.id})


def add(session: Session, challenge: Challenge, format: Format, text: str) -> Reply:
    """Add a key line. More than the format's soft number is remarked on. LGA manual: tightly focused."""
    number = last_key_line_number(session, challenge.id) + 1
    session.add(KeyLine(challenge_id=challenge.id, number=number, text=text))
    session.flush()
    count = len(key_lines(session, challenge.id))
    too_many = count > format.scoping.key_lines_soft
    facts = {
        "number": number,
        "text": text,
        "hints": key_line_hints(text),
        "too_many": too_many,
        "count": count,
    }
    return Reply("key_line_added", {**facts, **_after(session, challenge)})


def known(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], typed: dict[str, Any]
) -> dict[str, Any]:
    """What the form for editing begins with: the words as they are."""
    number = str(typed.get("number", ""))
    now = {str(line.number): line.text for line in _readable(session, challenge, format, roles)}
    return {"text": now[number]} if number in now else {}


def edit(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], number: int, text: str
) -> Reply:
    """Put other words in the place of a key line's."""
    line = _numbered(_readable(session, challenge, format, roles), number)
    line.text = text
    facts = {"number": number, "text": text, "hints": key_line_hints(text)}
    return Reply("key_line_edited", {**facts, **_after(session, challenge)})


def drop(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], number: int, now: datetime
) -> Reply:
    """Drop a key line. The others keep their numbers."""
    line = _numbered(_readable(session, challenge, format, roles), number)
    line.dropped_at = now
    return Reply("key_line_dropped", {"number": number, "text": line.text, **_after(session, challenge)})


def _after(session: Session, challenge: Challenge) -> dict[str, Any]:
    """What a change means for the proposal: an agreed version stays as it was agreed."""
    agreed = agreed_proposal(session, challenge.id)
    return {"challenge": challenge.name, "agreed": agreed.number if agreed else 0}


def _readable(session: Session, challenge: Challenge, format: Format, roles: frozenset[str]) -> list[KeyLine]:
    lines = key_lines(session, challenge.id)
    if challenge.proposal_agreed_at is not None or roles & format.audience(READERS):
        return lines
    return [line for line in lines if line.source is None]


def _numbered(lines: list[KeyLine], number: int) -> KeyLine:
    for line in lines:
        if line.number == number:
            return line
    raise NoSuchKeyLine(number=number, there=[line.number for line in lines])
