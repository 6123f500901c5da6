"""Standing somebody down: `stand down dana`."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import suiting, team
from handlers.appointing import MayNotAppoint, open_invitation
from handlers.message import Refused, Reply, Said
from handlers.newcomers import check_one
from handlers.people import people_of, the_one
from handlers.post import Post
from handlers.reserves import who_could
from handlers.roles import INVITED, coordinating_role, end_roles, roles_of_person
from handlers.rules import conflicts
from handlers.rules.local import local_text
from handlers.rules.people import called
from handlers.rules.phrases import invitation
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, newest_invitation
from store.person import Person
from store.programme import Programme
from store.role import Role, holders, programme_roles
from store.task import open_tasks


class NotInTeam(Refused):
    """They have no part in this challenge, or not the one named."""


class ProgrammeWide(Refused):
    """Their role counts in every challenge, so it does not end in this one alone."""


def read(text: str) -> dict[str, Any]:
    """Name and role, as typed on one line."""
    values = invitation(text)
    check_one(values.get("name", ""))
    return dict(values)


def stand_down(
    session: Session, programme: Programme, challenge: Challenge, format: Format, post: Post, said: Said,
    speaker: Person, mentioned: tuple[Person, ...], roles: frozenset[str], today: date,
    name: str, role: str | None,
) -> Reply:  # fmt: skip
    """End somebody's part in a challenge, their place in its rooms, and what still waited for them."""
    people = called(name, mentioned) or called(name, people_of(session, challenge.id, programme.id))
    person = the_one(people, name, said, "name", challenge.id)
    asked = open_invitation(session, challenge, person)
    rows = _to_end(session, challenge, person, role, asked, today)
    _check(session, person, rows, asked, roles, today)
    known = any(row.told_at for row in rows) or bool(asked and asked.asked_at)
    over = [row.role for row in rows if row.role != INVITED]
    end_roles(session, challenge, rows, today)
    _close_invitation(session, challenge, person)
    suiting.take_back(session, challenge, person)
    tasks = _give_back_tasks(session, challenge, person, today)
    hears = _tell(challenge, post, person, over, rows[0]) if known and person is not speaker else ""
    facts = _facts(session, challenge, format, person, over, asked, tasks, today)
    _tell_coordinators(session, challenge, post, speaker, person, facts, today)
    return Reply("stood_down", {**facts, "hears": hears}, hidden={"challenge": challenge.id})


def _tell(challenge: Challenge, post: Post, person: Person, over: list[str], row: Role) -> str:
    """Tell somebody that they were stood down; when they hear of it, where that is not at once."""
    facts = {"challenge": challenge.name, "roles": over}
    told = post.nudge(person, "you_stood_down", facts, key=f"stood_down:{row.id}", challenge=challenge)
    return local_text(told.not_before, challenge.zone) if told and told.not_before > post.now else ""


def _to_end(
    session: Session,
    challenge: Challenge,
    person: Person,
    role: str | None,
    asked: Invitation | None,
    today: date,
) -> list[Role]:
    """The roles meant: the one named, or all; an invitation counts as the role it is for."""
    rows = roles_of_person(session, challenge, person, today)
    meant = {row.role for row in rows} if role is None else {role}
    if asked and asked.role == role:
        meant.add(INVITED)
    return [row for row in rows if row.role in meant]


def _check(
    session: Session,
    person: Person,
    rows: list[Role],
    asked: Invitation | None,
    own: frozenset[str],
    today: date,
) -> None:
    if not rows:
        wide = programme_roles(session, person.id, today)
        raise ProgrammeWide(name=person.name, roles=sorted(wide)) if wide else NotInTeam(name=person.name)
    for row in rows:
        role = asked.role if asked and row.role == INVITED else row.role
        if not conflicts.may_appoint(own, role):
            raise MayNotAppoint(role=role)


def _close_invitation(session: Session, challenge: Challenge, person: Person) -> None:
    newest = newest_invitation(session, challenge.id, person.id)
    if newest:
        newest.state = "stood_down"


def _give_back_tasks(session: Session, challenge: Challenge, person: Person, today: date) -> int:
    """Open tasks of somebody who has left go back to their role's holders, else to the coordinator."""
    if roles_of_person(session, challenge, person, today):
        return 0
    tasks = [task for task in open_tasks(session, challenge.id) if task.owner_id == person.id]
    for task in tasks:
        task.owner_id, task.owner_role = None, task.owner_role or "coordinator"
    return len(tasks)


def _facts(
    session: Session, challenge: Challenge, format: Format, person: Person, over: list[str],
    asked: Invitation | None, tasks: int, today: date,
) -> dict[str, Any]:  # fmt: skip
    gaps = [gap for gap in team.missing(session, challenge, format, today) if gap["role"] in over]
    wanted = next((role for role in over if format.role(role).side == conflicts.TEAM), None)
    return {
        "name": person.name,
        "challenge": challenge.name,
        "roles": over,
        "invited_as": asked.role if asked else "",
        "tasks": tasks,
        "gaps": gaps,
        "reserves": who_could(session, challenge, wanted) if wanted else [],
    }


def _tell_coordinators(
    session: Session, challenge: Challenge, post: Post, speaker: Person, person: Person,
    facts: dict[str, Any], today: date,
) -> None:  # fmt: skip
    """Whoever finds the team learns of a place that somebody else has opened."""
    people = holders(session, challenge.id, challenge.programme_id, "coordinator", today)
    for one in people if facts["roles"] and speaker not in people else ():
        key = f"place_open:{challenge.id}:{person.id}:{one.id}:{post.now.isoformat()}"
        told = {**facts, "by": speaker.name, "as_role": coordinating_role(session, challenge, one, today)}
        post.nudge(one, "place_open", told, key=key, challenge=challenge)
