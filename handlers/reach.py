"""Who can be reached: whoever has an account in a chat, and what to do about the others."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.holding import Holding, holding
from handlers.message import Reply
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import invitations
from store.outbox import Outgoing
from store.person import Person, PersonAccount

_ASKED = frozenset({"asked", "available", "possibly"})


def chats_of(session: Session, people: Iterable[Person]) -> dict[int, list[str]]:
    """The chats in which each of these people has an account, by id; nobody without one is in it."""
    ids = {person.id for person in people}
    rows = session.scalars(select(PersonAccount).where(PersonAccount.person_id.in_(ids)))
    found: dict[int, list[str]] = {}
    for row in rows.all():
        found.setdefault(row.person_id, []).append(row.platform)
    return found


def not_found(session: Session, people: Iterable[Person]) -> set[int]:
    """The ids of those, among people without an account, to whom a message had to be passed on by hand."""
    ids = {person.id for person in people}
    in_vain = or_(
        Outgoing.state == "by_hand",
        Outgoing.passed_on_by.is_not(None),
        Outgoing.failure.startswith("no account"),
    )
    wanted = select(Outgoing.person_id).where(Outgoing.person_id.in_(ids), in_vain).distinct()
    return {one for one in session.scalars(wanted) if one is not None}


def reach(session: Session, challenge: Challenge, format: Format, today: date) -> Reply:
    """Each person of a challenge: reachable or not yet, and what to do."""
    held = holding(session, challenge, today)
    asked = [one.person for one in invitations(session, challenge.id) if one.state in _ASKED]
    people = list(dict.fromkeys([*held.everybody(), *asked]))
    chats, missing = chats_of(session, people), not_found(session, people)
    rows = [_row(person, held, format, chats, missing) for person in people]
    unreached = sum(not row["chats"] for row in rows)
    facts = {"challenge": challenge.name, "people": rows, "unreached": unreached}
    return Reply(
        "reach", {**facts, "ready": challenge.ready_at is not None}, hidden={"challenge": challenge.id}
    )


def _row(
    person: Person, held: Holding, format: Format, chats: dict[int, list[str]], missing: Collection[int]
) -> dict[str, Any]:
    roles = held.roles_of(person.id)
    if person.id in chats:
        how = "reached"
    elif person.email is None:
        how = "no_email"
    else:
        how = "not_found" if person.id in missing else "not_yet"
    return {
        "name": person.name,
        "council": person.council.name if person.council else "",
        "roles": [shape.label for role, shape in format.roles.items() if role in roles],
        "chats": sorted(set(chats.get(person.id, ()))),
        "how": how,
        "email": person.email or "",
    }
