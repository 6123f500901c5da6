"""Key lines of enquiry: few and tight, suggested for improvement, never blocked. NFER: vague scope wastes time."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.message import Refused, Reply
from handlers.rules.lint import key_line_hints as hints
from handlers.shapes import Format
from store.challenge import Challenge
from store.scoping import KeyLine, key_lines, last_key_line_number


class NoSuchKeyLine(Refused):
    """No key line of this challenge has that number."""


def add(session: Session, challenge: Challenge, format: Format, text: str) -> Reply:
    """Add a key line of enquiry. More than the format's soft number is remarked on. LGA manual: tightly focused."""
    number = last_key_line_number(session, challenge.id) + 1
    session.add(KeyLine(challenge_id=challenge.id, number=number, text=text))
    session.flush()
    count = len(key_lines(session, challenge.id))
    facts = {"number": number, "text": text, "hints": hints(text), "challenge": challenge.name}
    return Reply("key_line_added", {**facts, "too_many": count > format.scoping.key_lines_soft, "count": count})


def known(session: Session, challenge: Challenge, typed: dict[str, Any]) -> dict[str, Any]:
    """What the form for editing begins with: the words as they are."""
    number = str(typed.get("number", ""))
    now = {str(line.number): line.text for line in key_lines(session, challenge.id)}
    return {"text": now[number]} if number in now else {}


def edit(session: Session, challenge: Challenge, number: int, text: str) -> Reply:
    """Put other words in the place of a key line's."""
    line = _numbered(session, challenge, number)
    line.text = text
    return Reply("key_line_edited", {"number": number, "text": text, "hints": hints(text), "challenge": challenge.name})


def drop(session: Session, challenge: Challenge, number: int, now: datetime) -> Reply:
    """Drop a key line. The others keep their numbers."""
    line = _numbered(session, challenge, number)
    line.dropped_at = now
    return Reply("key_line_dropped", {"number": number, "text": line.text, "challenge": challenge.name})


def _numbered(session: Session, challenge: Challenge, number: int) -> KeyLine:
    lines = key_lines(session, challenge.id)
    for line in lines:
        if line.number == number:
            return line
    raise NoSuchKeyLine(number=number, there=[line.number for line in lines])
