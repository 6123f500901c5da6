"""A challenge that is over can be closed: whoever coordinates is reminded of it, once."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.agenda import Due
from handlers.post import Post
from handlers.rounds import opening, rounds
from handlers.rules.counting import WorkingDays
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.rules.rounds import over_on
from handlers.shapes import Evaluation, Format
from store.challenge import Challenge
from store.person import Person
from store.questionnaire import participations
from store.role import holders

_WHO = ("coordinator", "programme_manager")
"""Of those who may close a challenge, whoever there is first."""


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """The first morning after the final was issued on which nobody need wait for any questionnaire."""
    if format.closing is None or challenge.final_issued_at is None:
        return
    issued, patience = local_day(challenge.final_issued_at, challenge.zone), format.closing.patience
    over = [_over_on(session, challenge, one, patience) for one in format.evaluation]
    days = [day for day in over if day is not None]
    if len(days) == len(over):
        calendar = WorkingDays(challenge.nation)
        earliest = calendar.next(issued) if days else calendar.after(issued, patience)
        moment = at(max([earliest, *days]), format.digest.at, challenge.zone)
        yield Due(at=moment, run=prompt_to_close)


def _over_on(session: Session, challenge: Challenge, evaluation: Evaluation, patience: int) -> date | None:
    """The day on which a round is over; None where nobody can know yet when it opens."""
    opens = opening(challenge, evaluation)
    if opens is None:
        return None
    asked = [
        (_day(challenge, one.asked_at), _day(challenge, one.finished_at) if one.finished_at else None)
        for one in participations(session, challenge.id, evaluation.questionnaire)
    ]
    calendar, reminders = WorkingDays(challenge.nation), evaluation.reminders
    return over_on(opens, asked, reminders=reminders, patience=patience, calendar=calendar)


def _day(challenge: Challenge, moment: datetime) -> date:
    return local_day(moment, challenge.zone)


def prompt_to_close(post: Post, challenge: Challenge) -> None:
    """Say that the challenge can be closed, once, and which questionnaires were never asked."""
    role, people = _whom(post, challenge)
    facts = {
        "challenge": challenge.name,
        "role": role,
        "unasked": [one.title for one in rounds(post, challenge) if not one.asked],
    }
    for person in people:
        key = f"close_prompt:{challenge.id}:{person.id}"
        post.nudge(person, "close_prompt", facts, key=key, challenge=challenge)


def _whom(post: Post, challenge: Challenge) -> tuple[str, list[Person]]:
    """Who is asked to close a challenge, and as what."""
    today = local_day(post.now, challenge.zone)
    held = ((role, holders(post.session, challenge.id, challenge.programme_id, role, today)) for role in _WHO)
    return next(((role, people) for role, people in held if people), (_WHO[0], []))
