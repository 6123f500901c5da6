"""A deputy for some days: `cover helen with tom 11-12 nov`. Named by a person, dated, never automatic."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.appointing import MayNotAppoint, offered
from handlers.eligibility import eligible
from handlers.message import Refused, Reply, Said
from handlers.newcomers import Naming, employer
from handlers.people import people_of, the_one
from handlers.post import Post
from handlers.roles import INVITED, coordinating_role, give_role
from handlers.rules import conflicts, phrases
from handlers.rules.dates import Days
from handlers.rules.people import called
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.programme import Programme
from store.role import Role, holders, programme_roles_on, roles_to_come


class NothingToCover(Refused):
    """They hold no role in this challenge that somebody could stand in for."""


class WhichRole(Refused):
    """They hold several roles: a person says which one is meant."""


class SponsorNamesDeputy(Refused):
    """On the council's side only the sponsor names a deputy."""


class DeputyFromElsewhere(Refused):
    """A deputy on the council's side works for the council."""


class SamePerson(Refused):
    """Nobody stands in for themselves."""


class CoveredAlready(Refused):
    """The deputy covers some of these days already."""


def read(text: str, session: Session, programme: Programme) -> dict[str, Any]:
    """Whose role, who covers it and on which days, as typed on one line."""
    return dict(newcomers.in_fields(phrases.cover(text), session, programme, "deputy"))


def prepared(format: Format, mentioned: tuple[Person, ...], typed: dict[str, Any]) -> dict[str, Any]:
    """The roles, and the e-mail address of a deputy, or a successor, who was mentioned."""
    name = str(typed.get("deputy") or typed.get("to") or "")
    return {**offered(format), **newcomers.known_email(name, mentioned, ())}


def cover(
    session: Session, programme: Programme, challenge: Challenge, format: Format, post: Post, said: Said,
    speaker: Person, mentioned: tuple[Person, ...], roles: frozenset[str], today: date,
    name: str, deputy: str, days: Days, role: str | None, email: str | None, council: str | None,
) -> Reply:  # fmt: skip
    """Let a deputy hold somebody's role for some days, beside them, for what is sent on these days."""
    person = holder_called(session, challenge, name, mentioned, said, speaker, today)
    row = one_role(_of(session, challenge, person, today), person, role or said.hidden.get("role"), said)
    side = format.role(row.role).side
    _check_speaker(roles, row.role, side, person)
    naming = Naming(
        programme=programme, challenge_id=challenge.id, name=deputy, email=email, council=council, said=said,
        mentioned=mentioned, speaker=speaker, known=candidates(session, challenge, format, side, today),
        phrase="cover", typed={"name": name, "deputy": deputy, "role": role}, at_field="deputy",
        only_of=only_of(challenge, side),
    )  # fmt: skip
    somebody = newcomers.find(session, naming)
    if somebody is person:
        raise SamePerson(at_field="deputy", name=person.name)
    _check_deputy(session, challenge, naming, somebody, side)
    somebody = eligible(session, challenge, format, naming, somebody, row.role, today)
    _check_days(session, challenge, row, somebody, days, today)
    given = give_role(
        session, challenge, somebody, row.role, starts=max(days.first, today), ends=days.last, covers=row
    )
    facts = {
        "challenge": challenge.name, "name": person.name, "deputy": somebody.name, "role": row.role,
        "starts": str(given.starts), "ends": days.last.isoformat(),
    }  # fmt: skip
    _tell(session, challenge, post, given, person, speaker, facts, today)
    return Reply("cover_set", {**facts, "waits": challenge.ready_at is None, "yours": person is speaker})


def holder_called(
    session: Session, challenge: Challenge, name: str, mentioned: tuple[Person, ...], said: Said,
    speaker: Person, today: date,
) -> Person:  # fmt: skip
    """Whoever with a role in a challenge goes by a name; "me" is the speaker."""
    if name.casefold() in {"me", "myself"}:
        return speaker
    people = list(dict.fromkeys(row.person for row in _rows(session, challenge, today)))
    found = called(name, [person for person in mentioned if person in people]) or called(name, people)
    return the_one(found, name, said, "name", challenge.id)


