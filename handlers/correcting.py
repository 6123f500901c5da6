"""Correcting what was typed in a letter, where it stands and in what it tells of.

The daily summary has ways of its own, by those who agree it. LGA manual, section 10: once sent it can be
corrected, not recalled.
"""

import re
import secrets
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.final import LinkNotSafe, safe_link
from handlers.letter_at_hand import (
    CORRECTION,
    about_task,
    copies_of,
    first_key,
    has_typed_words,
    invitation_of,
    letter_meant,
    may_be_read,
    named,
    state_of,
    task_of,
)
from handlers.letters import CORRECTED, Letter, slot_for
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules.local import local_text
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person

_NUMBER = "[0-9]{1,9}"
_NOBODY_READ_IT = frozenset({"ready", "held", "by_hand"})


class NothingTyped(Refused):
    """Nothing in this message was typed by anybody."""


class NothingToCorrect(Refused):
    """The message was withdrawn, or could not be delivered."""


# What can be done


def correct(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, post: Post, number: int, text: str,
) -> Reply:  # fmt: skip
    """Put other words in the place of those typed in a letter, wherever it went, and in what it tells of."""
    row, letter = letter_meant(session, challenge, format, words, roles, speaker, today, number)
    if not has_typed_words(row):
        raise NothingTyped(**named(row), **about_task(row))
    if not may_be_read(row):
        raise NothingToCorrect(**named(row), **about_task(row), state=state_of(row))
    typed = {letter.typed: _checked(letter, text)}
    _change_what_it_tells_of(session, challenge, row, text)
    copies = copies_of(session, challenge, row)
    for copy in copies:
        _put_right(post, challenge, copy, typed, speaker)
    facts = {**named(row), "text": text, "arrived": row.state == "sent", "all": len(copies)}
    return Reply("letter_corrected", facts, hidden={"challenge": challenge.id})


# Finding it


def known(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, typed: dict[str, Any], about: Facts,
) -> dict[str, Any]:  # fmt: skip
    """What the form for correcting begins with: the words as they are. What cannot be corrected has none."""
    number = str(typed.get("number", "") or about.get("known", {}).get("number", ""))
    if not re.fullmatch(_NUMBER, number):
        return {}
    row, letter = letter_meant(session, challenge, format, words, roles, speaker, today, int(number))
    if not has_typed_words(row):
        raise NothingTyped(**named(row), **about_task(row))
    return {"text": row.facts[letter.typed]}


def read(text: str) -> dict[str, str]:
    """The number of a message and the words for it, from '12 learning plan for 2025'."""
    number, _, rest = text.strip().partition(" ")
    return {"number": number.removeprefix("#"), "text": rest.strip()}


# Changing it


def _checked(letter: Letter, text: str) -> str:
    """The words as they may stand there; of an address, that it is one. Raises LinkNotSafe at the field."""
    if letter.typed != "link":
        return text
    try:
        return safe_link(text)
    except LinkNotSafe as wrong:
        raise LinkNotSafe(at_field="text") from wrong


def _change_what_it_tells_of(session: Session, challenge: Challenge, row: Outgoing, text: str) -> None:
    """The task or the invitation that a letter tells of says the same as the letter."""
    if task := task_of(session, challenge, row):
        task.title = text
    if invitation := invitation_of(session, row):
        invitation.expertise = text


def _put_right(post: Post, challenge: Challenge, row: Outgoing, typed: Facts, speaker: Person) -> None:
    """Queue a letter anew in its slot.

    It says who corrected it where somebody may have read it, and where it speaks for somebody else.
    """
    template, key = str(row.template), f"{first_key(row)}{CORRECTION}{secrets.token_hex(4)}"
    if row.person and not row.room and not post.may_read(row.person, template, challenge):
        return
    facts = {**row.facts, **typed}
    if row.state not in _NOBODY_READ_IT or row.facts.get("asks", speaker.name) != speaker.name:
        facts[CORRECTED] = {"at": local_text(post.now, challenge.zone), "who": speaker.name}
    when = max(post.now, row.not_before)
    as_before = {"hidden": row.hidden, "until": row.until, "late": row.late}
    slot = row.slot or slot_for(template, row.key)
    _say(post, challenge, row, template, facts, key=key, slot=slot, not_before=when, **as_before)
    if row.state == "sent" and row.passed_on_by is None:
        _tell_changed(post, challenge, row, speaker, f"{key}:told")


def _tell_changed(post: Post, challenge: Challenge, row: Outgoing, speaker: Person, key: str) -> None:
    """An edit makes no sound, so a short message says that there was one; to a person, once it may."""
    told = {"challenge": challenge.name, "who": speaker.name, "what": row.template}
    if row.room:
        _say(post, challenge, row, "letter_changed_here", told, key=key)
    elif row.person:
        when = post.when_to_nudge(row.person, challenge)
        _say(post, challenge, row, "letter_changed", told, key=key, not_before=when)


def _say(post: Post, challenge: Challenge, row: Outgoing, template: str, facts: Facts, **how: Any) -> None:
    """Say something where a message went."""
    if row.room:
        post.to_room(row.room, template, facts, challenge=challenge, **how)
    elif row.person:
        post.to_person(row.person, template, facts, challenge=challenge, **how)
