"""Taking a letter back before it left, and correcting it where it stands after it did.

The daily summary has ways of its own, by those who agree it. LGA manual, section 10: once sent it can be
corrected, not recalled.
"""

import re
import secrets
from datetime import date
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from handlers.final import LinkNotSafe, safe_link
from handlers.holding import Sight, holding
from handlers.knowing import for_whom, may_know
from handlers.letters import CORRECTED, LETTERS, Letter, slot_for
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules.local import local_text
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.invitation import Invitation
from store.outbox import Outgoing, messages_about, withdraw
from store.person import Person
from store.slot import newest_in_slot
from store.task import Task, tasks_of

_HAS_NOT_LEFT = frozenset({"ready", "held", "by_hand", "unsure", "sending", "uncertain"})
_CORRECTION = ":corrected:"
"""Stands in the key of a correction between that of the letter as it was first said and a mark of its own."""
_IN_HAND = frozenset({"sending", "uncertain"})
_NUMBER = "[0-9]{1,9}"
_NOBODY_READ_IT = frozenset({"ready", "held", "by_hand"})


class NoSuchMessage(Refused):
    """The challenge has no message with this number that the speaker may know of."""


class NotALetter(Refused):
    """The message is none that somebody decided to send, or it has a way of its own."""


class NotYourStep(Refused):
    """Another role decides about this message."""


class TooLateToWithdraw(Refused):
    """The message arrived, or was given up."""


class NotWithdrawn(Refused):
    """Nobody withdrew this message."""


class NoLongerSo(Refused):
    """What the message tells of has changed since it was withdrawn."""


class NothingTyped(Refused):
    """Nothing in this message was typed by anybody."""


class NoLongerKept(Refused):
    """The message was settled so long ago that its words were forgotten."""


class NothingToCorrect(Refused):
    """The message was withdrawn, or could not be delivered."""


# What can be done


def withdraw_letter(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, number: int,
) -> Reply:  # fmt: skip
    """Let a letter not be sent; what it tells of stays as it is. What is leaving is stopped if it can be.

    A correction alone is not taken back, where the letter stands with its first words.
    """
    row, _letter = _letter_of(session, challenge, format, words, roles, speaker, today, number)
    said = _versions(session, challenge, row)
    state = "sent" if any(one.state == "sent" for one in said) else _state(row)
    if state not in _HAS_NOT_LEFT:
        carried = {"challenge": challenge.id, "known": {"number": str(row.id)}}
        typed = has_typed_words(row) and state == "sent"
        raise TooLateToWithdraw(**_named(row), **_about(row), state=state, typed=typed, hidden=carried)
    unsent = [one for one in said if one.state in _HAS_NOT_LEFT]
    was = next((one.state for one in unsent if one.state in _IN_HAND), state)
    for one in unsent:
        withdraw(one)
    row.withdrawn_by = speaker.id
    facts = {**_named(row), **_about(row), "was": was}
    return Reply("letter_withdrawn", facts, hidden={"challenge": challenge.id})


def send_after_all(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, post: Post, number: int,
) -> Reply:  # fmt: skip
    """Send a letter that somebody withdrew, at its own moment. Raises NotWithdrawn, and NoLongerSo."""
    row, _letter = _letter_of(session, challenge, format, words, roles, speaker, today, number)
    if row.withdrawn_by is None or _state(row) not in {"withdrawn", "replaced"}:
        raise NotWithdrawn(**_named(row))
    if not _is_still_so(session, challenge, row):
        raise NoLongerSo(**_named(row))
    row.state = "ready" if row.state == "withdrawn" else row.state
    row.unwanted, row.withdrawn_by, row.until = False, None, None
    row.not_before = max(row.not_before, post.now)
    return Reply("letter_sent_after_all", _named(row), hidden={"challenge": challenge.id})


def correct(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    speaker: Person, today: date, post: Post, number: int, text: str,
) -> Reply:  # fmt: skip
    """Put other words in the place of those typed in a letter, wherever it went, and in what it tells of."""
    row, letter = _letter_of(session, challenge, format, words, roles, speaker, today, number)
    if not has_typed_words(row):
        raise NothingTyped(**_named(row), **_about(row))
    if not _may_be_read(row):
        raise NothingToCorrect(**_named(row), **_about(row), state=_state(row))
    typed = {letter.typed: _checked(letter, text)}
    _change_what_it_tells_of(session, challenge, row, text)
    copies = _copies(session, challenge, row)
    for copy in copies:
        _put_right(post, challenge, copy, typed, speaker)
    facts = {**_named(row), "text": text, "arrived": row.state == "sent", "all": len(copies)}
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
    row, letter = _letter_of(session, challenge, format, words, roles, speaker, today, int(number))
    if not has_typed_words(row):
        raise NothingTyped(**_named(row), **_about(row))
    return {"text": row.facts[letter.typed]}


