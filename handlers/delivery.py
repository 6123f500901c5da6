"""What arrived and what did not; and what a person must pass on by hand, with its words to copy.

Only what the asker may know: the name of a kind of message, never its words, but for those to be
passed on, and the first of those typed in a letter about which the asker decides. What the council reads of
the team's words is for those who agreed it, not the coordinator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session, object_session

from handlers import doubts, held_up
from handlers.command import COORDINATION
from handlers.holding import Sight
from handlers.knowing import for_whom, may_know
from handlers.letter_at_hand import has_typed_words, is_letter, sight_of, typed_words
from handlers.letters import CORRECTED, marked
from handlers.message import Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.people import people_of
from handlers.rules.local import local_text
from handlers.rules.people import match
from handlers.rules.room_kinds import kind_of
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing, messages_about
from store.person import Person
from store.slot import newest_in_slot

_SHOWN = 15
_BUTTONS = 3
_LONGEST_NUMBER = 9
_FAILED = frozenset({"dead", "skipped"})
_WAITING = frozenset({"ready", "sending", "uncertain"})
_ALL = frozenset({"all", "everything"})


class NothingToPassOn(Refused):
    """No message of this challenge with that number waits to be passed on by the speaker."""


class AlreadyPassedOn(Refused):
    """The message was passed on before."""


def delivery(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, now: datetime, today: date, text: str,
) -> Reply:  # fmt: skip
    """What must be passed on by hand, what could not be delivered, what waits, and what was sent last.

    `text`: to whom, "all", or nothing for all but what was sent long ago.
    """
    every = _known(session, challenge, format, words, roles)
    meant = _newest(session, text) if text.isdecimal() else text
    rows = [row for row in every if _is_asked_for(row, meant)]
    unsure = [row for row in doubts.in_doubt(session, challenge, format, words, roles) if row in rows]
    sight = sight_of(session, challenge, format, roles, speaker, today)
    told = _Told(session=session, challenge=challenge, sight=sight, words=words, now=now)
    facts = {
        "challenge": challenge.name,
        "to": text,
        "unknown": "" if rows else _unknown(session, challenge, text),
        "unsure": [told.line(row) for row in unsure],
        **told.still_open(rows),
        **told.settled(rows, most=len(rows) if text else _SHOWN),
    }
    return Reply("delivery", facts, hidden={"challenge": challenge.id})


def _known(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str]
) -> list[Outgoing]:
    """The messages that somebody may know of; of a card that changes in place, the newest."""
    rows = [row for row in messages_about(session, challenge.id) if may_know(row, format, words, roles)]
    newest = {row.slot or row.key: row for row in reversed(rows) if row.state != "replaced"}
    return sorted(newest.values(), key=lambda row: row.id, reverse=True)


def _newest(session: Session, number: str) -> str:
    """The number that a message has by now: a correction of it has one of its own."""
    row = session.get(Outgoing, int(number)) if len(number) <= _LONGEST_NUMBER else None
    newest = newest_in_slot(session, row.slot) if row and row.slot else row
    return str(newest.id) if newest else number


def _in(rows: list[Outgoing], state: str) -> list[Outgoing]:
    return [row for row in rows if row.state == state]


def _is_asked_for(row: Outgoing, text: str) -> bool:
    """Whether a message has the number, or is to whom was named: a person, or a kind of room."""
    if not text or text.casefold() in _ALL:
        return True
    if text.isdecimal():
        return str(row.id) == text
    if row.room and not row.person:
        return row.room.kind in text.casefold().split()
    return row.person is not None and bool(match(text, [row.person]))


def _unknown(session: Session, challenge: Challenge, text: str) -> str:
    """What of that for which there is no message is not known at all: a "number", a "name", or ""."""
    if not text or text.casefold() in _ALL or kind_of(text):
        return ""
    if text.isdecimal():
        return "number"
    return "" if match(text, people_of(session, challenge.id, challenge.programme_id)) else "name"


def _buttons(rows: list[Outgoing], roles: frozenset[str]) -> list[dict[str, Any]]:
    """The few newest of those about which somebody may decide; a line does for the others."""
    decided = [row for row in rows if is_letter(row, roles)][:_BUTTONS]
    several = len(decided) > 1
    return [
        {"number": row.id, "several": several, "hidden": {"known": {"number": str(row.id)}}}
        for row in decided
    ]


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


@dataclass(frozen=True, kw_only=True)
class _Told:
    """How messages are listed for somebody, the newest first; `sight` is what they can see."""

    session: Session
    challenge: Challenge
    sight: Sight
    words: Words
    now: datetime

    def still_open(self, rows: list[Outgoing]) -> dict[str, Any]:
        """What waits, for a person or for itself, and what somebody withdrew."""
        by_hand, held, withdrawn = (_in(rows, state) for state in ("by_hand", "held", "withdrawn"))
        waiting = [row for row in rows if row.state in _WAITING]
        return {
            "by_hand": [self.to_copy(row) for row in by_hand],
            "held": [{**self.line(row), "hidden": row.hidden} for row in held],
            "waiting": [self.waiting(row) for row in waiting],
            "withdrawn": [self.withdrawn(row) for row in withdrawn if row.withdrawn_by],
            "takes_back": _buttons([*by_hand, *waiting], self.sight.roles),
        }

    def settled(self, rows: list[Outgoing], most: int) -> dict[str, Any]:
        """What arrived, and what never will: of each the newest, at most so many."""
        sent, failed = list(filter(_worth_telling, rows)), [row for row in rows if row.state in _FAILED]
        return {
            "failed": [self.line(row) for row in failed[:most]],
            "sent": [self.line(row) for row in sent[:most]],
            "more": {"sent": max(0, len(sent) - most), "failed": max(0, len(failed) - most)},
            "corrects": _buttons([row for row in sent if has_typed_words(row)], self.sight.roles),
        }

    def line(self, row: Outgoing) -> dict[str, Any]:
        """What is said of every message."""
        return {
            "number": row.id,
            "what": row.template,
            "to": for_whom(row),
            "at": _when(row, self.challenge),
            "state": row.state,
            "reason": row.failure or "",
            "by_hand": row.passed_on_by is not None,
            "corrected": CORRECTED in row.facts or bool(row.facts.get("corrected_at")),
            "typed": typed_words(self.session, self.challenge, row, self.sight),
        }

    def waiting(self, row: Outgoing) -> dict[str, Any]:
        """The line of one that has not left, with what it waits for."""
        chat = row.room.platform if row.room else ""
        return {**self.line(row), "waits": held_up.by_what(row, self.now), "chat": chat or ""}

    def withdrawn(self, row: Outgoing) -> dict[str, Any]:
        """The line of one that was withdrawn, with who did."""
        return {**self.line(row), "who": self.session.get_one(Person, row.withdrawn_by).name}

    def to_copy(self, row: Outgoing) -> dict[str, Any]:
        """The line of one to be passed on by hand, with its words."""
        words = self.words
        card = marked(words, words.card(str(row.template), row.facts, row.hidden), row.facts)
        text = (doubts.in_front(words, card) if row.repeated else card).plain
        email = row.person.email if row.person and row.person.email else ""
        return {**self.line(row), "email": email, "text": text}


def _when(row: Outgoing, challenge: Challenge) -> str:
    return local_text(row.sent_at or row.not_before, challenge.zone)
