"""When the team's words may leave the team. Two people agree them; a clock, the council and others never do.

LGA manual, section 10: regular feedback to the sponsor, no surprises, the findings remain the team's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.rules.dates import at


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """Somebody agreed the newest words, in a role that is asked to."""

    role: str
    person: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Whether somebody may send without the others.

    `why`: "" (they may), "not_agreed" (they have not agreed themselves), "nobody_missing"
    (everybody agreed) or "too_soon" (not before `at`).
    """

    why: str = ""
    at: datetime | None = None


NEVER = frozenset({"coordinator"})
"""Whoever holds one of these lets no words leave the team, whatever else they hold."""


def may_release(held: Collection[str], asked: Sequence[str], council: Collection[str]) -> bool:
    """Whether somebody is one of those asked, and neither of the council nor the coordinator."""
    barred = NEVER.union(council)
    return not barred.intersection(held) and any(role in held for role in asked)


def still_to_agree(asked: Sequence[str], agreed: Iterable[Agreed]) -> tuple[str, ...]:
    """The roles that have not agreed yet, in the order of the format."""
    there = {one.role for one in agreed}
    return tuple(role for role in asked if role not in there)


def has_agreed(person: int, agreed: Iterable[Agreed]) -> bool:
    """Whether somebody agreed the newest words, in whichever role."""
    return any(one.person == person for one in agreed)


def role_to_agree_in(
    asked: Sequence[str], held: Collection[str], person: int, agreed: Collection[Agreed]
) -> str | None:
    """The role in which somebody would agree now; None when there is none.

    Nobody agrees twice: whoever holds two of the roles counts as one of the people asked.
    """
    if has_agreed(person, agreed):
        return None
    return next((role for role in still_to_agree(asked, agreed) if role in held), None)


def may_send_alone(
    asked: Sequence[str], agreed: Collection[Agreed], person: int, now: datetime, minutes: int
) -> Alone:
    """Whether one of those asked may send with a reason: so long after their own agreement, nobody else's."""
    own = next((one for one in agreed if one.person == person), None)
    if own is None:
        return Alone(why="not_agreed")
    if not still_to_agree(asked, agreed):
        return Alone(why="nobody_missing")
    earliest = own.at + timedelta(minutes=minutes)
    return Alone(why="too_soon", at=earliest) if now < earliest else Alone()


def too_late(now: datetime, day: date, nothing_after: time, zone: str) -> bool:
    """Whether nothing is sent any more without *send anyway*: from this local time of the day on."""
    return now >= at(day, nothing_after, zone)


def deliver_by(now: datetime, day: date, nothing_after: time, minutes: int, zone: str) -> datetime:
    """When a message that has not arrived is held: after so many minutes, or when it is too late that day.

    Sent anyway, after that time, it has its minutes.
    """
    patience = now + timedelta(minutes=minutes)
    end = at(day, nothing_after, zone)
    return patience if now >= end else min(patience, end)
