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
from store.session import Store

PLATFORM = TENANT = "room"
FORMAT = "regional_two_day"
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
    join(session, numbers, now)


def join(session: Session, numbers: range, now: datetime) -> None:
    """A manager and a sponsor for each of these challenges."""
    seats = [(number, seat, 1000 + 2 * number + at) for number in numbers for at, seat in enumerate(_ROLES)]
    session.execute(insert(Person), [_person(number, seat, who) for number, seat, who in seats])
    session.execute(insert(PersonAccount), [_account(number, seat, who, now) for number, seat, who in seats])
    session.execute(insert(Role), [_role(number, seat, who) for number, seat, who in seats])


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
    return {"id": who, "programme_id": 1, "name": f"{seat}{number}", "working_days": "12345"}


def _account(number: int, seat: str, who: int, now: datetime) -> dict[str, object]:
    return {
        "platform": PLATFORM, "tenant": TENANT, "account": f"{seat}{number}", "person_id": who,
        "name": f"{seat}{number}", "guest": False, "seen_at": now,
    }  # fmt: skip


def _role(number: int, seat: str, who: int) -> dict[str, object]:
    return {"programme_id": 1, "challenge_id": number, "person_id": who, "role": _ROLES[seat]}
