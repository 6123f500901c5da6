"""Which days are worked: by a challenge, and by somebody in it."""

from datetime import date

from handlers.rules.counting import WorkingDays
from store.challenge import Challenge
from store.person import Person


def calendar_of(challenge: Challenge) -> WorkingDays:
    """The days by which a challenge's dates are counted: less bank holidays and the council's closed days."""
    return calendar_with(challenge, closed_days(challenge))


def calendar_with(challenge: Challenge, closed: frozenset[date]) -> WorkingDays:
    """The same, were the council closed on these days."""
    return WorkingDays(challenge.nation, tuple(closed))


def calendar_for(person: Person, challenge: Challenge) -> WorkingDays:
    """The days on which somebody may be written to: the council's own people not while it is closed."""
    if challenge.closed_days and person.council_id in {host.id for host in challenge.hosts}:
        return calendar_of(challenge)
    return WorkingDays(challenge.nation)


def closed_days(challenge: Challenge) -> frozenset[date]:
    """The days on which its council is closed."""
    return frozenset(map(date.fromisoformat, challenge.closed_days or ()))
