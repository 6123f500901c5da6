"""What a chat tells of its accounts: another name or address, somebody deactivated, or let in again."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers import minding
from handlers.message import Account
from handlers.people import address_of, follow_name, is_trusted, link, name_of
from handlers.post import Post
from handlers.rooms import put_right
from store.challenge import Challenge
from store.outbox import bring_back
from store.person import Person, PersonAccount, accounts_of, known_account, person_by_email
from store.programme import Programme, the_programme
from store.role import challenges_of
from store.room import Room, programme_room, stuck_as


def account_changed(
    session: Session, programme: Programme, post: Post, now: datetime, today: date,
    trusted: frozenset[tuple[str, str]], account: Account, active: bool,  # noqa: FBT001 - as the chat says it
) -> None:  # fmt: skip
    """Follow what changed. An address never moves an account to somebody else; nobody new is remembered."""
    row = known_account(session, account.platform, account.tenant, account.id)
    if row is None:
        if active:
            _meet(session, programme, account, trusted, now)
        return
    follow_name(row, account)
    row.guest, row.active = account.guest, active
    _follow_address(session, programme, post, row, account, trusted)
    if not active:
        _put_rooms_right(session, row.person, account.platform, now)
    _look_again(session, row.person, now, today)


def installed(
    session: Session, programme: Programme, post: Post, now: datetime, today: date,
    trusted: frozenset[tuple[str, str]], account: Account,
) -> None:  # fmt: skip
    """The bot was added for somebody: it may write to them there, brings what waited, and greets them once.

    An administrator may add it for everybody at once: whoever is not known here is let be until they speak.
    """
    row = known_account(session, account.platform, account.tenant, account.id)
    row = row or _meet(session, programme, account, trusted, now)
    if row is None:
        return
    follow_name(row, account)
    row.active, row.seen_at = True, now
    within_reach(session, row, now, today)
    key = f"welcome:{account.platform}:{account.tenant}:{account.id}"
    post.to_person(row.person, "welcome", {"chat": account.platform}, key=key)


def uninstalled(session: Session, now: datetime, today: date, account: Account) -> None:
    """The bot may not write to somebody there any more: what is owed to them is passed on by hand."""
    row = known_account(session, account.platform, account.tenant, account.id)
    if row and row.reachable:
        row.reachable = False
        _look_again(session, row.person, now, today)


def wrote(session: Session, account: Account, now: datetime, today: date) -> None:
    """Somebody wrote to the bot in person: so it may write to them."""
    row = known_account(session, account.platform, account.tenant, account.id)
    if row and not row.reachable:
        within_reach(session, row, now, today)


def within_reach(session: Session, row: PersonAccount, now: datetime, today: date) -> None:
    """The chat lets the bot write to an account: what waited to be passed on by hand goes there."""
    row.reachable = True
    bring_back(session, row.person_id)
    _look_again(session, row.person, now, today)


def found(
    session: Session, person: Person, account: Account, trusted: frozenset[tuple[str, str]], now: datetime,
    today: date,
) -> bool:  # fmt: skip
    """A chat has this account for an address, and lets the bot write to it; whether it reaches them now."""
    row = known_account(session, account.platform, account.tenant, account.id)
    if row is None:
        return is_trusted(account, trusted) and link(session, person, account, now)
    if row.person is person and row.state == "not_added":
        within_reach(session, row, now, today)
    return row.person is person and row.state == "reached"


def is_known(session: Session, account: Account) -> bool:
    """Whether anybody here has this account, or its e-mail address: what a chat tells of others is let go."""
    email, programme = address_of(account), the_programme(session)
    if known_account(session, account.platform, account.tenant, account.id):
        return True
    return bool(email and programme and person_by_email(session, programme.id, email))


def is_other(session: Session, account: Account, *, active: bool) -> bool:
    """Whether anything that is kept of an account is otherwise now; a new picture is not."""
    row = known_account(session, account.platform, account.tenant, account.id)
    now = (name_of(account), address_of(account), account.guest, active)
    return row is None or now != (row.name, row.email, row.guest, row.active)


def _look_again(session: Session, person: Person, now: datetime, today: date) -> None:
    """Have the challenges in which somebody has a part looked at with the next tick."""
    for challenge_id in challenges_of(session, person.id, today):
        session.get_one(Challenge, challenge_id).next_due_at = now


def _meet(
    session: Session, programme: Programme, account: Account, trusted: frozenset[tuple[str, str]],
    now: datetime,
) -> PersonAccount | None:  # fmt: skip
    """Somebody known by their address, and not yet met in this chat, has an account now; None for others."""
    email = address_of(account) if is_trusted(account, trusted) else None
    person = person_by_email(session, programme.id, email) if email else None
    if person:
        link(session, person, account, now)
    return known_account(session, account.platform, account.tenant, account.id)


def _follow_address(
    session: Session, programme: Programme, post: Post, row: PersonAccount, account: Account,
    trusted: frozenset[tuple[str, str]],
) -> None:  # fmt: skip
    """A person keeps to the address of their account, unless it was another or is somebody else's."""
    before, email = row.email, address_of(account)
    row.email = email
    if email is None or not is_trusted(account, trusted) or row.person.email not in {None, before}:
        return
    other = person_by_email(session, programme.id, email)
    if other is None:
        row.person.email = email
    elif other is not row.person:
        _tell_of_two(session, programme, post, row.person, other)


def _tell_of_two(session: Session, programme: Programme, post: Post, person: Person, other: Person) -> None:
    """Whoever runs the programme learns that an account's address belongs to somebody else here."""
    room = programme_room(session, programme.id)
    if room:
        facts = {"name": person.name, "other": other.name}
        post.to_room(room, "address_of_another", facts, key=f"address:{person.id}:{other.id}")


def _put_rooms_right(session: Session, person: Person, platform: str, now: datetime) -> None:
    """Whoever cannot come into a chat any more reads none of its rooms."""
    if any(one.active and one.platform == platform for one in accounts_of(session, person.id)):
        return
    for member in stuck_as(session, person.id, platform):
        put_right(session, member)
        minding.look_again(session, session.get_one(Room, member.room_id), now)
        session.delete(member)
