"""Somebody named in a command who may be new to the bot: who it is, and where they work."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.message import Refused, Said
from handlers.people import (
    as_choices,
    chosen_of,
    council_of_email,
    person_with_email,
    recognise_council,
    the_one,
)
from handlers.rules.councils import email_address, tells_employer
from handlers.rules.people import called, in_full
from store.person import Person, person_by_email
from store.programme import Council, Programme, council_at

_AND = re.compile(r"\s(?:and|&|\+)\s|,\s*@|\S\s+@", re.IGNORECASE)

TAKES_EMPLOYER = frozenset({"confirm", "invite"})
"""The commands whose typed line can say "from northmere"."""


class WhomDoYouMean(Refused):
    """Somebody of that name is known from another challenge: a person says whether it is them."""


class EmailNeeded(Refused):
    """Nobody is known by that name, and without an e-mail address nobody can be reached."""


class OneAtATime(Refused):
    """Several people are named where one is meant; what is said beside a name may be meant of one only."""


class NotAnEmail(Refused):
    """The text is no e-mail address."""


class CouncilNeeded(Refused):
    """Nothing tells where this person works, and for this role it matters."""

    asks = True


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How somebody was named: the words, and what the chat and the form say beside them.

    `council` is the employer, where it was given. `known` are the people to look among first.
    `phrase` is the command whose form takes a newcomer, `typed` what that form then holds. `only_of`:
    beyond those known, nobody is looked for but the people of these councils.
    """

    programme: Programme
    challenge_id: int | None
    name: str
    email: str | None
    council: str | None
    mentioned: tuple[Person, ...]
    known: Sequence[Person]
    said: Said
    speaker: Person
    phrase: str
    typed: Mapping[str, Any]
    at_field: str = "name"
    only_of: frozenset[int] | None = None


def in_fields(
    values: dict[str, str], session: Session, programme: Programme, field: str = "name"
) -> dict[str, str]:
    """What was typed, with an e-mail address in the place of a name put into its own field.

    Raises OneAtATime.
    """
    check_one(values.get(field, ""))
    address = email_address(values.get(field, ""))
    if address is None:
        return values
    person = person_by_email(session, programme.id, address)
    return {**values, field: person.name if person else "", "email": address}


def check_one(name: str) -> None:
    """Refuse several people in the place of one. A name picked in a chat is one word here.

    Raises OneAtATime.
    """
    if _AND.search(name):
        raise OneAtATime


def known_email(name: str, mentioned: Sequence[Person], known: Sequence[Person]) -> dict[str, str]:
    """The e-mail address to put into a form, where a name means one person; the form then means them too."""
    found = called(name, mentioned) or called(name, known)
    return {"email": found[0].email} if len(found) == 1 and found[0].email else {}


def find(session: Session, naming: Naming) -> Person | None:
    """Whoever is meant; None for somebody new whose e-mail address was given.

    A first name alone is enough among the people of this challenge. Anybody else of the programme
    is taken only by their full name, e-mail address or a mention, else the speaker is asked.
    Raises NotAnEmail, EmailNeeded, WhomDoYouMean, SeveralOfThatName.
    """
    if naming.email:
        return person_by_email(session, naming.programme.id, _address(naming.email))
    if naming.name.strip().casefold() in {"me", "myself"}:
        return naming.speaker
    near = called(naming.name, naming.mentioned)
    if not near and not naming.said.hidden.get("new"):
        near = called(naming.name, naming.known) or _from_elsewhere(session, naming)
    if not near:
        raise EmailNeeded(at_field="email", name=naming.name)
    return the_one(near, naming.name, naming.said, naming.at_field, naming.challenge_id)


def _address(text: str) -> str:
    address = email_address(text)
    if address is None:
        raise NotAnEmail(at_field="email")
    return address


def _from_elsewhere(session: Session, naming: Naming) -> list[Person]:
    everybody = select(Person).where(Person.programme_id == naming.programme.id).order_by(Person.id)
    if naming.only_of is not None:
        everybody = everybody.where(Person.council_id.in_(naming.only_of))
    found = called(naming.name, session.scalars(everybody).unique())
    chosen = naming.said.hidden.get("chosen")
    if not found or all(in_full(naming.name, person) for person in found):
        return found
    one = chosen_of(found, naming.name, naming.said) if chosen else None
    if one:
        return [one]
    raise WhomDoYouMean(
        name=naming.name,
        people=as_choices(found, naming.name, naming.said, naming.challenge_id),
        somebody_else=naming.phrase if naming.said.fields is None else "",
        hidden=_as_new(naming),
        at_field=None if naming.said.fields is None else naming.at_field,
    )


def _as_new(naming: Naming) -> dict[str, Any]:
    carried = {"challenge": naming.challenge_id} if naming.challenge_id else {}
    return {**carried, "new": True, "known": {key: value for key, value in naming.typed.items() if value}}


# Where they work


@dataclass(frozen=True, kw_only=True)
class Employer:
    """Where somebody works, and every council that the record points at."""

    council: Council | None
    evidence: frozenset[str]


def employer(
    session: Session, naming: Naming, person: Person | None, assumed: Council | None = None
) -> Employer:
    """Where somebody works: as said, as known, as their e-mail domain tells, or else as assumed."""
    address = person.email if person else naming.email and email_address(naming.email)
    by_email = council_of_email(session, address) if address else None
    said = recognise_council(session, naming.programme, naming.council) if naming.council else None
    works_for = said or (person.council if person else None) or by_email or assumed
    points_at = {one.name for one in (works_for, by_email) if one}
    return Employer(council=works_for, evidence=frozenset(points_at))


def welcome(session: Session, naming: Naming, person: Person | None, works: Employer) -> Person:
    """The person, made when new, with where they work; its e-mail domain is remembered for the next one."""
    person = person or person_with_email(session, naming.programme, naming.name, _address(str(naming.email)))
    if works.council:
        person.council = works.council
        _remember_domain(session, works.council, person.email)
    return person


def _remember_domain(session: Session, council: Council, email: str | None) -> None:
    domain = email.rpartition("@")[2] if email else ""
    if domain and council.domain is None and tells_employer(domain) and council_at(session, domain) is None:
        council.domain = domain
