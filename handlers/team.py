"""Who is in a challenge's team, and what it lacks."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from handlers import suiting
from handlers.command import COORDINATION
from handlers.message import Reply
from handlers.reserves import described
from handlers.roles import INVITED
from handlers.rules.balance import Span, gaps, uncovered
from handlers.rules.councils import short_name
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import invitations
from store.role import Role, programme_roles_on, roles_to_come
from store.scoping import agreed_proposal

MAY_KNOW_ANSWERS = COORDINATION | {"principal_adviser"}
Answers: TypeAlias = Mapping[int, Mapping[str, Any]]
"""What those of the team said to new days, by the number of their part."""


def show(session: Session, challenge: Challenge, format: Format, roles: frozenset[str], today: date) -> Reply:
    """Who does what. Gaps and invitations are for whoever finds the team; others see who is confirmed."""
    if not roles & MAY_KNOW_ANSWERS:
        confirmed = _confirmed(session, challenge, format, today, {})
        return Reply("team_confirmed", {"challenge": challenge.name, "roles": confirmed})
    answers = suiting.answers(session, challenge, format, today)
    facts = {
        "challenge": challenge.name,
        "roles": _confirmed(session, challenge, format, today, answers),
        "gaps": missing(session, challenge, format, today),
        "invited": [
            described(session, challenge, one) for one in invitations(session, challenge.id) if one.open
        ],
        "uncovered": _uncovered(session, challenge, today),
        "waits": challenge.ready_at is None,
    }
    return Reply("team", facts, hidden={"challenge": challenge.id})


def missing(session: Session, challenge: Challenge, format: Format, today: date) -> list[dict[str, Any]]:
    """The roles that are short of people, with how many."""
    wanted = {str(role): Span(fewest=shape.fewest, most=shape.most) for role, shape in format.roles.items()}
    held: dict[str, set[int]] = {}
    for row in _rows(session, challenge, today):
        if row.covers_id is None:
            held.setdefault(row.role, set()).add(row.person_id)
    short = gaps(wanted, {role: len(people) for role, people in held.items()})
    return [
        {"role": role, "label": format.role(role).label, "short": number} for role, number in short.items()
    ]


def _rows(session: Session, challenge: Challenge, today: date) -> list[Role]:
    own = [row for row in roles_to_come(session, challenge.id, today) if row.role != INVITED]
    return [*own, *programme_roles_on(session, challenge.programme_id, today)]


def _confirmed(
    session: Session, challenge: Challenge, format: Format, today: date, answers: Answers
) -> list[dict[str, Any]]:
    rows = _rows(session, challenge, today)
    by_role = {role: [row for row in rows if row.role == role] for role in format.roles}
    return [
        {"role": role, "label": format.role(role).label, "people": _people(found, rows, answers)}
        for role, found in by_role.items()
        if found
    ]


def _people(found: list[Role], rows: list[Role], answers: Answers) -> list[dict[str, Any]]:
    names = {row.id: row.person.name for row in rows}
    return [
        {
            "name": row.person.name,
            "council": short_name(row.person.council.name) if row.person.council else "",
            "starts": row.starts.isoformat() if row.starts else "",
            "ends": row.ends.isoformat() if row.ends else "",
            "covers": names.get(row.covers_id or 0, ""),
            "suits": answers.get(row.id),
        }
        for row in found
    ]


def _uncovered(session: Session, challenge: Challenge, today: date) -> list[str]:
    """The areas of the agreed proposal that nobody confirmed or likely to come knows well."""
    agreed = agreed_proposal(session, challenge.id)
    if challenge.proposal_agreed_at is None or agreed is None:
        return []
    likely = {"available", "possibly"}
    known = [row.expertise for row in roles_to_come(session, challenge.id, today)]
    known += [asked.expertise for asked in invitations(session, challenge.id) if asked.state in likely]
    return uncovered(agreed.content["areas"], [text for text in known if text])
