"""Whether new days of the visit suit those who are confirmed: what they say, and who hears of it."""

import secrets
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.asked_again import AlreadyAnswered, again_in_team, days_asked, question_to
from handlers.invitations import ANSWERS
from handlers.message import Facts, Reply
from handlers.part import Part, Thing, thing
from handlers.post import Post
from handlers.reserves import who_could
from handlers.roles import coordinating_role
from handlers.shapes import Format
from store.challenge import Challenge
from store.outbox import messages_about, unsent_keyed, withdraw
from store.person import Person
from store.role import Role, holders, roles_to_come

_COMES = "available"
_FIND = ("coordinator", "challenge_manager")


def may_be_asked(session: Session, challenge: Challenge, format: Format, today: date) -> list[Role]:
    """The parts in the team that are asked when the visit moves."""
    side = format.side("team")
    return [
        row
        for row in roles_to_come(session, challenge.id, today)
        if row.role in side and row.covers_id is None
    ]


def asked(session: Session, challenge: Challenge, format: Format, person: Person, today: date) -> list[Role]:
    """The parts of somebody who was asked whether new days suit."""
    own = [row for row in may_be_asked(session, challenge, format, today) if row.person_id == person.id]
    return [row for row in own if question_to(session, row)]


def answers(session: Session, challenge: Challenge, format: Format, today: date) -> dict[int, dict[str, Any]]:
    """What those who were asked said, by the number of their part; `again`: nothing yet."""
    parts = may_be_asked(session, challenge, format, today)
    return {
        row.id: {**again_in_team(session, challenge, row), "answer": row.answer or ""}
        for row in parts
        if question_to(session, row)
    }


def answer(
    session: Session, challenge: Challenge, format: Format, post: Post, rows: list[Role], state: str,
    speaker: Person, today: date,
) -> Reply:  # fmt: skip
    """Note whether the new days suit. Whoever finds the team hears that they do not, or do after all."""
    person, before = rows[0].person, _answered(session, rows[0])
    if before == state:
        raise AlreadyAnswered(name=person.name, state=state, own=person is speaker)
    for row in rows:
        question = question_to(session, row)
        row.answer, row.answer_to = state, question.id if question else None
    facts = _facts(challenge, rows[0], state)
    told = _finders(session, challenge, {person, speaker}, today) if _is_news(before, state) else []
    _tell(session, challenge, post, rows[0], told, facts, today)
    return Reply("suiting_noted", {**facts, "own": person is speaker, "told": [one.name for one in told]})


def _answered(session: Session, row: Role) -> str | None:
    """What was said to the newest question."""
    question = question_to(session, row)
    return row.answer if question and row.answer_to == question.id else None


def is_unanswered(session: Session, rows: list[Role]) -> bool:
    """Whether somebody of the team was asked and has not said."""
    return bool(rows) and _answered(session, rows[0]) is None


def forget(session: Session, challenge: Challenge, format: Format, person: Person, today: date) -> None:
    """Take back the answer, and the question, of whoever moves the visit: they know whether it suits."""
    for row in asked(session, challenge, format, person, today):
        question = question_to(session, row)
        row.answer, row.answer_to = None, question.id if question else None


def _is_news(before: str | None, state: str) -> bool:
    """Whether it changes what whoever finds the team reckons with."""
    return (before or _COMES) != state


def _facts(challenge: Challenge, role: Role, state: str) -> dict[str, Any]:
    days = {"first_day": str(challenge.first_day), "last_day": str(challenge.last_day)}
    return {"challenge": challenge.name, "name": role.person.name, "role": role.role, "state": state, **days}


def _finders(session: Session, challenge: Challenge, but: set[Person], today: date) -> list[Person]:
    """Who coordinates and who manages the challenge, but those who know."""
    found = [
        one for role in _FIND
        for one in holders(session, challenge.id, challenge.programme_id, role, today)
    ]  # fmt: skip
    return [one for one in dict.fromkeys(found) if one not in but]


def _tell(
    session: Session, challenge: Challenge, post: Post, role: Role, people: list[Person], facts: Facts,
    today: date,
) -> None:  # fmt: skip
    """Say what was answered and what can be done now; an older answer that has not left is withdrawn."""
    take_back(session, challenge, role.person)
    opens = facts["state"] != _COMES
    reserves = who_could(session, challenge, role.role) if opens else []
    chosen = {role.person.name.casefold(): role.person_id}
    for one in people:
        as_role = coordinating_role(session, challenge, one, today)
        post.nudge(
            one, "suiting_told", {**facts, "as_role": as_role, "reserves": reserves, "opens": opens},
            key=f"{_key(challenge, role.person)}{one.id}:{secrets.token_hex(8)}", challenge=challenge,
            hidden={"chosen": chosen},
        )  # fmt: skip


def take_back(session: Session, challenge: Challenge, person: Person | None = None) -> None:
    """Let nobody hear any more what was said (by one person, where given), as it counts no longer."""
    key = _key(challenge, person)
    by_hand = [row for row in messages_about(session, challenge.id, "by_hand") if row.key.startswith(key)]
    for row in [*unsent_keyed(session, key), *by_hand]:
        withdraw(row)


def _key(challenge: Challenge, person: Person | None) -> str:
    return f"suiting_told:{challenge.id}:" + (f"{person.id}:" if person else "")


# What waits


def waits(part: Part) -> Iterator[Thing]:
    """The question whether new days suit, while it is not answered."""
    own = asked(part.session, part.challenge, part.format, part.person, part.today)
    if is_unanswered(part.session, own):
        days = days_asked(part.challenge)
        yield thing("new_days", *(part.button(answer, answer, **days) for answer in ANSWERS), **days)