def read(text: str) -> dict[str, str]:
    """The number of a message and the words for it, from '12 learning plan for 2025'."""
    number, _, rest = text.strip().partition(" ")
    return {"number": number.removeprefix("#"), "text": rest.strip()}


def has_typed_words(row: Outgoing) -> bool:
    """Whether there is something in a message to correct: a report that went by e-mail has no link."""
    letter = LETTERS.get(str(row.template))
    return letter is not None and bool(row.facts.get(letter.typed))


def is_letter(row: Outgoing, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may decide about a message that they may know of."""
    letter = LETTERS.get(str(row.template))
    return letter is not None and bool(roles & letter.whose)


def _letter_of(
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
        raise NotALetter(**_named(row))
    if row.emptied:
        raise NoLongerKept(**_named(row))
    task = _task_of(session, challenge, row)
    sight = Sight(
        format=format, holding=holding(session, challenge, today), person=speaker, roles=roles, today=today
    )
    if not roles & letter.whose or (task and not sight.knows(task)):
        _not_theirs(row, letter, format)
    return row, letter


def _not_theirs(row: Outgoing, letter: Letter, format: Format) -> NoReturn:
    raise NotYourStep(**_named(row), who=[role for role in format.roles if role in letter.whose])


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
    if task := _task_of(session, challenge, row):
        task.title = text
    if invitation := _invitation_of(session, row):
        invitation.expertise = text


def _copies(session: Session, challenge: Challenge, row: Outgoing) -> list[Outgoing]:
    """A letter, and the same to others: of each the newest that may be, or was, read.

    They are told apart by their keys: after its room was lost, a letter is in no slot any more.
    """
    rows = (one for one in messages_about(session, challenge.id) if not one.emptied and _may_be_read(one))
    same = [one for one in rows if _tells_of(one) == _tells_of(row)]
    return list({_first_key(one): one for one in reversed(same)}.values())


def _versions(session: Session, challenge: Challenge, row: Outgoing) -> list[Outgoing]:
    """A letter as it was first said, and its corrections."""
    first = _first_key(row)
    return [one for one in messages_about(session, challenge.id) if _first_key(one) == first]


def _first_key(row: Outgoing) -> str:
    return row.key.partition(_CORRECTION)[0]


def _state(row: Outgoing) -> str:
    """The state of a letter, as whoever withdrew it sees it."""
    return "withdrawn" if row.unwanted and row.state != "sent" else row.state


def _may_be_read(row: Outgoing) -> bool:
    """Whether somebody may read a letter, or has."""
    return _state(row) in {*_HAS_NOT_LEFT, "sent"}


def _is_still_so(session: Session, challenge: Challenge, row: Outgoing) -> bool:
    """Whether what a letter tells of is as it was."""
    if row.template == "dates_told":
        told = (row.facts["first_day"], row.facts["last_day"])
        return row.state != "replaced" and told == (str(challenge.first_day), str(challenge.last_day))
    task, invitation = _task_of(session, challenge, row), _invitation_of(session, row)
    return (task is None or task.state == "open") and (invitation is None or invitation.open)


def _tells_of(row: Outgoing) -> tuple[Any, ...]:
    """What a letter is about, the same in every copy."""
    about = (row.facts.get("number"), row.hidden.get("invitation"))
    return (row.template, *about)


def _put_right(post: Post, challenge: Challenge, row: Outgoing, typed: Facts, speaker: Person) -> None:
    """Queue a letter anew in its slot.

    It says who corrected it where somebody may have read it, and where it speaks for somebody else.
    """
    template, key = str(row.template), f"{_first_key(row)}{_CORRECTION}{secrets.token_hex(4)}"
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


def _task_of(session: Session, challenge: Challenge, row: Outgoing) -> Task | None:
    """The task that a letter tells of."""
    number = row.facts.get("number") if row.template in {"task_for_you", "request_to_council"} else None
    return next((task for task in tasks_of(session, challenge.id) if task.number == number), None)


def _invitation_of(session: Session, row: Outgoing) -> Invitation | None:
    """The invitation that a letter is."""
    number = row.hidden.get("invitation", 0) if row.template == "invitation" else 0
    return session.get(Invitation, number)


def _named(row: Outgoing) -> dict[str, Any]:
    return {"number": row.id, "what": row.template, "to": for_whom(row)}


def _about(row: Outgoing) -> dict[str, Any]:
    """What a letter tells of, for the line that changes that."""
    return {"task": row.facts.get("number") or 0}