def one_role(rows: list[Role], person: Person, role: str | None, said: Said) -> Role:
    """The role that is meant of those somebody holds. Raises NothingToCover, WhichRole."""
    meant = [row for row in rows if role in {None, row.role}]
    if not meant:
        raise NothingToCover(name=person.name)
    if len({row.role for row in meant}) > 1:
        typed = said.text if said.fields is None else ""
        choices = [
            {"role": row.role, "phrase": typed, "hidden": {**said.hidden, "role": row.role}} for row in meant
        ]
        raise WhichRole(at_field=None if typed else "role", name=person.name, roles=choices)
    return meant[0]


def _rows(session: Session, challenge: Challenge, today: date) -> list[Role]:
    rows = [
        *roles_to_come(session, challenge.id, today),
        *programme_roles_on(session, challenge.programme_id, today),
    ]
    return [row for row in rows if row.role != INVITED]


def _of(session: Session, challenge: Challenge, person: Person, today: date) -> list[Role]:
    """The roles somebody holds in their own right, those of this challenge first."""
    return [
        row
        for row in _rows(session, challenge, today)
        if row.person_id == person.id and row.covers_id is None
    ]


def only_of(challenge: Challenge, side: str) -> frozenset[int] | None:
    """Beyond those known, the council's side looks only among its own people."""
    return frozenset(host.id for host in challenge.hosts) if side == conflicts.COUNCIL else None


def candidates(
    session: Session, challenge: Challenge, format: Format, side: str, today: date
) -> list[Person]:
    """Among whom a first name is looked for. The council is never shown who was asked to join the team."""
    if side != conflicts.COUNCIL:
        return people_of(session, challenge.id, challenge.programme_id)
    rows = [row for row in _rows(session, challenge, today) if row.role in format.side("council")]
    return list(dict.fromkeys(row.person for row in rows))


def _check_speaker(own: frozenset[str], role: str, side: str, person: Person) -> None:
    if conflicts.may_name_deputy(own, role, side):
        return
    if side == conflicts.COUNCIL:
        raise SponsorNamesDeputy(name=person.name, role=role)
    raise MayNotAppoint(role=role)


def _check_deputy(
    session: Session, challenge: Challenge, naming: Naming, somebody: Person | None, side: str
) -> None:
    works = employer(session, naming, somebody).council
    hosts = frozenset(host.name for host in challenge.hosts)
    if conflicts.is_stranger_to_council(works.name if works else None, hosts, side):
        raise DeputyFromElsewhere(name=somebody.name if somebody else naming.name, challenge=challenge.name)


def _check_days(
    session: Session, challenge: Challenge, row: Role, somebody: Person, days: Days, today: date
) -> None:
    for other in roles_to_come(session, challenge.id, today):
        same = other.covers_id == row.id and other.person_id == somebody.id
        if same and other.starts and other.ends and other.starts <= days.last and days.first <= other.ends:
            raise CoveredAlready(
                at_field="days",
                deputy=somebody.name,
                starts=other.starts.isoformat(),
                ends=other.ends.isoformat(),
            )


def _tell(
    session: Session, challenge: Challenge, post: Post, given: Role, person: Person, speaker: Person,
    facts: dict[str, Any], today: date,
) -> None:  # fmt: skip
    """The covered person and the coordinator learn of it; the deputy does with every new role."""
    if challenge.ready_at is None:
        return
    told = {**facts, "by": speaker.name}
    if person is not speaker:
        post.nudge(person, "you_are_covered", told, key=f"covered:{given.id}", challenge=challenge)
    for one in holders(session, challenge.id, challenge.programme_id, "coordinator", today):
        if one not in {speaker, person, given.person}:
            told = {**told, "as_role": coordinating_role(session, challenge, one, today)}
            post.nudge(one, "cover_told", told, key=f"cover:{given.id}:{one.id}", challenge=challenge)
