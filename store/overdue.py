"""What waits although its moment is past: each list the longest overdue first, and no longer than asked."""

from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from store.challenge import Challenge
from store.conversation import OpenQuestion
from store.outbox import OWED, Outgoing
from store.person import Person
from store.query import Query, given
from store.room import OVERHEARD, Room

_BEFORE, _LIMIT = given("before"), given("limit")
_NOWHERE = Room.state.in_(("wanted", "lost"))
_STANDS = or_(
    Outgoing.room_id.is_(None),
    Outgoing.op == "make_room",
    and_(
        Outgoing.room_id.not_in(select(Room.id).where(_NOWHERE)),
        or_(Outgoing.op != "post", Outgoing.room_id.not_in(OVERHEARD)),
    ),
)
"""Of rooms that stand nowhere, and of those with somebody strange in them, people are told in another way."""

_MESSAGES = Query(
    select(Outgoing)
    .where(
        Outgoing.state.in_(OWED),
        Outgoing.not_before <= _BEFORE,
        Outgoing.queued_at <= _BEFORE,
        Outgoing.op != "home",
        ~Outgoing.key.startswith("alert:"),
        _STANDS,
    )
    .order_by(Outgoing.id)
    .limit(_LIMIT)
)
_CHALLENGES = Query(
    select(Challenge)
    .where(Challenge.next_due_at <= _BEFORE)
    .order_by(Challenge.next_due_at, Challenge.id)
    .limit(_LIMIT)
)
_DIGESTS = Query(
    select(Person)
    .where(Person.next_digest_at <= _BEFORE)
    .order_by(Person.next_digest_at, Person.id)
    .limit(_LIMIT)
)
_QUESTIONS = Query(
    select(OpenQuestion)
    .where(OpenQuestion.resume_at <= _BEFORE)
    .order_by(OpenQuestion.resume_at, OpenQuestion.id)
    .limit(_LIMIT)
)
_ROOMS = Query(
    select(Room)
    .outerjoin(Challenge, Challenge.id == Room.challenge_id)
    .where(_NOWHERE, Challenge.closed_at.is_(None))
    .order_by(Room.id)
    .limit(_LIMIT)
)
_UNSEEN = Query(
    select(Room)
    .outerjoin(Challenge, Challenge.id == Room.challenge_id)
    .where(
        Room.state == "bound",
        Room.kind == "team",
        Room.unseen_since <= _BEFORE,
        Challenge.closed_at.is_(None),
    )
    .order_by(Room.id)
    .limit(_LIMIT)
)
_ON_SITE = Query(
    select(Challenge)
    .where(
        Challenge.first_day <= given("until"),
        Challenge.last_day >= given("since"),
        Challenge.closed_at.is_(None),
    )
    .order_by(Challenge.id)
    .limit(_LIMIT)
)


def messages_overdue(session: Session, before: datetime, limit: int) -> list[Outgoing]:
    """Calls that a chat should have taken by then, but for those that wait for a room."""
    return _MESSAGES.all(session, before=before, limit=limit)


def challenges_overdue(session: Session, before: datetime, limit: int) -> list[Challenge]:
    """Challenges that should have been looked at by then."""
    return _CHALLENGES.all(session, before=before, limit=limit)


def digests_overdue(session: Session, before: datetime, limit: int) -> list[Person]:
    """People whose digest should have been made by then."""
    return _DIGESTS.all(session, before=before, limit=limit)


def questions_overdue(session: Session, before: datetime, limit: int) -> list[OpenQuestion]:
    """Conversations that should have been taken up again by then."""
    return _QUESTIONS.all(session, before=before, limit=limit)


def rooms_nowhere(session: Session, limit: int) -> list[Room]:
    """The rooms of open challenges, and the programme's own, that are wanted or lost."""
    return _ROOMS.all(session, limit=limit)


def rooms_unseen(session: Session, before: datetime, limit: int) -> list[Room]:
    """The team rooms in which nobody could look since then, by the machine's clock."""
    return _UNSEEN.all(session, before=before, limit=limit)


def on_site(session: Session, since: date, until: date, limit: int) -> list[Challenge]:
    """The challenges whose team is on site on one of these days."""
    return _ON_SITE.all(session, since=since, until=until, limit=limit)
