"""A fictional programme of any size: challenges, each with a manager and a sponsor."""

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from handlers.message import Account
from store.challenge import Challenge, ChallengeHost
from store.migrations import upgrade
from store.person import Person, PersonAccount
from store.programme import Council, Programme
from store.role import Role
from store.scoping import KeyLine
from store.session import Store

PLATFORM = TENANT = "room"
FORMAT = "regional_two_day"
CHALLENGES = 16
"""How many there are where commands are measured, each with people of its own."""
_ROLES = {"manager": "challenge_manager", "sponsor": "sponsor"}


def store(folder: Path) -> Store:
    """An empty store of the newest schema."""
    made = Store(f"sqlite:///{folder / 'critical-friend.sqlite3'}")
    upgrade(made.engine)
    return made


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


def let_in(session: Session, numbers: range, now: datetime) -> None:
    """Accounts in the room for the managers and sponsors of these challenges."""
    rows = [_account(number, seat, who, now) for number, seat, who in _seats(numbers)]
    session.execute(insert(PersonAccount), rows)


def email(seat: str, number: int) -> str:
    """The address of the manager or the sponsor of a challenge."""
    return f"{seat}{number}@northmere.example"


def _seats(numbers: range) -> list[tuple[int, str, int]]:
    return [(number, seat, 1000 + 2 * number + at) for number in numbers for at, seat in enumerate(_ROLES)]


def account(seat: str, number: int) -> Account:
    """The chat account of the manager or the sponsor of a challenge."""
    return Account(platform=PLATFORM, tenant=TENANT, id=f"{seat}{number}", name=f"{seat}{number}")


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


def _account(number: int, seat: str, who: int, now: datetime) -> dict[str, object]:
    return {
        "platform": PLATFORM, "tenant": TENANT, "account": f"{seat}{number}", "person_id": who,
        "name": f"{seat}{number}", "guest": False, "seen_at": now,
    }  # fmt: skip


def _role(number: int, seat: str, who: int) -> dict[str, object]:
    return {"programme_id": 1, "challenge_id": number, "person_id": who, "role": _ROLES[seat]}
