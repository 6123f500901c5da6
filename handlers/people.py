"""Persons from accounts: who is speaking, who is meant, and where they work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers.message import Account, Refused, Said
from handlers.rules.councils import domains_of, same_council, short_name
from handlers.rules.people import match
from handlers.rules.screening import looks_like_a_child
from store.invitation import Invitation
from store.person import Person, PersonAccount, known_account, person_by_email
from store.programme import Council, Programme, council_at, council_named
from store.role import Role
from store.room import RoomMember


class NobodyOfThatName(Refused):
    """No person of this challenge has that name."""


class SeveralOfThatName(Refused):
    """More than one person of this challenge has that name."""


def recognise(
    session: Session,
    programme: Programme,
    account: Account,
    now: datetime,
    trusted: frozenset[tuple[str, str]],
) -> Person:
    """The person behind an account, made when it is new.

    An e-mail address links an account to a known person only from a trusted (platform, tenant),
    and never for a guest whose address the chat did not check; a display name never does.
    """
    known = known_account(session, account.platform, account.tenant, account.id)
    if known:
        return seen(known, account, now)
    email = account.email if is_trusted(account, trusted) else None
    person = person_by_email(session, programme.id, email) if email else None
    person = person or _new_person(session, programme, name_of(account), email)
    link(session, person, account, now)
    return person


def is_trusted(account: Account, trusted: frozenset[tuple[str, str]]) -> bool:
    """Whether an account's e-mail address may be believed: in an allow-listed tenant, and checked there."""
    return not account.guest and (account.platform, account.tenant) in trusted


def link(session: Session, person: Person, account: Account, now: datetime) -> bool:
    """Give somebody an account; False when it is somebody else's already."""
    if known_account(session, account.platform, account.tenant, account.id):
        return False
    session.add(account_of(person, account, now))
    _bring_in_again(session, person)
    session.flush()
    return True


def account_of(person: Person, account: Account, now: datetime) -> PersonAccount:
    """The row of an account that is new."""
    return PersonAccount(
        platform=account.platform, tenant=account.tenant, account=account.id, person=person,
        name=name_of(account), email=address_of(account), guest=account.guest, seen_at=now,
    )  # fmt: skip


def as_told(row: PersonAccount) -> Account:
    """An account as the chat told it last."""
    return Account(
        platform=row.platform, tenant=row.tenant, id=row.account, name=row.name, email=row.email,
        guest=row.guest,
    )  # fmt: skip


def name_of(account: Account) -> str:
    """The name to keep: not one that looks as if it identified a child."""
    return account.id if looks_like_a_child(account.name) else account.name


def _bring_in_again(session: Session, person: Person) -> None:
    """Somebody has an account now: the rooms that could not take them in before try once more."""
    outside = RoomMember.state.in_(("invited", "to_bring_in"))
    session.execute(delete(RoomMember).where(RoomMember.person_id == person.id, outside))


def seen(row: PersonAccount, account: Account, now: datetime) -> Person:
    """The person of a known account, called what the chat calls them now."""
    follow_name(row, account)
    if not row.active:
        row.active = True
    if (now - row.seen_at).days:
        row.seen_at = now
    return row.person


def follow_name(row: PersonAccount, account: Account) -> None:
    """Call somebody what the chat calls them now, unless somebody here gave them another name."""
    if row.name == account.name:  # screened when it was kept
        return
    name = name_of(account)
    if row.name != name:
        if row.person.name == row.name:
            row.person.name = name
        row.name = name


def address_of(account: Account) -> str | None:
    """The e-mail address that a chat tells, in small letters."""
    return account.email.casefold() if account.email else None


def recognise_council(session: Session, programme: Programme, name: str) -> Council:
    """The council of that name (its first word is enough), made when it is new."""
    known = council_named(session, programme, name) or _council_like(session, programme, name)
    if known:
        return known
    council = Council(programme_id=programme.id, name=name.strip()[:1].upper() + name.strip()[1:])
    session.add(council)
    session.flush()
    return council


def _council_like(session: Session, programme: Programme, name: str) -> Council | None:
    """A council whose name differs only in words such as "County Council"."""
    councils = session.scalars(
        select(Council).where(Council.programme_id == programme.id).order_by(Council.id)
    )
    return next((council for council in councils if same_council(council.name, name)), None)


def council_of_email(session: Session, email: str) -> Council | None:
    """The council whose domain an e-mail address ends with."""
    found = (council_at(session, domain) for domain in domains_of(email))
    return next((council for council in found if council), None)


def person_with_email(session: Session, programme: Programme, name: str, email: str) -> Person:
    """The person with an e-mail address, made when nobody has it yet."""
    known = person_by_email(session, programme.id, email)
    return known or _new_person(session, programme, name, email)


def _new_person(session: Session, programme: Programme, name: str, email: str | None) -> Person:
    address = email.casefold() if email else None
    council = council_of_email(session, address) if address else None
    person = Person(
        programme_id=programme.id, name=name, email=address, council=council, working_days="12345"
    )
    session.add(person)
    session.flush()
    return person


def named(
    session: Session, challenge_id: int, programme_id: int, name: str,
    mentioned: tuple[Person, ...] = (), said: Said | None = None, at_field: str | None = None,
) -> Person:  # fmt: skip
    """The one person of a challenge (or of the programme) who goes by `name`, or was mentioned.

    First name, full name, e-mail address or mention. With `said`, somebody who typed a name that
    several have is offered a button for each. Raises NobodyOfThatName, SeveralOfThatName.
    """
    people = match(name, mentioned) or match(name, people_of(session, challenge_id, programme_id))
    return the_one(people, name, said, at_field, challenge_id)


def the_one(
    people: Sequence[Person], name: str, said: Said | None = None, at_field: str | None = None,
    challenge_id: int | None = None,
) -> Person:  # fmt: skip
    """The only one of these people, or the one that a button chose.

    Raises NobodyOfThatName, SeveralOfThatName.
    """
    if not people:
        raise NobodyOfThatName(name=name, at_field=at_field)
    chosen = chosen_of(people, name, said)
    if chosen is None:
        at = None if said and said.fields is None else at_field
        raise SeveralOfThatName(name=name, people=as_choices(people, name, said, challenge_id), at_field=at)
    return chosen


def chosen_of(people: Sequence[Person], name: str, said: Said | None) -> Person | None:
    """The only one, or the one whose button was pressed; a button counts only among those a name may mean."""
    if len(people) == 1:
        return people[0]
    chosen = said.hidden.get("chosen", {}).get(_key(name)) if said else None
    return next((person for person in people if person.id == chosen), None)


def as_choices(
    people: Sequence[Person], name: str, said: Said | None, challenge_id: int | None = None
) -> list[dict[str, Any]]:
    """People to choose from; pressing one says again what was typed, with the choice beside it."""
    typed = said.text if said and said.fields is None else ""
    carried = {**(said.hidden if said else {}), **({"challenge": challenge_id} if challenge_id else {})}
    before = carried.get("chosen", {})
    labels = [_label(person) for person in people]
    return [
        {
            "person": label if labels.count(label) == 1 else f"{label}, {person.email or person.id}",
            "phrase": typed,
            "hidden": {**carried, "chosen": {**before, _key(name): person.id}},
        }
        for person, label in zip(people, labels, strict=True)
    ]


def _key(name: str) -> str:
    return name.strip().casefold()


def _label(person: Person) -> str:
    return f"{person.name} ({short_name(person.council.name)})" if person.council else person.name


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
