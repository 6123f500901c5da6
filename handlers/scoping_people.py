"""Who takes part in scoping, and how each of them sees the answers.

The sponsor and those in the format's audience "scoping" read the answers; everybody else reads the
agreed proposal only. A coordinator may note too, and sees what they noted themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from handlers.holding import holding
from handlers.scoping_questions import Eyes
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.scoping import ScopingAnswer

NOTERS = ("programme_manager", "coordinator")
READERS = "scoping"


def eyes_of(
    session: Session,
    answers: Mapping[str, ScopingAnswer],
    format: Format,
    person: Person,
    roles: frozenset[str],
) -> Eyes:
    """How somebody with these roles sees the answers."""
    noters = {row.noted_by for row in answers.values()}
    names = {noter: first_names([session.get_one(Person, noter)])[0] for noter in noters}
    reads = bool(roles & format.audience(READERS))
    return Eyes(person_id=person.id, confirms="sponsor" in roles, reads=reads, names=names)


def managers(session: Session, challenge: Challenge, today: date) -> list[Person]:
    """Whoever holds scoping together: the programme manager, else the coordinator."""
    held = holding(session, challenge, today)
    return held.people("programme_manager") or held.people("coordinator")


def first_names(people: Sequence[Person]) -> list[str]:
    """How people are called."""
    return [(person.name.split() or [person.name])[0] for person in people]
