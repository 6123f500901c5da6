"""When somebody wants their morning digest, or never."""

from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from handlers.digest import set_next
from handlers.message import Refused, Reply
from handlers.morning import NEVER, digest_clock
from handlers.rules import written
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.shapes import Shapes
from store.challenge import Challenge
from store.digest import digest_days_of
from store.person import Person

_OFFERED = ("07:30", "08:30", "09:30", "11:00")


class NotADigestTime(Refused):
    """What was typed is no time, or one at which nobody is nudged."""


def is_time(text: str) -> bool:
    """Whether a rest of the line may be a time, or *never*."""
    return len(text.split()) <= 3


def choose(session: Session, shapes: Shapes, speaker: Person, now: datetime, text: str) -> Reply:
    """Say when the digest comes, or have it come at another time, or never."""
    wanted = text.strip().casefold()
    if not wanted:
        return Reply("digest_time", {**_facts(speaker, shapes), "changed": False})
    speaker.digest_time = NEVER if wanted in {NEVER, "off", "no"} else _time(text, shapes)
    _move(session, speaker, shapes, now)
    set_next(session, [speaker])
    return Reply("digest_time", {**_facts(speaker, shapes), "changed": True})


def _facts(person: Person, shapes: Shapes) -> dict[str, Any]:
    never = person.digest_time == NEVER
    clock = "" if never else digest_clock(person, shapes.default).isoformat("minutes")
    return {"at": clock, "offered": [{"time": one} for one in _OFFERED if one != clock], "never": never}


def _time(text: str, shapes: Shapes) -> str:
    """The time as text. Raises NotADigestTime where it lies in quiet hours."""
    quiet = shapes.default.quiet
    clock = _morning(written.split_time(written.tidy(text)))
    if clock is None or not time(6) <= clock < quiet.starts:
        raise NotADigestTime(text=text, earliest="06:00", latest=quiet.starts.isoformat("minutes"))
    return clock.isoformat("minutes")


def _morning(found: tuple[str, time | None]) -> time | None:
    """A time alone; no day beside it."""
    day, clock = found
    return None if day else clock


def _move(session: Session, person: Person, shapes: Shapes, now: datetime) -> None:
    """What waits for a morning waits for the new time of that morning; one that is over comes at once."""
    for row in digest_days_of(session, person.id):
        challenge = session.get_one(Challenge, row.challenge_id)
        clock = digest_clock(person, shapes.format(challenge.format))
        row.at = max(at(local_day(row.at, challenge.zone), clock, challenge.zone), now)
    session.flush()
