"""Who is in a challenge's team, what it lacks, and who could step in."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.asked_again import is_asked_again
from handlers.command import COORDINATION
from handlers.message import Reply
from handlers.roles import INVITED
from handlers.rules.balance import Reserve, Span, gaps, reserves, uncovered
from handlers.rules.councils import short_name
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, invitations
from store.role import Role, programme_roles_on, roles_to_come
from store.scoping import agreed_proposal

MAY_KNOW_ANSWERS = COORDINATION | {"principal_adviser"}
_SHOWN = 3


def show(session: Session, challenge: Challenge, format: Format, roles: frozenset[str], today: date) -> Reply:
    """Who does what. Gaps and invitations are for whoever finds the team; others see who is confirmed."""
    confirmed = {"challenge": challenge.name, "roles": _confirmed(session, challenge, format, today)}
    if not roles & MAY_KNOW_ANSWERS:
        return Reply("team_confirmed", confirmed)
    facts = {
        **confirmed,
        "gaps": missing(session, challenge, format, today),
        "invited": _invited(session, challenge),
        "uncovered": _uncovered(session, challenge, today),
        "waits": challenge.ready_at is None,
    }
    return Reply("team", facts, hidden={"challenge": challenge.id})


def _invited(session: Session, challenge: Challenge) -> list[dict[str, Any]]:
    """Who was invited, and what they answered; `again`: for the days before the visit moved."""
    return [
        {**_asked(asked), "again": is_asked_again(session, asked)}
        for asked in invitations(session, challenge.id)
        if asked.open
    ]


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


def who_could(session: Session, challenge: Challenge, role: str) -> list[dict[str, Any]]:
    """The likeliest people for a role among those who were asked and did not decline, at most three."""
    open_ones = {asked.id: asked for asked in invitations(session, challenge.id) if asked.open}
    near = reserves((_reserve(asked) for asked in open_ones.values()), role)
    return [
        {
            **_asked(open_ones[one.id]),
            "wanted": role,
            "hidden": {"challenge": challenge.id, "chosen": _chosen(open_ones[one.id])},
        }
        for one in near[:_SHOWN]
    ]


def _rows(session: Session, challenge: Challenge, today: date) -> list[Role]:
    own = [row for row in roles_to_come(session, challenge.id, today) if row.role != INVITED]
    return [*own, *programme_roles_on(session, challenge.programme_id, today)]


def _confirmed(session: Session, challenge: Challenge, format: Format, today: date) -> list[dict[str, Any]]:
    rows = _rows(session, challenge, today)
    by_role = {role: [row for row in rows if row.role == role] for role in format.roles}
    return [
        {"role": role, "label": format.role(role).label, "people": _people(found, rows)}
        for role, found in by_role.items()
        if found
    ]


def _people(found: list[Role], rows: list[Role]) -> list[dict[str, Any]]:
    names = {row.id: row.person.name for row in rows}
    return [
        {
            "name": row.person.name,
            "council": short_name(row.person.council.name) if row.person.council else "",
            "starts": row.starts.isoformat() if row.starts else "",
            "ends": row.ends.isoformat() if row.ends else "",
            "covers": names.get(row.covers_id or 0, ""),
        }
        for row in found
    ]


def _asked(asked: Invitation) -> dict[str, Any]:
    return {
        "name": asked.person.name,
        "council": short_name(asked.person.council.name) if asked.person.council else "",
        "role": asked.role,
        "expertise": asked.expertise or "",
        "state": asked.state,
        "connection": asked.connection or "",
        "director": asked.director_approves,
    }


def _chosen(asked: Invitation) -> dict[str, int]:
    return {asked.person.name.casefold(): asked.person_id}


def _reserve(asked: Invitation) -> Reserve:
    return Reserve(id=asked.id, role=asked.role, state=asked.state, expertise=asked.expertise or "")


def _uncovered(session: Session, challenge: Challenge, today: date) -> list[str]:
    """The areas of the agreed proposal that nobody confirmed or likely to come knows well."""
    agreed = agreed_proposal(session, challenge.id)
    if challenge.proposal_agreed_at is None or agreed is None:
        return []
    likely = {"available", "possibly"}
    known = [row.expertise for row in roles_to_come(session, challenge.id, today)]
    known += [asked.expertise for asked in invitations(session, challenge.id) if asked.state in likely]
    return uncovered(agreed.content["areas"], [text for text in known if text])
