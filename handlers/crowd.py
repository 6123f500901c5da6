"""Everybody who is in a room at once: a few questions to the store, however many they are."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.message import Account
from handlers.people import account_of, address_of, council_of_email, is_trusted, link, name_of, seen
from store.person import Person, PersonAccount, known_among, persons_by_email
from store.programme import Council, Programme


def recognise_all(
    session: Session, programme: Programme, accounts: Iterable[Account], now: datetime,
    trusted: frozenset[tuple[str, str]],
) -> list[Person]:  # fmt: skip
    """The persons behind accounts, in their order: each as `people.recognise` has them."""
    accounts = tuple(accounts)
    known = known_among(session, (one.id for one in accounts))
    new = {_key(one): one for one in accounts if _key(one) not in known}
    met = _meet_all(session, programme, new.values(), now, trusted) if new else {}
    return [met[_key(one)] if _key(one) in met else seen(known[_key(one)], one, now) for one in accounts]


def known_persons(session: Session, accounts: Iterable[Account]) -> list[int | None]:
    """The ids of the persons behind accounts, None for whoever is not known."""
    accounts = tuple(accounts)
    known: dict[tuple[str, str, str], PersonAccount] = known_among(session, (one.id for one in accounts))
    return [known[_key(one)].person_id if _key(one) in known else None for one in accounts]


def _meet_all(
    session: Session, programme: Programme, accounts: Iterable[Account], now: datetime,
    trusted: frozenset[tuple[str, str]],
) -> dict[tuple[str, str, str], Person]:  # fmt: skip
    """The persons of accounts that are new: those whose address is known, and new ones."""
    emails = {_key(one): address_of(one) if is_trusted(one, trusted) else None for one in accounts}
    by_email = persons_by_email(session, programme.id, filter(None, emails.values()))
    works_at: dict[str, Council | None] = {}
    met: dict[tuple[str, str, str], Person] = {}
    for account in accounts:
        email = emails[_key(account)]
        person = by_email.get(email) if email else None
        if person:
            link(session, person, account, now)
        else:
            person = _stranger(session, programme, account, email, works_at)
            session.add(account_of(person, account, now))
        if email:
            by_email[email] = person
        met[_key(account)] = person
    session.flush()
    return met


def _stranger(
    session: Session, programme: Programme, account: Account, email: str | None,
    works_at: dict[str, Council | None],
) -> Person:  # fmt: skip
    """Somebody new. `works_at`: the councils by the domains of addresses, as far as they were asked for."""
    domain = email.rpartition("@")[2] if email else ""
    if email and domain not in works_at:
        works_at[domain] = council_of_email(session, email)
    return Person(
        programme_id=programme.id, name=name_of(account), email=email, council=works_at.get(domain),
        working_days="12345",
    )  # fmt: skip


def _key(account: Account) -> tuple[str, str, str]:
    return (account.platform, account.tenant, account.id)
