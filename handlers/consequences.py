"""What follows from a row of the outbox that is settled: it was done, or never will be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import homes
from handlers.apart import apart
from handlers.desk import Desk
from handlers.dispatch import happened
from handlers.message import Happened
from store.finding import note
from store.outbox import Outgoing

_HAPPENED = {
    ("make_room", "sent"): "room_made",
    ("make_room", "dead"): "could_not_make",
    ("pin", "dead"): "could_not_pin",
    ("invite", "sent"): "came_in",
    ("invite", "dead"): "could_not_bring_in",
    ("remove", "sent"): "left",
    ("remove", "dead"): "could_not_remove",
    ("look", "dead"): "not_seen",
}


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit of work of the postman's: `now` is the bot's clock, `wall` the machine's."""

    session: Session
    desk: Desk
    now: datetime
    wall: datetime


def settle(unit: Unit, row: Outgoing) -> None:
    """What follows from a row that is settled. A mistake there does not unsay what was said."""
    if row.op == "home":
        homes.settled(unit.session, row, unit.wall)
        return
    kind = _kind(row)
    if kind is None:
        return
    event = Happened(id=f"outgoing:{row.id}:{row.state}", at=unit.now, kind=kind, facts={"outgoing": row.id})
    follow(unit, event)


def follow(unit: Unit, event: Happened) -> None:
    """Let a happening have its effects, all of them or none."""
    unit.session.flush()
    with apart(unit.session, "settling_broke", happening=event.id) as tried:
        happened(unit.session, unit.desk, event, unit.now)
    if tried.failure:
        _note(unit.session, event, unit.now)


def _note(session: Session, event: Happened, now: datetime) -> None:
    """Nobody tries again, so people are told: the kind of thing that happened, and in which challenge."""
    found = event.facts.get("outgoing")
    row = session.get(Outgoing, found) if found else None
    challenge = row.challenge_id if row else None
    note(
        session,
        f"follow:{event.id}",
        "follow_failed",
        now,
        due_at=now,
        challenge_id=challenge,
        what=event.kind,
    )


def _kind(row: Outgoing) -> str | None:
    """What happened when a row was settled; None: nothing that anything follows from."""
    if row.op == "post" and row.state == "sent":
        return "posted" if row.slot else None
    if row.state == "unsure":
        return "may_have_arrived"
    lost = "not_done" if row.state in {"dead", "skipped"} else None
    return _HAPPENED.get((row.op, row.state), lost)
