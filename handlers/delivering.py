"""Outbox rows become calls to a chat, and what came of a call is written back.

A row that was claimed and never heard of again is uncertain: it is looked for by its key before
it is tried again, so that a message accepted just before a crash is not said twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from handlers import accounts, asked_in, doubts, home, homes
from handlers.delivery import waits_for_a_person
from handlers.dispatch import Desk, happened
from handlers.message import Account, Card, Happened
from handlers.post import ASKER, Post, person_may_read, room_may_read
from handlers.rules.local import local_day
from store.challenge import Challenge
from store.heard import Heard, not_handed_over
from store.home import OpenHome
from store.outbox import OWED, Outgoing, Posted, next_of_each, overtaken_by
from store.person import Person, PersonAccount, accounts_of
from store.programme import Programme
from store.room import Room
from store.session import HITCHES

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
UNHEARD_AFTER = timedelta(minutes=1)
GIVE_UP_AFTER = 8
_SETTLED_BY_LOOKING = {"post", "make_room"}
_LOOKING = {"find", "find_room"}
_BACKOFF = (1, 5, 30, 120, 600)
_NO_ACCOUNT = "no account: "
_FOUND_NOBODY = {"post": "by_hand", "look_up": "sent", "remove": "sent"}
"""What becomes of a row for somebody without an account; anything else can never be done."""
_WITHOUT_ACCOUNT = {"remove"}
"""Whoever has no account in a chat is in none of its rooms, and is not looked up to be taken out."""
_ASKED_OF_PEOPLE = {"invite", "pin", "remove"}
"""What a person is asked to do where the chat does not let the bot: nobody has to look at the log for it."""
_AT_ONCE = 100
_HOMES_AT_ONCE = 3

Where: TypeAlias = dict[str, Any]
"""Those fields of a call that say where it goes."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call for a chat to make. `op` is a row's, or edit, find, find_room or look_up."""

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
    """What came of a call.

    `kind`: done, uncertain, later (after `seconds`), never (`reason`), broken (a mistake of ours),
    room_gone (`reason`: archived, deleted, removed, public or crowded), absent (looked for and not found),
    unknowable (the chat cannot be asked), account (`account` belongs to the e-mail address) or seen
    (`members` are in the room).
    """

    call: Call
    kind: str
    address: str | None = None
    seconds: float = 0
    reason: str = ""
    account: Account | None = None
    members: tuple[Account, ...] = ()


def recover(session: Session, desk: Desk, now: datetime) -> None:
    """After a start of the only process: what was in hand is uncertain, and no answer is left behind."""
    for row in session.scalars(select(Outgoing).where(Outgoing.state == "sending")):
        _doubt(row)
    sweep(session, desk, now)


def sweep(session: Session, desk: Desk, before: datetime) -> int:
    """Answers of before then that nobody is known to have become outbox rows; how many."""
    unanswered = not_handed_over(session, before, _AT_ONCE)
    for heard in unanswered:
        answer_by_outbox(session, desk, heard, before)
    return len(unanswered)


