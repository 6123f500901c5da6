"""Outbox rows become calls to a chat, in the order in which they were queued.

A row that was claimed and never heard of again is uncertain: it is looked for by its key before
it is tried again, so that a message accepted just before a crash is not said twice.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from handlers import asked_in, consequences, doubts, home, homes, letters, membership
from handlers.call import Call
from handlers.consequences import Unit
from handlers.desk import Desk
from handlers.destination import Where, where_to
from handlers.message import Card
from handlers.post import ASKER, WAIT, Post, person_may_read, room_may_read
from store import every_call, pause
from store.challenge import Challenge
from store.heard import heard_before
from store.outbox import OWED, Outgoing, doubt
from store.person import Person
from store.programme import Programme
from store.queue import next_of_each
from store.slot import Posted, stands_at
from store.trouble import HITCHES

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
_HOMES_AT_ONCE = 3
_SAID = frozenset({"post", "edit"})
_LOOKED_AT = 200
"""The most rows looked at in one unit of work: of hundreds that only wait, the others come with the next."""


def claim(session: Session, desk: Desk, now: datetime, wall: datetime, free: Mapping[str, int]) -> list[Call]:
    """Take the next calls in hand, at most one for each place, in the order they were queued.

    `free`: how many more calls each chat may have under way; one that may have none holds up no other.
    A row that cannot be made into a call is its own trouble: it is dead, and holds nobody up.
    """
    unit = Unit(session=session, desk=desk, now=now, wall=wall)
    calls: list[Call] = []
    looked_at: set[int] = set()
    left, platforms = dict(free), frozenset(free)
    while (most := max(left.values(), default=0)) and len(looked_at) < _LOOKED_AT:
        rows = next_of_each(session, now, wall, platforms, _full(left), most + len(looked_at))
        shown = sum(call.op == "home" for call in calls)
        new = _few_homes([row for row in rows if row.id not in looked_at], _HOMES_AT_ONCE - shown)
        if not new:
            break
        new = new[: _LOOKED_AT - len(looked_at)]
        every_call.ask(session, new)
        calls += _made(unit, new, left, looked_at)
        session.flush()
    return calls


def _made(unit: Unit, rows: list[Outgoing], left: dict[str, int], looked_at: set[int]) -> list[Call]:
    """The calls that rows become, until a chat has no place `left`: what more it is owed is not looked at."""
    full, platforms = _full(left), frozenset(left)
    calls: list[Call] = []
    made: list[tuple[Outgoing, Call]] = []
    for row in rows:
        looked_at.add(row.id)
        call = _tried(unit, row, platforms)
        if call and left[call.platform]:
            made.append((row, call))
            left[call.platform] -= 1
        elif row.state not in OWED:
            calls += _taken(made, unit.wall)
            consequences.settle(unit, row)
        if _full(left) != full:
            break
    return [*calls, *_taken(made, unit.wall)]


def _full(left: Mapping[str, int]) -> frozenset[str]:
    return frozenset(name for name, places in left.items() if not places)


def _few_homes(rows: list[Outgoing], most: int) -> list[Outgoing]:
    """The rows, messages first, with only a few homes: each has to be drawn, and somebody may be waiting."""
    homes = [row for row in rows if row.op == "home"]
    return [*(row for row in rows if row.op != "home"), *homes[:most]]


def _taken(made: list[tuple[Outgoing, Call]], wall: datetime) -> list[Call]:
    """Have the rows of these calls in hand, all at once: each that is written costs as much as several."""
    calls = [_in_hand(row, call, wall) for row, call in made]
    made.clear()
    return calls


def _in_hand(row: Outgoing, call: Call, wall: datetime) -> Call:
    in_doubt, row.state = row.state == "uncertain", "sending"
    row.claims += 1
    row.attempts += 1
    row.lease_until = wall + LEASE
    row.tried_in = call.platform if call.op in _SAID and row.room_id is None else row.tried_in
    return replace(call, attempt=row.claims, in_doubt=in_doubt)


def _tried(unit: Unit, row: Outgoing, platforms: frozenset[str]) -> Call | None:
    if row.state == "sending":
        doubt(row)
    try:
        return _call(unit, row, platforms)
    except HITCHES:
        raise
    except Exception:
        log.exception("message_cannot_be_made", row=row.id, template=row.template)
        row.state, row.failure = "dead", "not_put_into_words"
        return None


def _call(unit: Unit, row: Outgoing, platforms: frozenset[str]) -> Call | None:
    """What to ask of a chat for a row; None when it waits, or will never be sent."""
    if row.until is not None and unit.now > row.until and row.state == "ready":
        row.state = "held" if row.late == "hold" else "skipped"
        return None
    if _has_become_quiet(unit, row):
        return None
    where = where_to(unit.session, row, platforms)
    if where is None:
        return None
    op = _op(unit.session, row, where)
    if refused := _refused(unit, op, where):
        row.retry_at = refused.until
        return None
    return _what(unit, row, op, where)


def _has_become_quiet(unit: Unit, row: Outgoing) -> bool:
    """Whether a nudge was kept from its time, and has to wait until its reader may be nudged again."""
    if row.late != WAIT or row.state != "ready" or row.person is None or row.challenge_id is None:
        return False
    challenge = unit.session.get_one(Challenge, row.challenge_id)
    row.not_before = _post(unit, row).when_to_nudge(row.person, challenge)
    return row.not_before > unit.now


def _post(unit: Unit, row: Outgoing) -> Post:
    programme, desk = unit.session.get_one(Programme, row.programme_id), unit.desk
    return Post(session=unit.session, programme=programme, words=desk.words, shapes=desk.shapes, now=unit.now)


def _op(session: Session, row: Outgoing, where: Where) -> str:
    """The call that has to be made next for a row, now that it is known where."""
    if "email" in where:
        return "look_up"
    if row.state == "uncertain":
        return "find_room" if row.op == "make_room" else "find"
    posted = session.get(Posted, row.slot) if row.op == "post" and row.slot else None
    return "edit" if posted and posted.platform == where["platform"] else row.op


def _refused(unit: Unit, op: str, where: Where) -> pause.Pause | None:
    """The pause that a chat asked for, of such calls or of the way to people, wherever they go."""
    ways = [op, "direct"] if "account" in where and "place" not in where else [op]
    calls = [pause.of_call(where["platform"], way) for way in ways]
    return pause.refused_of(unit.session, calls, unit.wall)


def _what(unit: Unit, row: Outgoing, op: str, where: Where) -> Call | None:
    """What to ask, now that it is known where."""
    if op == "home":
        return _home(unit, row, where)
    if op in {"post", "edit"}:
        return _message(unit, row, op, where)
    if row.op == "make_room" and row.room:
        return Call(row=row.id, op=op, key=row.key, title=row.room.title, topic=row.room.topic, **where)
    known = membership.states_in(unit.session, row.room) if op == "look" and row.room else None
    return Call(row=row.id, op=op, key=row.key, address=stands_at(unit.session, row), known=known, **where)


def _message(unit: Unit, row: Outgoing, op: str, where: Where) -> Call | None:
    """The words of a row, made now, for an audience checked now."""
    if row.template is None or not _still_may_read(unit, row):
        row.state, row.failure = "dead", "not_for_its_reader"
        return None
    words = unit.desk.words
    card = _answer_apart(unit, row, words.card(row.template, row.facts, row.hidden))
    card = letters.marked(words, card, row.facts)
    card = doubts.in_front(words, card) if row.repeated else card
    address = stands_at(unit.session, row) if op == "edit" else row.address
    return Call(row=row.id, op=op, key=row.key, address=address, card=card, **where)


def _answer_apart(unit: Unit, row: Outgoing, card: Card) -> Card:
    """An answer that is brought to somebody elsewhere than where they asked says where that was."""
    heard = heard_before(unit.session, row.key) if row.room_id is None else None
    desk = unit.desk
    return asked_in.elsewhere(desk.words, desk.contents, heard.answer or {}, card) if heard else card


def _home(unit: Unit, row: Outgoing, where: Where) -> Call | None:
    """Somebody's home as it is now; nothing to ask where it shows the same already."""
    card = home.card(_post(unit, row), unit.session.get_one(Person, row.person_id))
    if homes.stands_already(unit.session, row, card):
        row.state = "replaced"
        return None
    return Call(row=row.id, op="home", key=row.key, card=card, **where)


def _still_may_read(unit: Unit, row: Outgoing) -> bool:
    session, desk = unit.session, unit.desk
    challenge = session.get(Challenge, row.challenge_id) if row.challenge_id else None
    template = str(row.template)
    if row.person:
        return person_may_read(session, desk.words, desk.shapes, template, row.person, challenge, unit.now)
    return row.room is not None and (
        desk.words.audience(template) == ASKER
        or room_may_read(desk.words, desk.shapes, template, row.room, challenge)
    )
