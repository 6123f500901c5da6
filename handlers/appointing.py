"""Giving people their roles in a challenge: `confirm helen as sponsor`, `confirm dana`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers import newcomers
from handlers.asked_again import is_asked_again
from handlers.eligibility import AlreadyInRole, eligible
from handlers.message import Facts, Refused, Reply, Said
from handlers.newcomers import Naming
from handlers.people import people_of
from handlers.roles import INVITED, end_roles, give_role, roles_of_person
from handlers.rules import conflicts
from handlers.rules.balance import Span, over
from handlers.rules.phrases import invitation
from handlers.shapes import Format
from store.challenge import Challenge
from store.invitation import Invitation, newest_invitation
from store.person import Person
from store.programme import Programme
from store.role import roles_to_come


class RoleNeeded(Refused):
    """Nothing says which role is meant."""


class MayNotAppoint(Refused):
    """The speaker may not give or take this role."""


class CouncilMustAgree(Refused):
    """Observers take part only with the council's permission. LGA manual."""


class InvitationClosed(Refused):
    """What an invitation led to is settled; an old card changes nothing of it."""


class SaidUnavailable(Refused):
    """They answered that they cannot come: a person says whether to confirm them all the same."""


class AnsweredForOtherDays(Refused):
    """Their answer was for days from which the visit has moved: they were asked again, and have not said."""


def read(text: str, session: Session, programme: Programme) -> dict[str, Any]:
    """Name, employer, role and expertise, as typed on one line."""
    return dict(newcomers.in_fields(invitation(text), session, programme))


def offered(format: Format) -> dict[str, Any]:
    """The roles of the format; who reads the daily message is named with the summary."""
    return {
        "roles": [(role, shape.label) for role, shape in format.roles.items() if role != "summary_reader"]
    }


def prepared(
    session: Session,
    challenge: Challenge,
    format: Format,
    mentioned: tuple[Person, ...],
    typed: dict[str, Any],
) -> dict[str, Any]:
    """The roles, and the e-mail address of somebody who is known already."""
    people = people_of(session, challenge.id, challenge.programme_id)
    return {**offered(format), **newcomers.known_email(str(typed.get("name", "")), mentioned, people)}


def confirm(
    session: Session, programme: Programme, challenge: Challenge, format: Format, said: Said, speaker: Person,
    mentioned: tuple[Person, ...], roles: frozenset[str], now: datetime, today: date,
    name: str, role: str | None, email: str | None, council: str | None, expertise: str | None,
    council_agrees: str | None, about: Facts,
) -> Reply:  # fmt: skip
    """Make somebody part of a challenge, in the role named or the one they were invited to."""
    naming = Naming(
        programme=programme, challenge_id=challenge.id, name=name, email=email, council=council,
        mentioned=mentioned, said=said, speaker=speaker, phrase="confirm",
        known=people_of(session, challenge.id, programme.id),
        typed={"name": name, "role": role, "expertise": expertise},
    )  # fmt: skip
    person = newcomers.find(session, naming)
    _check_card(session, challenge, person, about)
    asked = open_invitation(session, challenge, person)
    if role is None and asked is None and person:
        _check_settled(session, challenge, person, today)
    wanted = _wanted(format, roles, role or (asked.role if asked else None), council_agrees, name)
    person = eligible(session, challenge, format, naming, person, wanted, today)
    if asked and not said.hidden.get("anyway"):
        _check_answer(session, challenge, asked, said)
    if asked:
        expertise = expertise or asked.expertise
        _settle(session, challenge, asked, wanted, today)
    row = give_role(session, challenge, person, wanted, expertise=expertise)
    if person is speaker:
        row.told_at = now
    facts = _facts(session, challenge, format, person, wanted, today)
    undirected = bool(asked and not asked.director_approves)
    return Reply("confirmed", {**facts, "yours": person is speaker, "undirected": undirected})


def open_invitation(session: Session, challenge: Challenge, person: Person | None) -> Invitation | None:
    """Somebody's invitation whose answer may still change."""
    newest = newest_invitation(session, challenge.id, person.id) if person else None
    return newest if newest and newest.open else None


def _check_answer(session: Session, challenge: Challenge, asked: Invitation, said: Said) -> None:
    """Somebody who cannot come, or has not said so for these days, is confirmed only on a second thought."""
    person = asked.person
    phrase = said.text if said.fields is None else f"confirm {person.email or person.name}"
    hidden = {**said.hidden, "challenge": challenge.id, "anyway": True}
    if asked.state == "unavailable":
        raise SaidUnavailable(name=person.name, phrase=phrase, hidden=hidden)
    if is_asked_again(session, asked):
        raise AnsweredForOtherDays(name=person.name, state=asked.state, phrase=phrase, hidden=hidden)


def _check_card(session: Session, challenge: Challenge, person: Person | None, about: Facts) -> None:
    """The card of an answer does not bring back somebody who stood down since."""
    newest = newest_invitation(session, challenge.id, person.id) if person and "invitation" in about else None
    if newest and newest.state == "stood_down":
        raise InvitationClosed(name=newest.person.name, state=newest.state, own=False)


def _check_settled(session: Session, challenge: Challenge, person: Person, today: date) -> None:
    """Confirmed once more without a role, somebody is what they are."""
    for row in roles_of_person(session, challenge, person, today):
        if row.role != INVITED:
            raise AlreadyInRole(name=person.name, role=row.role, challenge=challenge.name)


def _wanted(
    format: Format, own: frozenset[str], role: str | None, council_agrees: str | None, name: str
) -> str:
    """The role to give, once the speaker may and, for a guest, the council has agreed."""
    if role is None:
        raise RoleNeeded(at_field="role", name=name)
    if not conflicts.may_appoint(own, role):
        raise MayNotAppoint(role=role)
    if format.role(role).side == "guest" and not council_agrees:
        raise CouncilMustAgree(at_field="council_agrees", role=role)
    return role


def _settle(session: Session, challenge: Challenge, asked: Invitation, role: str, today: date) -> None:
    """An invitation ends in the role it led to."""
    asked.state, asked.role = "confirmed", role
    rows = roles_of_person(session, challenge, asked.person, today)
    end_roles(session, challenge, [row for row in rows if row.role == INVITED], today)


def _facts(
    session: Session, challenge: Challenge, format: Format, person: Person, role: str, today: date
) -> dict[str, Any]:
    held = len({row.person_id for row in roles_to_come(session, challenge.id, today) if row.role == role})
    span = Span(fewest=format.role(role).fewest, most=format.role(role).most)
    return {
        "name": person.name,
        "role": role,
        "challenge": challenge.name,
        "council": person.council.name if person.council else "",
        "waits": challenge.ready_at is None,
        "held": held if over(span, held) else 0,
        "most": span.most or 0,
    }
