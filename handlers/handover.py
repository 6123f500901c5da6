"""Passing a part on for good: `hand over jo to priya from 12 nov`."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.appointing import MayNotAppoint
from handlers.cover import NothingToCover, SamePerson, candidates, holder_called, only_of
from handlers.eligibility import eligible
from handlers.message import Refused, Reply, Said
from handlers.newcomers import Naming
from handlers.post import Post
from handlers.roles import INVITED, give_role, pass_on, roles_of_person, withdraw_unsent
from handlers.rules import conflicts, phrases
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.programme import Programme
from store.role import Role, programme_roles_on


class HandedOverAlready(Refused):
    """The part goes to somebody from a later day already."""


def read(text: str, session: Session, programme: Programme) -> dict[str, Any]:
    """Who hands over to whom, which role and from when, as typed on one line."""
    return dict(newcomers.in_fields(phrases.handover(text), session, programme, "to"))


def hand_over(
    session: Session, programme: Programme, challenge: Challenge, format: Format, post: Post, said: Said,
    speaker: Person, mentioned: tuple[Person, ...], roles: frozenset[str], today: date,
    name: str, to: str, role: str | None, day: date | None, email: str | None, council: str | None,
) -> Reply:  # fmt: skip
    """Pass somebody's roles on, with their open tasks and the answers to their invitations, from a day on."""
    giver = holder_called(session, challenge, name, mentioned, said, speaker, today)
    rows = _handed(session, challenge, giver, role, today)
    for row in rows:
        _check_speaker(format, roles, row.role)
    side = format.role(rows[0].role).side
    naming = Naming(
        programme=programme, challenge_id=challenge.id, name=to, email=email, council=council, said=said,
        mentioned=mentioned, speaker=speaker, known=candidates(session, challenge, format, side, today),
        phrase="hand over", typed={"name": name, "to": to, "role": role}, at_field="to",
        only_of=only_of(challenge, side),
    )  # fmt: skip
    taker = newcomers.find(session, naming)
    if taker is giver:
        raise SamePerson(at_field="to", name=giver.name)
    starts = day if day and day > today else None
    for row in rows:
        taker = eligible(session, challenge, format, naming, taker, row.role, today)
        _pass(session, challenge, row, taker, starts, today)
    tasks = pass_on(session, challenge, giver.id, taker.id) if taker and starts is None else 0
    withdraw_unsent(session, challenge, giver.id, today)
    facts = {
        "challenge": challenge.name, "name": giver.name, "to": taker.name if taker else to,
        "roles": [row.role for row in rows], "starts": starts.isoformat() if starts else None,
    }  # fmt: skip
    if giver is not speaker and challenge.ready_at:
        key = f"hand_over:{rows[0].id}:{giver.id}:{today.isoformat()}"
        post.nudge(giver, "you_hand_over", {**facts, "by": speaker.name}, key=key, challenge=challenge)
    kept = any(row.challenge_id is None for row in rows)
    return Reply("handed_over", {**facts, "tasks": tasks, "kept": kept, "waits": challenge.ready_at is None})


def _handed(
    session: Session, challenge: Challenge, giver: Person, role: str | None, today: date
) -> list[Role]:
    """The roles meant: those of this challenge alone; failing these, the programme-wide ones."""
    own = [row for row in roles_of_person(session, challenge, giver, today) if row.covers_id is None]
    wide = [
        row for row in programme_roles_on(session, challenge.programme_id, today) if row.person_id == giver.id
    ]
    found = [row for row in (own or wide) if row.role != INVITED and role in {None, row.role}]
    if not found:
        raise NothingToCover(name=giver.name)
    going = next((row for row in found if row.ends), None)
    if going and going.ends:
        raise HandedOverAlready(name=giver.name, role=going.role, ends=going.ends.isoformat())
    return found


def _check_speaker(format: Format, own: frozenset[str], role: str) -> None:
    """Whoever may appoint may hand over; and the sponsor, for the council's side."""
    by_sponsor = "sponsor" in own and format.role(role).side == conflicts.COUNCIL
    if not by_sponsor and not conflicts.may_appoint(own, role):
        raise MayNotAppoint(role=role)


def _pass(
    session: Session, challenge: Challenge, row: Role, taker: Person, starts: date | None, today: date
) -> None:
    """End one role the day before the other starts. A programme-wide one stays, and counts less."""
    if row.challenge_id is not None:
        row.ends = (starts or today) - timedelta(days=1)
    give_role(session, challenge, taker, row.role, expertise=None, starts=starts, succeeds=row)
