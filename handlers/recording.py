"""What came of a call is written back to its row of the outbox."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from handlers import accounts, consequences, destination, doubts
from handlers.call import Call, Outcome
from handlers.consequences import Unit
from handlers.desk import Desk
from handlers.message import Happened
from handlers.rules.local import local_day
from store import pause
from store.outbox import OWED, Outgoing, doubt
from store.person import accounts_of
from store.programme import Programme
from store.slot import Posted, overtaken_by, stands_at

log = structlog.get_logger()

GIVE_UP_AFTER = 8
_WITHOUT_TRACE = {"edit", "look_up"}
"""Calls that leave no doubt behind: they are simply made again."""
_NOT_KNOWN = {*OWED, "unsure"}
"""The states of a row of which nobody knows yet that it was done."""
_BACKOFF = (1, 5, 30, 120, 600)
_ASKED_OF_PEOPLE = {"invite", "pin", "remove"}
"""What a person is asked to do where the chat does not let the bot: nobody has to look at the log for it."""


def record(session: Session, desk: Desk, outcome: Outcome, now: datetime, wall: datetime) -> None:
    """Write back what came of a call, and let follow what follows from it."""
    row = session.get(Outgoing, outcome.call.row)
    if row is None or not _is_news(row, outcome):
        return
    unit = Unit(session=session, desk=desk, now=now, wall=wall)
    row.lease_until, row.retry_at = None, None
    _keep_where(session, row, outcome)
    _RECORD[outcome.kind](unit, row, outcome)
    if outcome.rest:
        until = wall + timedelta(seconds=outcome.rest)
        pause.leave(session, pause.of_place(row), outcome.call.platform, until)
    if row.unwanted and row.state in {"ready", "unsure"}:
        row.state = "withdrawn"
    elif row.state == "ready" and row.address is None and overtaken_by(session, row):
        row.state = "replaced"  # what stands in part is finished first, and then changed
    if row.state not in OWED:
        consequences.settle(unit, row)


def _keep_where(session: Session, row: Outgoing, outcome: Outcome) -> None:
    """Remember where a card stands, or what does of it: the next try goes on there, in whichever process."""
    stands = session.get(Posted, row.slot) if row.slot and outcome.call.op == "edit" else None
    row.address = outcome.address or row.address
    if stands and outcome.address:
        stands.address = outcome.address


def _is_news(row: Outgoing, outcome: Outcome) -> bool:
    """Whether a call tells anything: of one whose lease is over, and the row in other hands, success does."""
    if outcome.kind == "done":
        return row.state in _NOT_KNOWN
    return row.state == "sending" and row.claims == outcome.call.attempt


def _done(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    row.state, row.sent_at = "sent", unit.now
    if row.slot and outcome.address:
        posted = unit.session.get(Posted, row.slot) or Posted(slot=row.slot)
        posted.platform, posted.address = outcome.call.platform, outcome.address
        posted.outgoing_id = row.id
        unit.session.add(posted)


def _uncertain(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    if outcome.call.op in _WITHOUT_TRACE:
        row.state = _as_before(outcome)
    else:
        doubt(row)
    row.retry_at = unit.wall + timedelta(seconds=_backoff(row))


def _unknowable(unit: Unit, row: Outgoing, _outcome: Outcome) -> None:
    """The chat cannot be asked: what can be said or done twice is; for all else a person finds out."""
    if row.op == "make_room":
        row.state, row.failure = "dead", "not_known_whether_made"
    elif newer := overtaken_by(unit.session, row):
        row.state, newer.repeated = "replaced", True
    elif stands_at(unit.session, row):  # it was an edit
        row.state = "ready"
    elif doubts.goes_again(unit.session, row) and not row.repeated:
        row.state, row.repeated = "ready", True
    else:
        row.state = "unsure"


def _absent(_unit: Unit, row: Outgoing, _outcome: Outcome) -> None:
    row.state = "ready"


def _as_before(outcome: Outcome) -> str:
    """The state of a row with which the chat did nothing: what was in doubt still is."""
    return "uncertain" if outcome.call.in_doubt else "ready"


def _later(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """The chat did nothing. What it refused because there was too much is no failed attempt."""
    row.state = _as_before(outcome)
    row.retry_at = unit.wall + timedelta(seconds=outcome.seconds or _backoff(row))
    if outcome.seconds:
        row.attempts -= 1
        _leave_in_peace(unit, row, outcome, row.retry_at)


def _leave_in_peace(unit: Unit, row: Outgoing, outcome: Outcome, until: datetime) -> None:
    """Make no such call for as long as the chat asks: to that place, or to any.

    A chat does not always say which limit was met; where it refuses two places at once, it is for all.
    """
    call, place = outcome.call, pause.of_place(row)
    refused = outcome.refused
    if not refused:
        pause.leave(unit.session, place, call.platform, until, refused=True)
        refused = call.op if pause.is_refused_elsewhere(unit.session, call.platform, place, unit.wall) else ""
    if refused:
        pause.leave(unit.session, pause.of_call(call.platform, refused), call.platform, until, refused=True)


def _not_begun(_unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """It was claimed, and given back before anything was asked of the chat."""
    row.state = _as_before(outcome)
    row.attempts -= 1


def _broken(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """A mistake of ours: tried again a few times, then given up."""
    row.mistakes += 1
    if row.mistakes >= GIVE_UP_AFTER:
        row.state, row.failure = "dead", "mistake"
        return
    _uncertain(unit, row, outcome)


def _room_gone(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """The room is lost: what it is owed waits for it, and is said nowhere else."""
    _later(unit, row, outcome)
    if row.room is None:
        return
    place = {"platform": row.room.platform, "tenant": row.room.tenant, "address": row.room.address}
    facts = {**place, "why": outcome.reason}
    event = Happened(
        id=f"outgoing:{row.id}:room_gone:{row.claims}", at=unit.now, kind="room_gone", facts=facts
    )
    consequences.follow(unit, event)


def _never(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    posted = unit.session.get(Posted, row.slot) if row.slot and outcome.call.op == "edit" else None
    if posted:  # somebody deleted the card: it is posted anew
        unit.session.delete(posted)
        row.state, row.address = "ready", None
        return
    if _is_out_of_reach(unit.session, row, outcome.call):  # another account, or a person who passes it on
        row.state = _as_before(outcome)
        return
    row.state, row.failure = "dead", outcome.reason
    tell = log.info if row.op in _ASKED_OF_PEOPLE else log.warning
    tell("message_dead", row=row.id, template=row.template, op=row.op)


def _is_out_of_reach(session: Session, row: Outgoing, call: Call) -> bool:
    """Whether it turned out meanwhile that the chat does not let the bot write to somebody."""
    if row.op != "post" or call.account is None:
        return False
    known = [one for one in accounts_of(session, row.person_id or 0) if one.platform == call.platform]
    return any(one.account == call.account and one.state != "reached" for one in known)


def _looked_up(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """Remember the account that an e-mail address belongs to; that there is none is remembered too."""
    row.state = _as_before(outcome)
    account, programme = outcome.account, unit.session.get_one(Programme, row.programme_id)
    today = local_day(unit.now, programme.zone)
    found = (
        account
        and row.person
        and accounts.found(unit.session, row.person, account, unit.desk.trusted, unit.now, today)
    )
    if not found:
        destination.found_nobody(row, outcome.call.platform)


def _seen(unit: Unit, row: Outgoing, outcome: Outcome) -> None:
    """Somebody was to look who is in a room: what follows is about that room, while it stands there."""
    row.state, row.sent_at = "sent", unit.now
    if row.room and row.room.address == outcome.call.place:
        facts = {"outgoing": row.id, "members": outcome.members, "known": outcome.call.known}
        event = Happened(id=f"outgoing:{row.id}:seen", at=unit.now, kind="looked", facts=facts)
        consequences.follow(unit, event)


_RECORD = {
    "done": _done,
    "uncertain": _uncertain,
    "unknowable": _unknowable,
    "absent": _absent,
    "later": _later,
    "broken": _broken,
    "not_begun": _not_begun,
    "never": _never,
    "room_gone": _room_gone,
    "account": _looked_up,
    "seen": _seen,
}


def _backoff(row: Outgoing) -> float:
    return _BACKOFF[min(row.attempts, len(_BACKOFF)) - 1]
