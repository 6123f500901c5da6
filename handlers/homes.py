"""Homes that stand open: which are drawn anew, and when. What they say is made when they are sent."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers.message import Account, Card
from handlers.people import recognise
from handlers.rules.dates import at
from handlers.rules.local import local_day
from store.challenge import Challenge
from store.home import OpenHome, forget_older, home_of, homes_about, homes_due
from store.outbox import Outgoing
from store.person import Person
from store.programme import Programme

_NEW_DAY = time(6, 0)
_SPREAD = 900
_RESTS = timedelta(seconds=4)
"""Many changes at once are drawn together, so that a home never keeps the bot from answering."""


def opened(
    session: Session, programme: Programme, account: Account, now: datetime,
    trusted: frozenset[tuple[str, str]],
) -> None:  # fmt: skip
    """Somebody looks at their home: it is drawn, whatever stands there, and from now on kept up."""
    person = recognise(session, programme, account, now, trusted)
    home = session.get(OpenHome, person.id) or OpenHome(person_id=person.id)
    home.platform, home.tenant, home.account = account.platform, account.tenant, account.id
    home.drawn, home.rests_until, home.next_at = None, None, _next_morning(programme, now, person.id)
    session.add(home)
    session.flush()
    _queue(session, home_of(session, person.id), programme.id, now)


def refresh(session: Session, challenge: Challenge, now: datetime) -> None:
    """After a change in a challenge: draw the homes of all who have, or had, a part in it."""
    _queue(session, homes_about(session, challenge.programme_id, challenge.id), challenge.programme_id, now)


def refresh_programme(session: Session, programme: Programme, now: datetime) -> None:
    """After a change in the programme: draw the homes of its own people."""
    _queue(session, homes_about(session, programme.id, None), programme.id, now)


def refresh_of(session: Session, person: Person, now: datetime) -> None:
    """After a change for one person alone: draw their home."""
    _queue(session, home_of(session, person.id), person.programme_id, now)


def begin_day(session: Session, programme: Programme, now: datetime, limit: int) -> int:
    """Draw the homes whose morning has come, as dates have moved on; how many, at most `limit`."""
    homes = homes_due(session, now, limit)
    for home in homes:
        home.next_at = _next_morning(programme, now, home.person_id)
        _queue(session, home_of(session, home.person_id), programme.id, now)
    return len(homes)


def _next_morning(programme: Programme, now: datetime, person_id: int) -> datetime:
    """Early on the next day; not everybody's in the same moment."""
    today, later = local_day(now, programme.zone), timedelta(seconds=person_id % _SPREAD)
    mornings = (at(day, _NEW_DAY, programme.zone) + later for day in (today, today + timedelta(days=1)))
    return next(moment for moment in mornings if moment > now)


def _queue(session: Session, homes: Iterable[OpenHome], programme_id: int, now: datetime) -> None:
    """A row for each home, without words: they are made when it is sent."""
    for home in homes:
        session.add(
            Outgoing(
                programme_id=programme_id,
                person_id=home.person_id,
                key=f"{home.slot}:{secrets.token_hex(8)}",
                op="home",
                slot=home.slot,
                facts={},
                hidden={},
                state="ready",
                late="skip",
                queued_at=now,
                not_before=now,
                retry_at=home.rests_until,
            )
        )


# When one is sent


def stands_already(session: Session, row: Outgoing, card: Card) -> bool:
    """Whether a home shows this card already; where it does not, the row remembers what it will show."""
    home = session.get_one(OpenHome, row.person_id)
    digest = _digest(card)
    row.facts = {"drawn": digest}
    return home.drawn == digest


def settled(session: Session, row: Outgoing, wall: datetime) -> None:
    """Note what stands in somebody's home now. One that can never be shown is forgotten."""
    home = session.get(OpenHome, row.person_id)
    if home and row.state == "dead":
        session.delete(home)
    if home and row.state in {"sent", "replaced"}:
        home.drawn, home.rests_until = row.facts["drawn"], wall + _RESTS
        forget_older(session, row)


def _digest(card: Card) -> str:
    """What somebody would see and could press, in a few letters."""
    shown = [card.plain, *(asdict(button) for button in card.buttons)]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