def answer_by_outbox(
    session: Session, desk: Desk, heard: Heard, now: datetime, *, retry_at: datetime | None = None
) -> None:
    """Let the postman hand over an answer; the chat is searched for it first.

    `retry_at`: it does not stand, and can be said from then on. What only its reader sees waits for no room,
    unless it can be said in there.
    """
    heard.handed_over_at = now
    if heard.person_id is None or heard.answer is None:
        return
    to_room = heard.answer["to"] == "room"
    room = _room_heard_in(session, heard) if to_room or heard.platform in desk.whispering else None
    session.add(
        Outgoing(
            programme_id=_programme_of(session, heard),
            challenge_id=heard.challenge_id,
            key=heard.id,
            op="post",
            room_id=room.id if room else None,
            person_id=None if room and to_room else heard.person_id,
            template=heard.answer["template"],
            facts=heard.answer["facts"],
            hidden=heard.answer["hidden"],
            state="ready" if retry_at else "uncertain",
            late="skip",
            queued_at=now,
            not_before=now,
            retry_at=retry_at,
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
    """Take the next calls in hand, at most one for each place, in the order they were queued.

    A row that cannot be made into a call is its own trouble: it is dead, and holds nobody up.
    """
    calls: list[Call] = []
    looked_at: set[int] = set()
    while len(calls) < limit:
        rows = next_of_each(session, now, wall, platforms, limit)
        shown = sum(call.op == "home" for call in calls)
        new = _few_homes([row for row in rows if row.id not in looked_at], _HOMES_AT_ONCE - shown)
        new = new[: limit - len(calls)]
        if not new:
            break
        for row in new:
            looked_at.add(row.id)
            call = _tried(session, desk, row, now, platforms)
            if call:
                _take(row, wall)
                calls.append(call)
            elif row.state not in OWED:
                _settle(session, desk, row, now, wall)
        session.flush()
    return calls


def _few_homes(rows: list[Outgoing], most: int) -> list[Outgoing]:
    """The rows, messages first, with only a few homes: each has to be drawn, and somebody may be waiting."""
    homes = [row for row in rows if row.op == "home"]
    return [*(row for row in rows if row.op != "home"), *homes[:most]]


def _take(row: Outgoing, wall: datetime) -> None:
    row.state = "sending"
    row.attempts += 1
    row.lease_until = wall + LEASE


def _tried(
    session: Session, desk: Desk, row: Outgoing, now: datetime, platforms: frozenset[str]
) -> Call | None:
    if row.state == "sending":
        _doubt(row)
    try:
        return _call(session, desk, row, now, platforms)
    except HITCHES:
        raise
    except Exception:
        log.exception("message_cannot_be_made", row=row.id, template=row.template)
        row.state, row.failure = "dead", "it could not be put into words"
        return None


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
    if row.op == "make_room" and row.room:
        op = "find_room" if row.state == "uncertain" else "make_room"
        return Call(row=row.id, op=op, key=row.key, title=row.room.title, topic=row.room.topic, **where)
    if "email" in where:
        return Call(row=row.id, op="look_up", key=row.key, **where)
    if row.state == "uncertain":
        return Call(row=row.id, op="find", key=row.key, **where)
    if row.op == "home":
        return _home(session, desk, row, now, where)
    if row.op != "post":
        return Call(row=row.id, op=row.op, key=row.key, address=_posted_address(session, row), **where)
    return _message(session, desk, row, now, where)


def _message(session: Session, desk: Desk, row: Outgoing, now: datetime, where: Where) -> Call | None:
    """The words of a row, made now, for an audience checked now."""
    if row.template is None or not _still_may_read(session, desk, row, now):
        row.state, row.failure = "dead", "may no longer be read there"
        return None
    card = _answer_apart(session, desk, row, desk.words.card(row.template, row.facts, row.hidden))
    card = doubts.in_front(desk.words, card) if row.repeated else card
    posted = session.get(Posted, row.slot) if row.slot else None
    if posted and posted.platform == where["platform"]:
        return Call(row=row.id, op="edit", key=row.key, address=posted.address, card=card, **where)
    return Call(row=row.id, op="post", key=row.key, card=card, **where)


def _answer_apart(session: Session, desk: Desk, row: Outgoing, card: Card) -> Card:
    """An answer that is brought to somebody elsewhere than where they asked says where that was."""
    heard = session.get(Heard, row.key) if row.room_id is None else None
    return asked_in.elsewhere(desk.words, desk.contents, heard.answer or {}, card) if heard else card


def _home(session: Session, desk: Desk, row: Outgoing, now: datetime, where: Where) -> Call | None:
    """Somebody's home as it is now; nothing to ask where it shows the same already."""
    programme, person = session.get_one(Programme, row.programme_id), session.get_one(Person, row.person_id)
    post = Post(session=session, programme=programme, words=desk.words, shapes=desk.shapes, now=now)
    card = home.card(post, person)
    if homes.stands_already(session, row, card):
        row.state = "replaced"
        return None
    return Call(row=row.id, op="home", key=row.key, card=card, **where)


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
    if row.op == "home":
        return _where_home(session, row, platforms)
    if row.room is None:
        return _where_person(session, row, platforms)
    if row.op == "make_room":
        return {"platform": row.room.platform}
    return _where_room(session, row, row.room)


def _where_room(session: Session, row: Outgoing, room: Room) -> Where | None:
    where = {"platform": room.platform, "place": room.address}
    if row.person_id is None:
        return where
    wanted = _accounts(row.person_id, frozenset({str(room.platform)}), room.tenant)
    account = session.scalars(_reachable(wanted) if row.op == "post" else wanted).first()
    return {**where, "account": account.account} if account else _unknown(row, {str(room.platform)})


def _where_person(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    account = session.scalars(_reachable(_accounts(row.person_id, platforms))).first()
    if account is None:
        return _unknown(row, set(platforms))
    if row.op == "look_up":  # they were met since
        row.state = "sent"
        return None
    return {"platform": account.platform, "account": account.account}


def _where_home(session: Session, row: Outgoing, platforms: frozenset[str]) -> Where | None:
    """The account in which somebody opened their home last."""
    opened = session.get(OpenHome, row.person_id)
    if opened is None or opened.platform not in platforms:
        row.state = "skipped"
        return None
    return {"platform": opened.platform, "account": opened.account}


def _accounts(
    person_id: int | None, platforms: frozenset[str], tenant: str | None = None
) -> Select[PersonAccount]:
    """The account somebody used last, on the chats that are there; one of a named tenant before others."""
    wanted = select(PersonAccount).where(
        PersonAccount.person_id == person_id,
        PersonAccount.platform.in_(platforms),
        PersonAccount.active.is_(True),
    )
    elsewhere = PersonAccount.tenant != (tenant or "")
    return wanted.order_by(elsewhere, PersonAccount.seen_at.desc()).limit(1)


def _reachable(wanted: Select[PersonAccount]) -> Select[PersonAccount]:
    """Only where the chat lets the bot write to somebody."""
    return wanted.where(PersonAccount.reachable.is_(True))


def _unknown(row: Outgoing, platforms: set[str]) -> Where | None:
    """Somebody without an account is looked up by e-mail, once in each chat; then it is passed on by hand."""
    asked = set((row.failure or "").removeprefix(_NO_ACCOUNT).split(","))
    left = sorted(platforms - asked)
    if row.op in _WITHOUT_ACCOUNT:
        left = []
    if row.person is None or row.person.email is None or not left:
        row.state = _FOUND_NOBODY.get(row.op, "dead")
        if row.op == "post":
            waits_for_a_person(row)
        return None
    return {"platform": left[0], "email": row.person.email}


# Recording


def record(session: Session, desk: Desk, outcome: Outcome, now: datetime, wall: datetime) -> None:
    """Write back what came of a call, and let follow what follows from it."""
    row = session.get(Outgoing, outcome.call.row)
    if row is None or row.state != "sending":
        return
    row.lease_until, row.retry_at = None, None
    _RECORD[outcome.kind](session, desk, row, outcome, now, wall)
    if row.unwanted and row.state in {"ready", "unsure"}:
        row.state = "withdrawn"
    if row.state not in OWED:
        _settle(session, desk, row, now, wall)


def _settle(session: Session, desk: Desk, row: Outgoing, now: datetime, wall: datetime) -> None:
    """What follows from a row that is settled. A mistake there does not unsay what was said."""
    if row.op == "home":
        homes.settled(session, row, wall)
        return
    kind = _kind(row)
    if kind is None:
        return
    event = Happened(id=f"outgoing:{row.id}:{row.state}", at=now, kind=kind, facts={"outgoing": row.id})
    _follows(session, desk, event, now)


def _follows(session: Session, desk: Desk, event: Happened, now: datetime) -> None:
    session.flush()
    try:
        with session.begin_nested():
            happened(session, desk, event, now)
    except HITCHES:
        raise
    except Exception:
        log.exception("settling_broke", happening=event.id)


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


def _kind(row: Outgoing) -> str | None:
    """What happened when a row was settled; None: nothing that anything follows from."""
    if row.op == "post" and row.state == "sent":
        return "posted" if row.slot else None
    if row.state == "unsure":
        return "may_have_arrived"
    lost = "not_done" if row.state in {"dead", "skipped"} else None
    return _HAPPENED.get((row.op, row.state), lost)


def _done(
    session: Session, _desk: Desk, row: Outgoing, outcome: Outcome, now: datetime, _w: datetime
) -> None:
    row.state, row.sent_at, row.address = "sent", now, outcome.address or row.address
    if row.slot and outcome.address:
        posted = session.get(Posted, row.slot) or Posted(slot=row.slot)
        posted.platform, posted.address = outcome.call.platform, outcome.address
        posted.outgoing_id = row.id
        session.add(posted)


def _uncertain(_s: Session, _d: Desk, row: Outgoing, outcome: Outcome, _n: datetime, wall: datetime) -> None:
    if outcome.call.op == "edit":
        row.state = "ready"
    else:
        _doubt(row)
    row.retry_at = wall + timedelta(seconds=_backoff(row))


def _doubt(row: Outgoing) -> None:
    """Nobody knows whether it took effect: look for it, or do again what can be done twice."""
    row.state = "uncertain" if row.op in _SETTLED_BY_LOOKING else "ready"


def _unknowable(s: Session, _d: Desk, row: Outgoing, _o: Outcome, _n: datetime, _w: datetime) -> None:
    """The chat cannot be asked: what can be said or done twice is; for all else a person finds out."""
    if row.op == "make_room":
        row.state, row.failure = "dead", "nobody can know whether it was made"
    elif newer := overtaken_by(s, row):
        row.state, newer.repeated = "replaced", True
    elif _posted_address(s, row):  # it was an edit
        row.state = "ready"
    elif doubts.goes_again(s, row) and not row.repeated:
        row.state, row.repeated = "ready", True
    else:
        row.state = "unsure"


def _absent(_s: Session, _d: Desk, row: Outgoing, _o: Outcome, _n: datetime, _w: datetime) -> None:
    row.state = "ready"


def _later(_s: Session, _d: Desk, row: Outgoing, outcome: Outcome, _n: datetime, wall: datetime) -> None:
    row.state = "uncertain" if outcome.call.op in _LOOKING else "ready"
    row.retry_at = wall + timedelta(seconds=outcome.seconds or _backoff(row))


def _broken(s: Session, d: Desk, row: Outgoing, outcome: Outcome, now: datetime, wall: datetime) -> None:
    """A mistake of ours: tried again a few times, then given up."""
    if row.attempts >= GIVE_UP_AFTER:
        row.state, row.failure = "dead", "the bot made a mistake"
        return
    _uncertain(s, d, row, outcome, now, wall)


def _room_gone(
    session: Session, desk: Desk, row: Outgoing, outcome: Outcome, now: datetime, wall: datetime
) -> None:
    """The room is lost: what it is owed waits for it, and is said nowhere else."""
    _later(session, desk, row, outcome, now, wall)
    if row.room is None:
        return
    place = {"platform": row.room.platform, "tenant": row.room.tenant, "address": row.room.address}
    _follows(
        session,
        desk,
        Happened(
            id=f"outgoing:{row.id}:room_gone:{row.attempts}",
            at=now,
            kind="room_gone",
            facts={**place, "why": outcome.reason},
        ),
        now,
    )


def _never(session: Session, _d: Desk, row: Outgoing, outcome: Outcome, _n: datetime, _w: datetime) -> None:
    posted = session.get(Posted, row.slot) if row.slot and outcome.call.op == "edit" else None
    if posted:  # somebody deleted the card: it is posted anew
        session.delete(posted)
        row.state = "ready"
        return
    if _is_out_of_reach(session, row, outcome.call):  # another account, or a person who passes it on
        row.state = "ready"
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


def _looked_up(
    session: Session, desk: Desk, row: Outgoing, outcome: Outcome, now: datetime, _w: datetime
) -> None:
    """Remember the account that an e-mail address belongs to; that there is none is remembered too."""
    row.state = "ready"
    account, programme = outcome.account, session.get_one(Programme, row.programme_id)
    today = local_day(now, programme.zone)
    found = account and row.person and accounts.found(session, row.person, account, desk.trusted, now, today)
    if not found:
        asked = (row.failure or "").removeprefix(_NO_ACCOUNT)
        row.failure = _NO_ACCOUNT + ",".join(filter(None, [asked, outcome.call.platform]))


def _seen(session: Session, desk: Desk, row: Outgoing, outcome: Outcome, now: datetime, _w: datetime) -> None:
    """Somebody was to look who is in a room: what follows is about that room, while it stands there."""
    row.state, row.sent_at = "sent", now
    if row.room and row.room.address == outcome.call.place:
        facts = {"outgoing": row.id, "members": outcome.members}
        event = Happened(id=f"outgoing:{row.id}:seen", at=now, kind="looked", facts=facts)
        _follows(session, desk, event, now)


_RECORD = {
    "done": _done,
    "uncertain": _uncertain,
    "unknowable": _unknowable,
    "absent": _absent,
    "later": _later,
    "broken": _broken,
    "never": _never,
    "room_gone": _room_gone,
    "account": _looked_up,
    "seen": _seen,
}


def _backoff(row: Outgoing) -> float:
    return _BACKOFF[min(row.attempts, len(_BACKOFF)) - 1]


def next_retry(session: Session, now: datetime, after: datetime) -> datetime | None:
    """When (on the machine's clock) the first call put off until later than `after` may be tried again."""
    return session.scalars(
        select(Outgoing.retry_at)
        .where(Outgoing.state.in_(OWED), Outgoing.retry_at > after, Outgoing.not_before <= now)
        .order_by(Outgoing.retry_at)
        .limit(1)
    ).first()
