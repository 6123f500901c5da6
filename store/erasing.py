"""Taking words out of the records of what was said and sent: one batch at a time, and never a key.

A key says that something was done, and is not queued again. Nothing of a challenge on which there is a legal
hold is touched. The newest row of a table stays, as a database may give its number to the next.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Delete,
    Select,
    Update,
    and_,
    case,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from store.base import Moment
from store.heard import Heard
from store.hold import LegalHold
from store.home import OpenHome
from store.outbox import Outgoing
from store.pause import Pause
from store.person import PersonAccount
from store.reference import ConversationReference
from store.slot import Posted

AT_ONCE = 100
SETTLED = ("sent", "dead", "skipped", "withdrawn", "replaced")
"""The states of a message that nobody waits for or has to decide on."""
_COMPARED = ("state:", "challenge:")
"""Slots of cards that are sent anew where what stands differs from what they should say."""
_ASKED_AGAIN = ("bring_in",)
"""Templates of which a later message is news only beside the words of the newest before it."""
_DAY_AND_CHANCE = len("2026-11-10:0123456789abcdef")
"""What the keys of such messages end in, after whom is asked about what."""
_NOT_THERE = ("dead", "skipped", "unsure")
_TAKEN_BACK = ("withdrawn", "replaced")
_THE_FIRST = (datetime(1970, 1, 1, tzinfo=UTC), "")

Mark: TypeAlias = Any
"""Where a batch begins."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a batch did: `rows` were changed, and the `next` begins there; None: there is none."""

    rows: int
    next: Mark | None = None


def changed(session: Session, statement: Update | Delete) -> int:
    """Carry out a statement; how many rows it changed."""
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def free(challenge: Any) -> ColumnElement[bool]:
    """Of no challenge, or of one whose records may be deleted."""
    return or_(challenge.is_(None), challenge.not_in(select(LegalHold.challenge_id)))


# What was said


def empty_answers(session: Session, before: datetime, after: Mark | None) -> Batch:
    """Forget the words of answers handed over before then. Said again, they are answered with silence."""
    since, last = after or _THE_FIRST
    order = (Heard.handed_over_at, Heard.id)
    page = (
        select(*order)
        .where(
            Heard.handed_over_at >= since,
            Heard.handed_over_at <= before,
            tuple_(*order) > tuple_(literal(since, Moment()), literal(last)),
        )
        .order_by(*order)
        .limit(AT_ONCE)
    )
    rows = session.execute(page).all()
    there = (Heard.id.in_([row.id for row in rows]), Heard.answer.is_not(None), free(Heard.challenge_id))
    count = changed(session, update(Heard).where(*there).values(answer=null())) if rows else 0
    return Batch(rows=count, next=tuple(rows[-1]) if len(rows) == AT_ONCE else None)


def forget_heard(session: Session, before: datetime, _after: Mark | None) -> Batch:
    """Forget that something was said or happened at all: no chat delivers it again after so long."""
    said = and_(Heard.handed_over_at <= before, Heard.answer.is_(None))
    happened = and_(Heard.handed_over_at.is_(None), Heard.at <= before, Heard.answer.is_(None))
    old = select(Heard.id).where(or_(said, happened), free(Heard.challenge_id), ~_is_owed_still())
    return _deleted(session, Heard, Heard.id, old)


def _is_owed_still() -> ColumnElement[bool]:
    """An answer in the outbox that is not settled is known for one by what was heard."""
    return select(Outgoing.id).where(Outgoing.key == Heard.id, Outgoing.state.not_in(SETTLED)).exists()


def _deleted(session: Session, model: Any, key: Any, old: Select[Any]) -> Batch:
    count = changed(session, delete(model).where(key.in_(old.limit(AT_ONCE))))
    return Batch(rows=count, next=True if count == AT_ONCE else None)


# What was sent


def empty_sent(session: Session, before: datetime, after: Mark | None) -> Batch:
    """Forget the words of messages that were settled before then; that, when and to whom stays known.

    A card that is still kept up keeps its words, to be compared with. Of looks into rooms and drawings of
    homes nothing is kept, as nothing is ever asked of them.
    """
    page = select(Outgoing.id).where(Outgoing.id > (after or 0)).order_by(Outgoing.id).limit(AT_ONCE)
    rows = list(session.scalars(page))
    those = (Outgoing.id.in_(rows), *settled(before), free(Outgoing.challenge_id))
    count = _empty(session, *those) + _forget_looks(session, *those) if rows else 0
    return Batch(rows=count, next=rows[-1] if len(rows) == AT_ONCE else None)


