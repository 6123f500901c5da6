"""People, and the accounts by which chats know them. One person may have several accounts."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, and_, select, true
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from store.base import Base
from store.programme import Council
from store.query import Query, given, given_many


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("programme_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(index=True)
    council_id: Mapped[int | None] = mapped_column(ForeignKey("council.id"))
    working_days: Mapped[str] = mapped_column(default="12345")  # ISO weekdays
    digest_time: Mapped[str | None]  # "08:30"; None: the format's; "never"
    next_digest_at: Mapped[datetime | None] = mapped_column(index=True)

    council: Mapped[Council | None] = relationship(lazy="joined")
    accounts: Mapped[list["PersonAccount"]] = relationship(back_populates="person")


class PersonAccount(Base):
    """Who a chat says somebody is. `direct` is the address of the direct conversation, once known.

    `active`: whether the chat lets them in; where it does not any more, nothing reaches them there.
    `reachable`: whether the chat lets the bot write to them; some do so only once they have added it.
    `email` is what the chat says, believed only where the account is trusted.
    """

    __tablename__ = "account"

    platform: Mapped[str] = mapped_column(primary_key=True)
    tenant: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    email: Mapped[str | None]
    guest: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    reachable: Mapped[bool] = mapped_column(default=True, server_default=true())
    direct: Mapped[str | None]
    seen_at: Mapped[datetime]

    @property
    def state(self) -> str:
        """What the bot can do with it: it is reached, not_added (the bot may not write to it) or over."""
        if not self.active:
            return "over"
        return "reached" if self.reachable else "not_added"

    person: Mapped[Person] = relationship(back_populates="accounts")


IS_ACCOUNT = and_(
    PersonAccount.platform == given("platform"),
    PersonAccount.tenant == given("tenant"),
    PersonAccount.account == given("account"),
)
ACCOUNT = Query(select(PersonAccount).where(IS_ACCOUNT).options(joinedload(PersonAccount.person)))


ACCOUNTS = Query(select(PersonAccount).where(PersonAccount.person_id.in_(given_many("people"))))


def accounts_among(session: Session, people: Iterable[Person]) -> list[PersonAccount]:
    """The accounts of some people, those that are over too."""
    return ACCOUNTS.all(session, people=tuple(sorted({person.id for person in people})))


def known_account(session: Session, platform: str, tenant: str, account: str) -> PersonAccount | None:
    """A chat account that is known, with its person."""
    return ACCOUNT.first(session, platform=platform, tenant=tenant, account=account)


_KNOWN_AMONG = Query(
    select(PersonAccount)
    .where(PersonAccount.account.in_(given_many("accounts")))
    .options(joinedload(PersonAccount.person))
)


def known_among(session: Session, accounts: Iterable[str]) -> dict[tuple[str, str, str], PersonAccount]:
    """The chat accounts with these ids that are known, with their persons, by platform, tenant and id."""
    rows = _KNOWN_AMONG.all(session, accounts=tuple(sorted(set(accounts))))
    return {(row.platform, row.tenant, row.account): row for row in rows}


def accounts_known_as(session: Session, platform: str, account: str) -> list[PersonAccount]:
    """The accounts with this id in a chat, in whichever tenant."""
    named = (PersonAccount.platform == platform, PersonAccount.account == account)
    return list(session.scalars(select(PersonAccount).where(*named)))


def person_by_email(session: Session, programme_id: int, email: str) -> Person | None:
    """The person with this e-mail address, whatever its case."""
    return session.scalars(
        select(Person).where(Person.programme_id == programme_id, Person.email == email.casefold())
    ).first()


def persons_by_email(session: Session, programme_id: int, emails: Iterable[str]) -> dict[str, Person]:
    """The persons with these e-mail addresses, by the address in small letters."""
    wanted = {email.casefold() for email in emails}
    found = session.scalars(
        select(Person).where(Person.programme_id == programme_id, Person.email.in_(wanted))
    )
    return {str(person.email): person for person in found}


def accounts_of(session: Session, person_id: int) -> list[PersonAccount]:
    """The accounts by which chats know somebody, those that are over too."""
    return ACCOUNTS.all(session, people=(person_id,))
