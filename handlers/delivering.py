"""Outbox rows become calls to a chat, and what came of a call is written back.

A row that was claimed and never heard of again is uncertain: it is looked for by its key before
it is tried again, so that a message accepted just before a crash is not said twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.delivery import waits_for_a_person
from handlers.dispatch import Desk
from handlers.message import Account, Card
from handlers.post import ASKER, person_may_read, room_may_read
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing, Posted
from store.person import Person, PersonAccount
from store.room import Room, RoomMember

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
_OWED = ("ready", "uncertain", "sending")
_SETTLED_BY_LOOKING = {"post", "make_room"}
Where: TypeAlias = dict[str, Any]
"""Those fields of a call that say where it goes."""

_BACKOFF = (1, 5, 30, 120, 600)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call for a chat to make. `op` is a row's, or edit, find or look_up."""

    row: int
    op: str
    key: str
    platform: str
    place: str | None = None
    account: str | None = None
    address: str | None = None
    card: Card | None = None
    email: str | None = None
    title: str = ""
    topic: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a call. `kind`: done, uncertain, later (after `seconds`), never (`reason`),
    absent (looked for and not found) or account (`account` belongs to the e-mail address).
    """

    call: Call
    kind: str
    address: str | None = None
    seconds: float = 0
    reason: str = ""
    account: Account | None = None


def recover(session: Session, desk: Desk, now: datetime) -> None:
    """After a start: what was in hand is uncertain, and answers nobody received become outbox rows."""
    for row in session.scalars(select(Outgoing).where(Outgoing.state == "sending")):
        row.state = "uncertain" if row.op in _SETTLED_BY_LOOKING else "ready"
    unanswered = select(Heard).where(Heard.handed_over_at.is_(None), Heard.answer.is_not(None))
    for heard in session.scalars(unanswered):
        answer_by_outbox(session, heard, now)


def answer_by_outbox(session: Session, heard: Heard, now: datetime) -> None:
    """Let the postman hand over an answer; the place is searched for it first."""
    heard.handed_over_at = now
    if heard.person_id is None or heard.answer is None:
        return
    room = _room_heard_in(session, heard)
    session.add(
        Outgoing(
            programme_id=_programme_of(session, heard),
            challenge_id=heard.challenge_id,
            key=heard.id,
            op="post",
            room_id=room.id if room else None,
            person_id=None if room and heard.answer["to"] == "room" else heard.person_id,
            template=heard.answer["template"],
            facts=heard.answer["facts"],
            hidden=heard.answer["hidden"],
            state="uncertain",
            late="skip",
            queued_at=now,
            not_before=now,
        )
    )


def _room_heard_in(session: Session, heard: Heard) -> Room | None:
    if heard.direct:
        return None
    return session.scalars(
        select(Room).where(
            Room.platform == heard.platform, Room.tenant == heard.tenant, Room.address == heard.place
        )
    ).first()


def _programme_of(session: Session, heard: Heard) -> int:
    return session.scalars(select(Person.programme_id).where(Person.id == heard.person_id)).one()


# Claiming


def claim(
    session: Session, desk: Desk, now: datetime, wall: datetime, platforms: frozenset[str], limit: int
) -> list[Call]:
    """Take the next calls in hand, at most one for each place, in the order they were queued."""
    rows = session.scalars(
        select(Outgoing)
        .where(Outgoing.state.in_(_OWED), Outgoing.not_before <= now)
        .order_by(Outgoing.id)
        .limit(500)
    )
    busy: set[tuple[str, int | None]] = set()
    calls: list[Call] = []
    for row in rows:
        target = ("room", row.room_id) if row.room_id else ("person", row.person_id)
        if target in busy or len(calls) == limit:
            continue
        waits = row.state == "sending" or (row.retry_at is not None and row.retry_at > wall)
        call = None if waits else _call(session, desk, row, now, platforms)
        if call:
            _take(row, wall)
            calls.append(call)
        if call or row.state in _OWED:
            busy.add(target)
    return calls


def _take(row: Outgoing, wall: datetime) -> None:
    row.state = "sending"
    row.attempts += 1
    row.lease_until = wall + LEASE


def _call(
    session: Session, desk: Desk, row: Outgoing, now: datetime, platforms: frozenset[str]
) -> Call | None:
    """What to ask of a chat for a row; None when it waits, or will never be sent."""
    if row.until is not None and now > row.until and row.state == "ready":
        row.state = "held" if row.late == "hold" else "skipped"
        return None
    where = _where(session, row, platforms)
    return _what(session, desk, row, now, where) if where else None


def _what(session: Session, desk: Desk, row: Outgoing, now: datetime, where: Where) -> Call | None:
    """What to ask, now that it is known where."""
    if row.state == "uncertain":
        return Call(row=row.id, op="find", key=row.key, **where)
    if "email" in where:
        return Call(row=row.id, op="look_up", key=row.key, **where)
    if row.op == "make_room" and row.room:
        return Call(
            row=row.id, op="make_room", key=row.key, title=row.room.title, topic=row.room.topic, **where
        )
    if row.op != "post":
        return Call(row=row.id, op=row.op, key=row.key, address=_posted_address(session, row), **where)
    return _message(session, desk, row, now, where)


def _message(session: Session, desk: Desk, row: Outgoing, now: datetime, where: Where) -> Call | None:
    """The words of a row, made now, for an audience checked now."""
    if row.template is None or not _still_may_read(session, desk, row, now):
        row.state, row.failure = "dead", "may no longer be read there"
        return None
    card = desk.words.card(row.template, row.facts, row.hidden)
    posted = session.get(Posted, row.slot) if row.slot else None
    if posted:
        return Call(row=row.id, op="edit", key=row.key, address=posted.address, card=card, **where)
    return Call(row=row.id, op="post", key=row.key, card=card, **where)


def _still_may_read(session: Session, desk: Desk, row: Outgoing, now: datetime) -> bool:
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    template = str(row.template)
    if row.person:
        return person_may_read(session, desk.words, desk.shapes, template, row.person, challenge, now)
    return row.room is not None and (
        desk.words.audience(template) == ASKER
        or room_may_read(desk.words, desk.shapes, template, row.room, challenge)
    )


def _posted_address(session: Session, row: Outgoing) -> str | None:
    posted = session.get(Posted, row.slot) if row.slot else None
    return posted.address if posted else None


def _where(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    """The platform and place of a row, or None while there is none."""
    if row.room is None:
        return _where_person(session, row, platforms)
    if row.room.platform not in platforms:
        return None
    if row.op == "make_room":
        return {"platform": row.room.platform}
    held = row.op == "post" and row.room.kind == "team" and _stuck(session, row.room)
    return None if row.room.state != "bound" or held else _where_room(session, row, row.room)


def _where_room(session: Session, row: Outgoing, room: Room) -> Where | None:
    where = {"platform": room.platform, "place": room.address}
    if row.person_id is None:
        return where
    account = _account(session, row.person_id, frozenset({str(room.platform)}))
    return {**where, "account": account.account} if account else _unknown(row, str(room.platform))


def _stuck(session: Session, room: Room) -> bool:
    """Somebody without a role is in the team's room: nothing is said there until a person put it right."""
    stuck = select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.state == "stuck")
    return session.scalars(stuck).first() is not None


