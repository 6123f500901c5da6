"""Persons from accounts: who is speaking, who is meant, and where they work."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.message import Account, Refused
from handlers.rules.people import match
from store.invitation import Invitation
from store.person import Person, PersonAccount, person_by_account, person_by_email
from store.programme import Council, Programme, council_at, council_named
from store.role import Role


class NobodyOfThatName(Refused):
    """No person of this challenge has that name."""


class SeveralOfThatName(Refused):
    """More than one person of this challenge has that name."""


def recognise(
    session: Session, programme: Programme, account: Account, now: datetime, trusted: frozenset[tuple[str, str]]
) -> Person:
    """The person behind an account, made when it is new.

    An e-mail address links an account to a known person only from a trusted (platform, tenant),
    and never for a guest; a display name never does.
    """
    known = person_by_account(session, account.platform, account.tenant, account.id)
    if known:
        return _seen(session, known, account, now)
    person = None
    if account.email and not account.guest and (account.platform, account.tenant) in trusted:
        person = person_by_email(session, programme.id, account.email)
    if person is None:
        person = _new_person(session, programme, account.name, account.email)
    session.add(
        PersonAccount(
            platform=account.platform,
            tenant=account.tenant,
            account=account.id,
            person=person,
            name=account.name,
            guest=account.guest,
            seen_at=now,
        )
    )
    session.flush()
    return person


def _seen(session: Session, person: Person, account: Account, now: datetime) -> Person:
    row = session.get_one(PersonAccount, (account.platform, account.tenant, account.id))
    if row.name != account.name:
        row.name = account.name
    if (now - row.seen_at).days:
        row.seen_at = now
    return person


def recognise_council(session: Session, programme: Programme, name: str) -> Council:
    """The council of that name (its first word is enough), made when it is new."""
    known = council_named(session, programme, name)
    if known:
        return known
    council = Council(programme_id=programme.id, name=name.strip()[:1].upper() + name.strip()[1:])
    session.add(council)
    session.flush()
    return council


def person_with_email(session: Session, programme: Programme, name: str, email: str) -> Person:
    """The person with an e-mail address, made when nobody has it yet."""
    known = person_by_email(session, programme.id, email)
    return known or _new_person(session, programme, name, email)


def _new_person(session: Session, programme: Programme, name: str, email: str | None) -> Person:
    address = email.casefold() if email else None
    council = council_at(session, address.rpartition("@")[2]) if address else None
    person = Person(programme_id=programme.id, name=name, email=address, council=council, working_days="12345")
    session.add(person)
    session.flush()
    return person


def named(
    session: Session, challenge_id: int, programme_id: int, name: str, mentioned: tuple[Person, ...] = ()
) -> Person:
    """The one person of a challenge (or of the programme) who goes by `name`, or was mentioned.

    First name, full name, e-mail address or mention. Raises NobodyOfThatName, SeveralOfThatName.
    """
    known = people_of(session, challenge_id, programme_id)
    people = match(name, mentioned) or match(name, known)
    if not people:
        raise NobodyOfThatName(name=name)
    if len(people) > 1:
        raise SeveralOfThatName(name=name, people=[person.name for person in people])
    return people[0]


def people_of(session: Session, challenge_id: int, programme_id: int) -> list[Person]:
    """Everybody who has or had a part in a challenge, or was asked to, and the programme's own."""
    in_roles = select(Role.person_id).where(
        Role.programme_id == programme_id,
        (Role.challenge_id == challenge_id) | Role.challenge_id.is_(None),
    )
    invited = select(Invitation.person_id).where(Invitation.challenge_id == challenge_id)
    return list(
        session.scalars(
            select(Person).where(Person.id.in_(in_roles) | Person.id.in_(invited)).order_by(Person.id)
        ).unique()
    )