def settled(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a message was settled before then."""
    return (
        func.coalesce(Outgoing.state, "").in_(SETTLED),  # else SQLite looks through all that have this state
        func.coalesce(Outgoing.sent_at, Outgoing.not_before) <= before,
        Outgoing.queued_at <= before,
    )


def waiting_for_people(session: Session, before: datetime, after: int) -> list[Outgoing]:
    """The next messages that wait since then for somebody to settle them, or to pass them on."""
    waits = (Outgoing.state.in_(("unsure", "by_hand")), Outgoing.id > after, free(Outgoing.challenge_id))
    since = (Outgoing.not_before <= before, Outgoing.queued_at <= before)
    return list(session.scalars(select(Outgoing).where(*waits, *since).order_by(Outgoing.id).limit(AT_ONCE)))


def _empty(session: Session, *those: ColumnElement[bool]) -> int:
    full = (Outgoing.emptied.is_(False), ~is_read_again())
    emptied = update(Outgoing).where(*those, *full).values(facts={}, hidden={}, emptied=True)
    return changed(session, emptied)


def _forget_looks(session: Session, *those: ColumnElement[bool]) -> int:
    newest = select(func.max(Outgoing.id)).scalar_subquery()
    over = (Outgoing.op.in_(("look", "home")), Outgoing.id < newest)
    return changed(session, delete(Outgoing).where(*those, *over))


def is_read_again() -> ColumnElement[bool]:
    """Whether what a message said is looked at when the next one is made."""
    newer = aliased(Outgoing)
    overtaken = select(newer.id).where(
        newer.slot == Outgoing.slot, newer.id > Outgoing.id, newer.state.not_in(_NOT_THERE)
    )
    stands = select(Posted.slot).where(Posted.outgoing_id == Outgoing.id)
    card = or_(*(Outgoing.slot.startswith(beginning) for beginning in _COMPARED))
    return or_(
        and_(
            func.coalesce(Outgoing.template, "").in_(_ASKED_AGAIN),
            Outgoing.state.not_in(_TAKEN_BACK),
            ~_was_asked_again(),
        ),
        and_(func.coalesce(card, False), or_(~overtaken.exists(), stands.exists())),
    )


def _was_asked_again() -> ColumnElement[bool]:
    """Whether the same reader was asked about the same thing since."""
    newer = aliased(Outgoing)
    same = (newer.person_id == Outgoing.person_id, _asked(newer.key) == _asked(Outgoing.key))
    return select(newer.id).where(*same, newer.state.not_in(_TAKEN_BACK), newer.id > Outgoing.id).exists()


def _asked(key: Any) -> ColumnElement[str]:
    """Whom a message asks about what, from its key; NULL where that does not say it."""
    begins = func.length(key) - _DAY_AND_CHANCE
    return case((begins > 0, func.substr(key, 1, begins)))


# What is left of people's chats


def forget_homes(session: Session, _before: datetime, _after: Mark | None) -> Batch:
    """Forget the homes of accounts that are over: nobody opens them any more."""
    account = select(PersonAccount.account).where(
        PersonAccount.platform == OpenHome.platform,
        PersonAccount.tenant == OpenHome.tenant,
        PersonAccount.account == OpenHome.account,
        PersonAccount.active.is_(True),
    )
    return _deleted(
        session, OpenHome, OpenHome.person_id, select(OpenHome.person_id).where(~account.exists())
    )


def forget_conversations(session: Session, before: datetime, _after: Mark | None) -> Batch:
    """Forget conversations that the bot was taken out of before then."""
    old = select(ConversationReference.address).where(ConversationReference.gone_at <= before)
    there = (ConversationReference.gone_at <= before, ConversationReference.address.in_(old.limit(AT_ONCE)))
    count = changed(session, delete(ConversationReference).where(*there))
    return Batch(rows=count, next=True if count >= AT_ONCE else None)


def forget_pauses(session: Session, before: datetime, _after: Mark | None) -> Batch:
    """Forget pauses that were over by then."""
    return _deleted(session, Pause, Pause.of, select(Pause.of).where(Pause.until <= before))
