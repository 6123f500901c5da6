"""A letter as it lies in the outbox: which one is meant, its copies and corrections, and what it tells of."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.holding import Sight, holding
from handlers.knowing import for_whom, may_know
from handlers.letters import LETTERS, Letter
from handlers.message import Refused
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing, messages_about
from store.person import Person
from store.slot import newest_in_slot
from store.task import Task, tasks_of

HAS_NOT_LEFT = frozenset({"ready", "held", "by_hand", "unsure", "sending", "uncertain"})
_FIRST_WORDS = 60
CORRECTION = ":corrected:"
"""Stands in the key of a correction between that of the letter as it was first said and a mark of its own."""


class NoSuchMessage(Refused):
    """The challenge has no message with this number that the speaker may know of."""


class NotALetter(Refused):
    """The message is none that somebody decided to send, or it has a way of its own."""


class NotYourStep(Refused):
    """Another role decides about this message."""


class NoLongerKept(Refused):
    """The message was settled so long ago that its words were forgotten."""


def has_typed_words(row: Outgoing) -> bool:
    """Whether there is something in a message to correct: a report that went by e-mail has no link."""
    letter = LETTERS.get(str(row.template))
    return letter is not None and bool(row.facts.get(letter.typed))


def is_letter(row: Outgoing, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may decide about a message that they may know of."""
    letter = LETTERS.get(str(row.template))
    return letter is not None and bool(roles & letter.whose)


def letter_meant(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, number: int,
) -> tuple[Outgoing, Letter]:  # fmt: skip
    """The newest of a message's slot. Raises NoSuchMessage, NotALetter, NoLongerKept and NotYourStep."""
    row = session.get(Outgoing, number)
    ours = row is not None and row.challenge_id == challenge.id and row.op == "post"
    if row is None or not ours or not may_know(row, format, words, roles):
        raise NoSuchMessage(number=number, challenge=challenge.name)
    row = (newest_in_slot(session, row.slot) if row.slot else None) or row
    letter = LETTERS.get(str(row.template))
    if letter is None:
        raise NotALetter(**named(row))
    if row.emptied:
        raise NoLongerKept(**named(row))
    if not _may_decide(session, challenge, row, sight_of(session, challenge, format, roles, speaker, today)):
        raise NotYourStep(**named(row), who=[role for role in format.roles if role in letter.whose])
    return row, letter


def sight_of(
    session: Session, challenge: Challenge, format: Format, roles: frozenset[str], speaker: Person,
    today: date,
) -> Sight:  # fmt: skip
    """What somebody can see of a challenge's tasks."""
    held = holding(session, challenge, today)
    return Sight(format=format, holding=held, person=speaker, roles=roles, today=today)


def _may_decide(session: Session, challenge: Challenge, row: Outgoing, sight: Sight) -> bool:
    """Whether somebody may decide about a letter, and read it: a task inside the team is the team's alone."""
    task = task_of(session, challenge, row)
    return is_letter(row, sight.roles) and (task is None or sight.knows(task))


def typed_words(session: Session, challenge: Challenge, row: Outgoing, sight: Sight) -> str:
    """The first words of what was typed in a letter, for whoever may decide about it; else ""."""
    if not has_typed_words(row) or not _may_decide(session, challenge, row, sight):
        return ""
    words = str(row.facts[LETTERS[str(row.template)].typed])
    return words if len(words) <= _FIRST_WORDS else f"{words[:_FIRST_WORDS]}…"


# All that was said of it


def copies_of(session: Session, challenge: Challenge, row: Outgoing) -> list[Outgoing]:
    """A letter, and the same to others: of each the newest that may be, or was, read.

    They are told apart by their keys: after its room was lost, a letter is in no slot any more.
    """
    rows = (one for one in messages_about(session, challenge.id) if not one.emptied and may_be_read(one))
    same = [one for one in rows if _tells_of(one) == _tells_of(row)]
    return list({first_key(one): one for one in reversed(same)}.values())


def versions_of(session: Session, challenge: Challenge, row: Outgoing) -> list[Outgoing]:
    """A letter as it was first said, and its corrections."""
    first = first_key(row)
    return [one for one in messages_about(session, challenge.id) if first_key(one) == first]


def first_key(row: Outgoing) -> str:
    """The key of a letter as it was first said."""
    return row.key.partition(CORRECTION)[0]


def state_of(row: Outgoing) -> str:
    """The state of a letter, as whoever withdrew it sees it."""
    return "withdrawn" if row.unwanted and row.state != "sent" else row.state


def may_be_read(row: Outgoing) -> bool:
    """Whether somebody may read a letter, or has."""
    return state_of(row) in {*HAS_NOT_LEFT, "sent"}


def _tells_of(row: Outgoing) -> tuple[Any, ...]:
    """What a letter is about, the same in every copy."""
    about = (row.facts.get("number"), row.hidden.get("invitation"))
    return (row.template, *about)


# What it tells of


def task_of(session: Session, challenge: Challenge, row: Outgoing) -> Task | None:
    """The task that a letter tells of."""
    number = row.facts.get("number") if row.template in {"task_for_you", "request_to_council"} else None
    return next((task for task in tasks_of(session, challenge.id) if task.number == number), None)


def invitation_of(session: Session, row: Outgoing) -> Invitation | None:
    """The invitation that a letter is."""
    number = row.hidden.get("invitation", 0) if row.template == "invitation" else 0
    return session.get(Invitation, number)


def settled_as(session: Session, challenge: Challenge, row: Outgoing) -> str:
    """How what a letter tells of was settled ("done", "confirmed" …), "" while it is open."""
    task, invitation = task_of(session, challenge, row), invitation_of(session, row)
    if task:
        return "" if task.state == "open" else task.state
    return invitation.state if invitation and not invitation.open else ""


def named(row: Outgoing) -> dict[str, Any]:
    """The number and the kind of a letter, and to whom it is."""
    return {"number": row.id, "what": row.template, "to": for_whom(row)}


def about_task(row: Outgoing) -> dict[str, Any]:
    """What a letter tells of, for the line that changes that."""
    return {"task": row.facts.get("number") or 0}
