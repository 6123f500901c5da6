"""Correcting what was typed in a letter, where it stands and in what it tells of.

The daily summary has ways of its own, by those who agree it. LGA manual, section 10: once sent it can be
corrected, not recalled.
"""

import re
import secrets
from datetime import date, datetime
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
    settled_as,
    state_of,
    task_of,
)
from handlers.letters import CORRECTED, Letter, slot_for
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules.balance import uncovered
from handlers.rules.local import local_text
from handlers.shapes import Format
from handlers.shown import last_shown, place
from handlers.words import Words
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from store.role import roles_of
from store.scoping import agreed_proposal

_NUMBER = "[0-9]{1,9}"
_NOBODY_READ_IT = frozenset({"ready", "held", "by_hand"})


class NothingTyped(Refused):
    """Nothing in this message was typed by anybody."""


class NothingToCorrect(Refused):
    """The message was withdrawn, or could not be delivered."""


class SameWords(Refused):
    """The message says so already."""


class CorrectionTooLong(Refused):
    """The words are longer than what the message tells of may be."""


class NoCorrectionShown(Refused):
    """No correction was shown that could be confirmed."""


class CorrectedMeanwhile(Refused):
    """The message was corrected after the preview that is confirmed."""


def propose(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, now: datetime, number: int, text: str,
) -> Reply:  # fmt: skip
    """Show what becomes of the words typed in a letter, there and in what it tells of, and do nothing yet."""
    row, letter = letter_meant(session, challenge, format, words, roles, speaker, today, number)
    text = _checked(row, letter, text)
    copies = copies_of(session, challenge, row)
    author = _author_to_tell(session, challenge, row, speaker, today)
    facts = {
        **_becomes(session, challenge, row, letter, text, copies, speaker),
        "areas": _areas_but(session, challenge, letter, text),
        "tells": author.name if author else "",
        **place(session, challenge, speaker, "letter_preview", now),
    }
    carried = {"number": str(row.id), "text": text}
    return Reply("letter_preview", facts, hidden={"challenge": challenge.id, "known": carried})


def confirm(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, post: Post, about: Facts,
) -> Reply:  # fmt: skip
    """Correct a letter as it was shown, wherever it went, and what it tells of. Typed: as it was shown last.

    Whoever asked for what somebody else corrects hears of it. Raises NoCorrectionShown, CorrectedMeanwhile.
    """
    shown = about if "known" in about else last_shown(session, challenge, speaker, "letter_preview", post.now)
    number, text = _shown(shown, challenge)
    row, letter = letter_meant(session, challenge, format, words, roles, speaker, today, number)
    if row.id != number:
        raise CorrectedMeanwhile(**named(row), text=row.facts[letter.typed])
    text = _checked(row, letter, text)
    copies = copies_of(session, challenge, row)
    facts = _becomes(session, challenge, row, letter, text, copies, speaker)
    author = _author_to_tell(session, challenge, row, speaker, today)
    _change_what_it_tells_of(session, challenge, row, text)
    for copy in copies:
        _put_right(post, challenge, copy, {letter.typed: text}, speaker)
    if author:
        _tell_author(post, challenge, author, facts, speaker)
    return Reply("letter_corrected", facts, hidden={"challenge": challenge.id})


def _shown(shown: Facts | None, challenge: Challenge) -> tuple[int, str]:
    """The number of a letter, and the words for it, as a preview carries them. Raises NoCorrectionShown."""
    carried = shown["known"] if shown else {}
    number, text = str(carried.get("number", "")), str(carried.get("text", ""))
    if not text or not re.fullmatch(_NUMBER, number):
        raise NoCorrectionShown(challenge=challenge.name)
    return int(number), text


def _becomes(
    session: Session, challenge: Challenge, row: Outgoing, letter: Letter, text: str, copies: list[Outgoing],
    speaker: Person,
) -> dict[str, Any]:  # fmt: skip
    """What becomes of the words in a letter: the old, the new, how many say so, and what is settled of it."""
    return {
        **named(row),
        **about_task(row),
        "old": row.facts[letter.typed],
        "text": text,
        "arrived": row.state == "sent",
        "says_who": _says_who(session, challenge, row, speaker),
        "all": len(copies),
        "settled": settled_as(session, challenge, row),
    }


def _areas_but(session: Session, challenge: Challenge, letter: Letter, text: str) -> list[str]:
    """The agreed areas of work, where somebody is to be invited for something else; before that, none."""
    agreed = agreed_proposal(session, challenge.id)
    if letter.typed != "expertise" or challenge.proposal_agreed_at is None or agreed is None:
        return []
    areas = [*agreed.content["areas"], *agreed.content["core_themes"]]
    known = [*areas, *(line["text"] for line in agreed.content["key_lines"])]
    return areas if uncovered(known, [text]) == known else []


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


def _checked(row: Outgoing, letter: Letter, text: str) -> str:
    """The words as they may stand in a letter; of an address, that it is one.

    Raises NothingTyped, NothingToCorrect, SameWords; CorrectionTooLong and LinkNotSafe at the field.
    """
    if not has_typed_words(row):
        raise NothingTyped(**named(row), **about_task(row))
    if not may_be_read(row):
        raise NothingToCorrect(**named(row), **about_task(row), state=state_of(row))
    if text == row.facts[letter.typed]:
        raise SameWords(**named(row), text=text)
    if len(text) > letter.longest:
        raise CorrectionTooLong(at_field="text", limit=letter.longest, length=len(text))
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
    """Queue a letter anew in its slot."""
    template, key = str(row.template), f"{first_key(row)}{CORRECTION}{secrets.token_hex(4)}"
    if row.person and not row.room and not post.may_read(row.person, template, challenge):
        return
    facts = {**row.facts, **typed}
    if _says_who(post.session, challenge, row, speaker):
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


def _says_who(session: Session, challenge: Challenge, row: Outgoing, speaker: Person) -> bool:
    """Whether a letter says who corrected it: somebody may have read it, or it speaks for somebody else."""
    return row.state not in _NOBODY_READ_IT or _author_of(session, challenge, row) not in {None, speaker.id}


def _author_of(session: Session, challenge: Challenge, row: Outgoing) -> int | None:
    """Who asked for what a letter tells of."""
    if task := task_of(session, challenge, row):
        return task.added_by
    invitation = invitation_of(session, row)
    return invitation.invited_by if invitation else None


def _author_to_tell(
    session: Session, challenge: Challenge, row: Outgoing, speaker: Person, today: date
) -> Person | None:
    """Who asked for what a letter tells of, where somebody else corrects it and they still have a part."""
    author = _author_of(session, challenge, row)
    if author is None or author == speaker.id:
        return None
    part = roles_of(session, author, challenge.id, challenge.programme_id, today)
    return session.get_one(Person, author) if part else None


def _tell_author(post: Post, challenge: Challenge, author: Person, facts: Facts, speaker: Person) -> None:
    """Say to whoever asked for something that somebody else put it into other words."""
    told = {**facts, "challenge": challenge.name, "who": speaker.name}
    key, when = f"corrected:{facts['number']}:{secrets.token_hex(4)}", post.when_to_nudge(author, challenge)
    post.to_person(author, "yours_was_corrected", told, key=key, challenge=challenge, not_before=when)


def _say(post: Post, challenge: Challenge, row: Outgoing, template: str, facts: Facts, **how: Any) -> None:
    """Say something where a message went."""
    if row.room:
        post.to_room(row.room, template, facts, challenge=challenge, **how)
    elif row.person:
        post.to_person(row.person, template, facts, challenge=challenge, **how)
