"""Taking a letter back before it left, and sending it after all."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.letter_at_hand import (
    HAS_NOT_LEFT,
    about_task,
    has_typed_words,
    letter_meant,
    named,
    settled_as,
    state_of,
    versions_of,
)
from handlers.message import Refused, Reply
from handlers.post import Post
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing, withdraw
from store.person import Person

_IN_HAND = frozenset({"sending", "uncertain"})


class TooLateToWithdraw(Refused):
    """The message arrived, or was given up."""


class NotWithdrawn(Refused):
    """Nobody withdrew this message."""


class NoLongerSo(Refused):
    """What the message tells of has changed since it was withdrawn."""


def withdraw_letter(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, number: int,
) -> Reply:  # fmt: skip
    """Let a letter not be sent; what it tells of stays as it is. What is leaving is stopped if it can be.

    A correction alone is not taken back, where the letter stands with its first words.
    """
    row, _letter = letter_meant(session, challenge, format, words, roles, speaker, today, number)
    said = versions_of(session, challenge, row)
    state = "sent" if any(one.state == "sent" for one in said) else state_of(row)
    if state not in HAS_NOT_LEFT:
        carried = {"challenge": challenge.id, "known": {"number": str(row.id)}}
        typed = has_typed_words(row) and state == "sent"
        raise TooLateToWithdraw(**named(row), **about_task(row), state=state, typed=typed, hidden=carried)
    unsent = [one for one in said if one.state in HAS_NOT_LEFT]
    was = next((one.state for one in unsent if one.state in _IN_HAND), state)
    for one in unsent:
        withdraw(one)
    row.withdrawn_by = speaker.id
    facts = {**named(row), **about_task(row), "was": was}
    return Reply("letter_withdrawn", facts, hidden={"challenge": challenge.id})


def send_after_all(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, post: Post, number: int,
) -> Reply:  # fmt: skip
    """Send a letter that somebody withdrew, at its own moment. Raises NotWithdrawn, and NoLongerSo."""
    row, _letter = letter_meant(session, challenge, format, words, roles, speaker, today, number)
    if row.withdrawn_by is None or state_of(row) not in {"withdrawn", "replaced"}:
        raise NotWithdrawn(**named(row))
    if not _is_still_so(session, challenge, row):
        raise NoLongerSo(**named(row))
    row.state = "ready" if row.state == "withdrawn" else row.state
    row.unwanted, row.withdrawn_by, row.until = False, None, None
    row.not_before = max(row.not_before, post.now)
    return Reply("letter_sent_after_all", named(row), hidden={"challenge": challenge.id})


def _is_still_so(session: Session, challenge: Challenge, row: Outgoing) -> bool:
    """Whether what a letter tells of is as it was."""
    if row.template == "dates_told":
        told = (row.facts["first_day"], row.facts["last_day"])
        return row.state != "replaced" and told == (str(challenge.first_day), str(challenge.last_day))
    return not settled_as(session, challenge, row)
