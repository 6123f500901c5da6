"""What speaks against a role: whose employer, which other role. Everything else is for people to weigh."""

from datetime import date

from sqlalchemy.orm import Session

from handlers.message import Refused
from handlers.newcomers import TAKES_EMPLOYER, CouncilNeeded, Employer, Naming, employer, welcome
from handlers.roles import INVITED, roles_of_person
from handlers.rules import conflicts
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.role import roles_of


class WorksForTheCouncil(Refused):
    """A peer would look at the council that employs them. LGA: no direct association with the host."""


class OnBothSides(Refused):
    """Somebody would sit with the council and with those it must not overhear."""


class AgreesTwice(Refused):
    """One person would give both agreements that let words leave the team."""


class AlreadyInRole(Refused):
    """They hold this role already."""


def eligible(
    session: Session, challenge: Challenge, format: Format, naming: Naming, person: Person | None, role: str,
    today: date,
) -> Person:  # fmt: skip
    """The person, made when new, once nothing speaks against the role.

    Raises WorksForTheCouncil, OnBothSides, AgreesTwice, AlreadyInRole, and CouncilNeeded where a
    team member's employer is not known. Whoever sits with the council is taken to work for it.
    """
    side = format.role(role).side
    host = challenge.hosts[0] if side == conflicts.COUNCIL and len(challenge.hosts) == 1 else None
    works = employer(session, naming, person, assumed=host)
    called = person.name if person else naming.name
    if side == conflicts.TEAM and works.council is None:
        raise CouncilNeeded(at_field="council", name=called, role=role, **_as_a_line(naming))
    _check_employer(challenge, format, works, called, side)
    if person:
        check_free(session, challenge, format, person, role, today)
    return welcome(session, naming, person, works)


def _as_a_line(naming: Naming) -> dict[str, str]:
    """How to say the same with the employer in it, where it was typed and the command can be."""
    typed = naming.said.fields is None and naming.phrase in TAKES_EMPLOYER
    return {
        "phrase": naming.phrase if typed else "",
        "expertise": str(naming.typed.get("expertise") or ""),
    }


def _check_employer(challenge: Challenge, format: Format, works: Employer, called: str, side: str) -> None:
    hosts = frozenset(one.name for one in challenge.hosts)
    if conflicts.of_own_council(works.evidence, hosts, side, reciprocal=format.reciprocal):
        host = min(works.evidence & hosts)
        raise WorksForTheCouncil(name=called, council=host, challenge=challenge.name)


def check_free(
    session: Session, challenge: Challenge, format: Format, person: Person, role: str, today: date
) -> None:
    """Refuse a role that somebody holds already, or that does not go with another of theirs."""
    own = roles_of_person(session, challenge, person, today)
    if any(row.role == role and row.ends is None for row in own):
        raise AlreadyInRole(name=person.name, role=role, challenge=challenge.name)
    held = {row.role for row in own} | roles_of(
        session, person.id, challenge.id, challenge.programme_id, today
    )
    side = {**format.sides, INVITED: conflicts.TEAM}
    sides = conflicts.sides_of(held, side)
    if conflicts.on_both_sides(sides, side[role], reciprocal=format.reciprocal):
        raise OnBothSides(name=person.name, challenge=challenge.name)
    if conflicts.agrees_twice(held, role, frozenset(format.release.agreed_by)):
        raise AgreesTwice(name=person.name, role=role)
