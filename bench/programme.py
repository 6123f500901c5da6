"""A fictional programme of any size: challenges, each with a manager and a sponsor."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.clock import Clock
from handlers.message import Account
from store.challenge import Challenge, ChallengeHost
from store.digest import DigestDay
from store.migrations import upgrade
from store.person import Person, PersonAccount
from store.programme import Council, Programme
from store.role import Role
from store.scoping import KeyLine
from store.session import Store
from store.task import Task

PLATFORM = TENANT = "room"
FORMAT = "regional_two_day"
MORNING = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
"""Nine on a Monday, in London: everybody's digest is due."""
CHALLENGES = 16
"""How many there are where commands are measured, each with people of its own."""
_ROLES = {"manager": "challenge_manager", "sponsor": "sponsor"}


def store(folder: Path) -> Store:
    """An empty store of the newest schema."""
    return Store(database(folder))


def database(folder: Path) -> str:
    """The address of an empty database of the newest schema."""
    made = Store(f"sqlite:///{folder / 'critical-friend.sqlite3'}")
    upgrade(made.engine)
    made.close()
    return made.url


def claimed(url: str) -> None:
    """A programme as it is measured over HTTP, in an empty database: nothing falls due in it."""
    made, now = Store(url), Clock().now()
    made.work(lambda session: furnish(session, CHALLENGES, now, now + timedelta(days=400)))
    made.close()


def morning(session: Session, challenges: int, platform: str, tenant: str) -> None:
    """So many challenges, each with a task whose sponsor is to read of it in this MORNING's digest."""
    numbers, due = range(1, challenges + 1), MORNING - timedelta(minutes=30)
    furnish(session, challenges, MORNING, MORNING + timedelta(days=400))
    let_in(session, numbers, MORNING, platform, tenant)
    session.execute(insert(Task), [_task(number, due) for number in numbers])
    sponsors = {number: who for number, seat, who in _seats(numbers) if seat == "sponsor"}
    days = [{"challenge_id": number, "person_id": who, "at": due} for number, who in sponsors.items()]
    session.execute(insert(DigestDay), days)
    told = Person.id.in_(select(DigestDay.person_id))
    session.execute(update(Person).where(told).values(next_digest_at=due))


def furnish(session: Session, challenges: int, now: datetime, due: datetime) -> None:
    """A claimed programme with so many challenges, each of them next due at `due`."""
    numbers = range(1, challenges + 1)
    session.add(Programme(id=1, name="Peer challenge programme", claimed_at=now))
    session.flush()
    session.execute(insert(Council), [_council(number) for number in numbers])
    session.execute(insert(Challenge), [_challenge(number, now, due) for number in numbers])
    hosts = [{"challenge_id": number, "council_id": number} for number in numbers]
    session.execute(insert(ChallengeHost), hosts)
    appoint(session, numbers)


def appoint(session: Session, numbers: range) -> None:
    """A manager and a sponsor, whom no chat knows yet, and a key line for each of these challenges."""
    seats = _seats(numbers)
    lines = [{"challenge_id": number, "number": 1, "text": "Is help early?"} for number in numbers]
    session.execute(insert(KeyLine), lines)
    session.execute(insert(Person), [_person(number, seat, who) for number, seat, who in seats])
    session.execute(insert(Role), [_role(number, seat, who) for number, seat, who in seats])


def let_in(
    session: Session, numbers: range, now: datetime, platform: str = PLATFORM, tenant: str = TENANT
) -> None:
    """Accounts in a chat for the managers and sponsors of these challenges."""
    where = {"platform": platform, "tenant": tenant, "guest": False, "seen_at": now}
    session.execute(insert(PersonAccount), [{**where, **_account(*seat)} for seat in _seats(numbers)])


def email(seat: str, number: int) -> str:
    """The address of the manager or the sponsor of a challenge."""
    return f"{seat}{number}@northmere.example"


def _seats(numbers: range) -> list[tuple[int, str, int]]:
    return [(number, seat, 1000 + 2 * number + at) for number in numbers for at, seat in enumerate(_ROLES)]


def account(seat: str, number: int, platform: str = PLATFORM, tenant: str = TENANT) -> Account:
    """The chat account of the manager or the sponsor of a challenge."""
    return Account(platform=platform, tenant=tenant, id=f"{seat}{number}", name=f"{seat}{number}")


def _council(number: int) -> dict[str, object]:
    return {"id": number, "programme_id": 1, "name": f"Northmere {number}", "domain": None}


def _challenge(number: int, now: datetime, due: datetime) -> dict[str, object]:
    first = date(2027, 3, 1) + timedelta(days=number % 300)
    return {
        "id": number, "programme_id": 1, "slug": f"northmere-{number}", "name": f"Northmere {number}",
        "format": FORMAT, "zone": "Europe/London", "nation": "ENG", "first_day": first,
        "last_day": first + timedelta(days=1), "opened_at": now, "ready_at": now, "agenda_done_at": now,
        "next_due_at": due, "version": 1,
    }  # fmt: skip


def _person(number: int, seat: str, who: int) -> dict[str, object]:
    return {
        "id": who, "programme_id": 1, "name": f"{seat}{number}", "working_days": "12345",
        "email": email(seat, number),
    }  # fmt: skip


def _account(number: int, seat: str, who: int) -> dict[str, object]:
    return {"account": f"{seat}{number}", "person_id": who, "name": f"{seat}{number}"}


def _task(number: int, added: datetime) -> dict[str, object]:
    return {
        "challenge_id": number, "number": 1, "kind": "task", "title": "Name an organiser",
        "audience": "everybody", "owner_role": "sponsor", "due_on": MORNING.date(), "state": "open",
        "added_at": added,
    }  # fmt: skip


def _role(number: int, seat: str, who: int) -> dict[str, object]:
    return {"programme_id": 1, "challenge_id": number, "person_id": who, "role": _ROLES[seat]}