def _where_person(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    account = _account(session, row.person_id, platforms)
    if account is None:
        return _unknown(row, min(platforms)) if platforms else None
    return {"platform": account.platform, "account": account.account}


def _account(session: Session, person_id: int | None, platforms: frozenset[str]) -> PersonAccount | None:
    """The account somebody used last, on the chats that are there."""
    return session.scalars(
        select(PersonAccount)
        .where(PersonAccount.person_id == person_id, PersonAccount.platform.in_(platforms))
        .order_by(PersonAccount.seen_at.desc())
        .limit(1)
    ).first()


def _unknown(row: Outgoing, platform: str) -> Where | None:
    """Somebody without an account is looked up by e-mail, once; then it is for a person to pass on."""
    if row.person is None or row.person.email is None or row.failure == "no account":
        row.state = "by_hand" if row.op == "post" else "dead"
        waits_for_a_person(row)
        return None
    return {"platform": platform, "email": row.person.email}


# Recording


def record(session: Session, desk: Desk, outcome: Outcome, now: datetime, wall: datetime) -> Outgoing | None:
    """Write back what came of a call. Returns the row when that settled it, one way or the other."""
    row = session.get(Outgoing, outcome.call.row)
    if row is None or row.state != "sending":
        return None
    row.lease_until, row.retry_at = None, None
    match outcome.kind:
        case "done":
            return _done(session, row, outcome, now)
        case "uncertain":
            row.state = (
                "uncertain" if row.op in _SETTLED_BY_LOOKING and outcome.call.op != "edit" else "ready"
            )
            row.retry_at = wall + timedelta(seconds=_BACKOFF[0])
        case "absent":
            row.state = "ready"
        case "later":
            row.state = "uncertain" if outcome.call.op == "find" else "ready"
            row.retry_at = wall + timedelta(seconds=outcome.seconds or _backoff(row))
        case "account":
            row.state = "ready"
            _link(session, row, outcome, now)
        case "never":
            row.state, row.failure = "dead", outcome.reason
            log.warning("message_dead", row=row.id, template=row.template, reason=outcome.reason)
            return row
    return None


def next_retry(session: Session, now: datetime) -> datetime | None:
    """When (on the machine's clock) the first call that was put off may be tried again."""
    return session.scalars(
        select(Outgoing.retry_at)
        .where(Outgoing.state.in_(_OWED), Outgoing.retry_at.is_not(None), Outgoing.not_before <= now)
        .order_by(Outgoing.retry_at)
        .limit(1)
    ).first()


def _backoff(row: Outgoing) -> float:
    return _BACKOFF[min(row.attempts, len(_BACKOFF)) - 1]


def _done(session: Session, row: Outgoing, outcome: Outcome, now: datetime) -> Outgoing:
    row.state, row.sent_at, row.address = "sent", now, outcome.address or row.address
    if row.slot and outcome.address:
        posted = session.get(Posted, row.slot)
        if posted is None:
            posted = Posted(slot=row.slot, platform=outcome.call.platform, address=outcome.address)
            session.add(posted)
        posted.address, posted.outgoing_id = outcome.address, row.id
    return row


def _link(session: Session, row: Outgoing, outcome: Outcome, now: datetime) -> None:
    """Remember the account that was found by e-mail; none found is remembered too."""
    found = outcome.account
    if found is None or row.person_id is None:
        row.failure = "no account"
        return
    if session.get(PersonAccount, (found.platform, found.tenant, found.id)) is None:
        session.add(
            PersonAccount(
                platform=found.platform,
                tenant=found.tenant,
                account=found.id,
                person_id=row.person_id,
                name=found.name,
                guest=found.guest,
                seen_at=now,
            )
        )
