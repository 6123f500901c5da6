"""Messages that may have arrived, where the chat cannot be asked: a person finds out, and says so.

An answer is said once more by itself, with words in front; whoever asked can tell. So is what nobody could
be asked about.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from handlers.knowing import for_whom, may_know, may_nobody_know
from handlers.letter_at_hand import NoSuchMessage
from handlers.message import Card, Refused, Reply
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.roles import COORDINATING, coordinating_role
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.telling import when_to_tell
from handlers.words import Words
from store.challenge import Challenge
from store.erasing import AT_ONCE, Batch, Mark, waiting_for_people
from store.heard import heard_before
from store.outbox import Outgoing, messages_about
from store.person import Person
from store.role import holders, roles_of

_NOT_WORTH_IT = frozenset({"digest", "may_have_arrived"})
"""What is not worth asking anybody about."""


class NotInDoubt(Refused):
    """What became of the message is known, or nobody has to say it."""


def is_answer(session: Session, row: Outgoing) -> bool:
    """Whether a message is the answer to something that was said."""
    return heard_before(session, row.key) is not None


def goes_again(session: Session, row: Outgoing) -> bool:
    """Whether a message in doubt is said once more by itself."""
    asked = row.challenge_id and row.template not in _NOT_WORTH_IT and not may_nobody_know(row)
    return not asked or is_answer(session, row)


def in_front(words: Words, card: Card) -> Card:
    """A card that may stand already, and says so."""
    first = words.card("said_again", {})
    return Card(
        blocks=(*first.blocks, *card.blocks), plain=f"{first.plain}\n\n{card.plain}", buttons=card.buttons
    )


def in_doubt(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str]
) -> list[Outgoing]:
    """The messages of a challenge of which somebody with these roles may say whether they arrived."""
    rows = messages_about(session, challenge.id, "unsure")
    return [row for row in rows if _may_say(session, row, format, words, roles)]


def _may_say(session: Session, row: Outgoing, format: Format, words: Words, roles: frozenset[str]) -> bool:
    if row.template in _NOT_WORTH_IT or is_answer(session, row):
        return False
    return may_know(row, format, words, roles)


# Telling, once


def tell(session: Session, row: Outgoing, challenge: Challenge, post: Post) -> None:
    """Tell whoever coordinates, and may know of a message, that nobody can know whether it arrived.

    At most once a day: `delivery` has them all.
    """
    challenge.next_due_at = post.now
    today = local_day(post.now, challenge.zone)
    for person in _whom(session, row, challenge, post, today):
        when = when_to_tell(post, challenge, person)
        as_role = coordinating_role(session, challenge, person, today)
        facts = {"challenge": challenge.name, "as_role": as_role, **_named(row)}
        key = f"doubt:{challenge.id}:{person.id}:{local_day(when, challenge.zone).isoformat()}"
        post.to_person(person, "may_have_arrived", facts, key=key, challenge=challenge, not_before=when)


def _whom(session: Session, row: Outgoing, challenge: Challenge, post: Post, today: date) -> list[Person]:
    """Those of the first coordinating role in which anybody may know of it."""
    format = post.shapes.format(challenge.format)

    def may(person: Person) -> bool:
        roles = frozenset(roles_of(session, person.id, challenge.id, challenge.programme_id, today))
        return _may_say(session, row, format, post.words, roles)

    held = (holders(session, challenge.id, challenge.programme_id, role, today) for role in COORDINATING)
    return next((found for people in held if (found := list(filter(may, people)))), [])


def waits(part: Part) -> Iterator[Thing]:
    """For whoever coordinates: messages of which nobody knows whether they arrived."""
    if part.roles.isdisjoint(COORDINATING):
        return
    count = len(in_doubt(part.session, part.challenge, part.format, part.post.words, part.roles))
    if count:
        yield thing("in_doubt", part.button("delivery", "delivery"), count=count)


# What a person says of it


def arrived(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    now: datetime, number: int,
) -> Reply:  # fmt: skip
    """Record that a message arrived after all. Raises NotInDoubt, NoSuchMessage."""
    row = _the_one(session, challenge, format, words, roles, number)
    row.state, row.sent_at = "sent", now
    return _said_of(row, "arrived_after_all", challenge)


def send_again(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str],
    now: datetime, number: int,
) -> Reply:  # fmt: skip
    """Send a message once more that may have arrived, with words in front that say so. Raises NotInDoubt.

    A person decides that it is not too late; what is held at its time is held still.
    """
    row = _the_one(session, challenge, format, words, roles, number)
    row.state, row.repeated, row.not_before = "ready", True, now
    row.until = row.until if row.late == "hold" else None
    return _said_of(row, "sent_once_more", challenge)


def _the_one(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str], number: int
) -> Outgoing:
    rows = in_doubt(session, challenge, format, words, roles)
    found = next((row for row in rows if row.id == number), None)
    return found or _settled(session, challenge, format, words, roles, number)


def _settled(
    session: Session, challenge: Challenge, format: Format, words: Words, roles: frozenset[str], number: int
) -> NoReturn:
    """Refuse to decide about a message that is not in doubt: say what became of it."""
    row = session.get(Outgoing, number)
    if row is None or row.challenge_id != challenge.id or not may_know(row, format, words, roles):
        raise NoSuchMessage(number=number, challenge=challenge.name)
    at = local_text(row.sent_at or row.not_before, challenge.zone)
    raise NotInDoubt(number=number, **_named(row), state=row.state, at=at)


def _said_of(row: Outgoing, template: str, challenge: Challenge) -> Reply:
    return Reply(template, {"number": row.id, **_named(row)}, hidden={"challenge": challenge.id})


def _named(row: Outgoing) -> dict[str, Any]:
    """The name of a message, never its words, and for whom it is."""
    return {"what": row.template, "to": for_whom(row)}


# What nobody says anything of


def give_up(session: Session, before: datetime, after: Mark | None) -> Batch:
    """Give up what has waited for a person since before then although nobody is asked about it."""
    rows = waiting_for_people(session, before, after or 0)
    over = [row for row in rows if _nobody_is_asked(session, row)]
    for row in over:
        row.state = "dead"
    return Batch(rows=len(over), next=rows[-1].id if len(rows) == AT_ONCE else None)


def _nobody_is_asked(session: Session, row: Outgoing) -> bool:
    """Whether no challenge's `delivery` lists it; what is to be passed on in one waits for its reader too."""
    if row.challenge_id is None:
        return True
    secret = row.template in _NOT_WORTH_IT or may_nobody_know(row) or is_answer(session, row)
    return row.state == "unsure" and secret
