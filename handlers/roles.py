"""Roles given and ended: telling their holders, and what changes on the morning they start or end."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.agenda import Due
from handlers.post import Post
from handlers.rules.dates import at
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import invitations
from store.outbox import unsent_to, withdraw
from store.person import Person
from store.role import Role, dated_roles, has_part, roles_of, roles_to_come
from store.task import open_tasks

INVITED = "invited"
FAREWELLS = frozenset({"you_stood_down", "you_hand_over"})
_A_DAY = timedelta(days=1)


def give_role(
    session: Session, challenge: Challenge, person: Person, role: str, *, expertise: str | None = None,
    starts: date | None = None, ends: date | None = None,
    covers: Role | None = None, succeeds: Role | None = None,
) -> Role:  # fmt: skip
    """Give somebody a role in one challenge, from a day to a day where these are named."""
    row = Role(
        programme_id=challenge.programme_id, challenge_id=challenge.id, person=person, role=role,
        expertise=expertise, starts=starts, ends=ends, covers_id=covers and covers.id,
        succeeds_id=succeeds and succeeds.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def end_roles(session: Session, challenge: Challenge, rows: Iterable[Role], today: date) -> None:
    """End roles at once, with those that stand in for them; what waited for their holders is withdrawn."""
    over = list(rows)
    ids = {row.id for row in over}
    over += [row for row in roles_to_come(session, challenge.id, today) if row.covers_id in ids]
    for row in over:
        if row.role == INVITED:
            session.delete(row)
        else:
            row.ends = today - _A_DAY
    session.flush()
    for person_id in {row.person_id for row in over}:
        withdraw_unsent(session, challenge, person_id, today)


def roles_of_person(session: Session, challenge: Challenge, person: Person, today: date) -> list[Role]:
    """The roles of one challenge that somebody holds or is to hold; being invited is among them."""
    return [row for row in roles_to_come(session, challenge.id, today) if row.person_id == person.id]


COORDINATING = ("challenge_manager", "coordinator", "programme_manager")


def coordinating_role(session: Session, challenge: Challenge, person: Person, today: date) -> str:
    """The role in which somebody is told of the team: messages open with it."""
    held = roles_of(session, person.id, challenge.id, challenge.programme_id, today)
    return next((role for role in COORDINATING if role in held), "coordinator")


def withdraw_unsent(session: Session, challenge: Challenge, person_id: int, today: date) -> None:
    """Whoever has no part in a challenge any more is sent nothing about it that was still waiting."""
    if has_part(session, challenge.id, challenge.programme_id, person_id, today):
        return
    for row in unsent_to(session, person_id, challenge.id):
        if row.template not in FAREWELLS:
            withdraw(row)


def pass_on(session: Session, challenge: Challenge, giver_id: int, taker_id: int) -> int:
    """Pass open tasks and the answers to open invitations to somebody else; how many tasks there were."""
    tasks = [task for task in open_tasks(session, challenge.id) if task.owner_id == giver_id]
    for task in tasks:
        task.owner_id = taker_id
    for invitation in invitations(session, challenge.id):
        if invitation.open and invitation.invited_by == giver_id:
            invitation.invited_by = taker_id
    return len(tasks)


# Telling


def tell_new_holders(session: Session, challenge: Challenge, post: Post, now: datetime, today: date) -> None:
    """Tell everybody who has a new role, once, and nobody before *Ready to contact*."""
    if challenge.ready_at is None:
        return
    for row in roles_to_come(session, challenge.id, today):
        if row.told_at is None and row.role != INVITED:
            row.told_at = now
            template, facts = _news(session, challenge, row)
            post.nudge(row.person, template, facts, key=f"role:{row.id}", challenge=challenge)


def _news(session: Session, challenge: Challenge, row: Role) -> tuple[str, dict[str, Any]]:
    facts = {
        "challenge": challenge.name,
        "role": row.role,
        "starts": row.starts.isoformat() if row.starts else None,
        "ends": row.ends.isoformat() if row.ends else None,
    }
    before = row.covers_id or row.succeeds_id
    if before is None:
        return "you_are_appointed", facts
    who = session.get_one(Role, before).person.name
    return ("you_stand_in" if row.covers_id else "you_take_over"), {**facts, "who": who}


# Mornings


def due(session: Session, challenge: Challenge, format: Format) -> Iterator[Due]:
    """The mornings on which somebody's role starts, or is over: rooms and belongings follow it."""
    rows = dated_roles(session, challenge.id)
    days = {row.starts for row in rows if row.starts} | {row.ends + _A_DAY for row in rows if row.ends}
    for day in sorted(days):
        yield Due(at=at(day, time(0, 0), challenge.zone), run=change_over, facts={"day": day})


def change_over(session: Session, challenge: Challenge, day: date, today: date) -> None:
    """Carry out what starts and ends with a day. Rooms are looked at after every tick."""
    for row in dated_roles(session, challenge.id):
        if row.starts == day and row.succeeds_id and row.ends is None:
            pass_on(session, challenge, session.get_one(Role, row.succeeds_id).person_id, row.person_id)
        if row.ends == day - _A_DAY:
            withdraw_unsent(session, challenge, row.person_id, today)
