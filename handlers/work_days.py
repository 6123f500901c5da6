"""On which days of the week somebody works: nobody is nudged on others, and no digest comes."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import keeping
from handlers.message import Refused, Reply
from handlers.rules import work_days
from handlers.shapes import Shapes
from store.challenge import Challenge
from store.digest import digest_days_of
from store.person import Person


class NotWorkDays(Refused):
    """What was typed names no days from Monday to Friday."""


def is_days(text: str) -> bool:
    """Whether a rest of the line may be days of the week."""
    return work_days.read(text) is not None


def as_days(text: str) -> str:
    """The line that "I work mon to thu" stands for."""
    return f"working days {text}"


def as_days_off(text: str) -> str:
    """The line that "I don't work wednesdays" stands for."""
    return f"working days not {text}"


def choose(session: Session, shapes: Shapes, speaker: Person, now: datetime, text: str) -> Reply:
    """Say on which days the speaker works, or change them; their digests follow. Raises NotWorkDays."""
    if not text.strip():
        return Reply("work_days", {**_facts(speaker, shapes), "changed": False})
    wanted = work_days.read(text)
    if wanted is None:
        raise NotWorkDays(text=text)
    speaker.working_days = wanted
    for row in digest_days_of(session, speaker.id):
        keeping.look_again(session.get_one(Challenge, row.challenge_id), now)
    return Reply("work_days", {**_facts(speaker, shapes), "changed": True})


def _facts(person: Person, shapes: Shapes) -> dict[str, Any]:
    offered = [
        {"name": name, "worked": worked, "days": days}
        for name, worked, days in work_days.toggled(person.working_days)
    ]
    quiet = shapes.default.quiet
    return {
        "days": work_days.names(person.working_days),
        "offered": offered,
        "quiet_from": quiet.starts.isoformat("minutes"),
        "quiet_until": quiet.ends.isoformat("minutes"),
    }
