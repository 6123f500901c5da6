"""What the postman settles after a start, and answers that it hands over: nothing is left behind."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.apart import apart
from handlers.desk import Desk
from store.heard import Heard, not_handed_over
from store.outbox import Outgoing, doubt
from store.person import Person
from store.room import Room

UNHEARD_AFTER = timedelta(minutes=1)
_AT_ONCE = 100


def recover(session: Session, desk: Desk, now: datetime) -> None:
    """After a start of the only process: what was in hand is uncertain, and no answer is left behind."""
    for row in session.scalars(select(Outgoing).where(Outgoing.state == "sending")):
        doubt(row)
    sweep(session, desk, now)


def sweep(session: Session, desk: Desk, before: datetime) -> int:
    """Answers of before then that nobody is known to have become outbox rows; how many.

    One that cannot be brought is its own trouble: it is let go, and holds no other up.
    """
    unanswered = not_handed_over(session, before, _AT_ONCE)
    for heard in unanswered:
        with apart(session, "answer_cannot_be_brought", said=heard.id) as tried:
            answer_by_outbox(session, desk, heard, before)
        if tried.failure:
            heard.handed_over_at = before
    return len(unanswered)


def answer_by_outbox(
    session: Session,
    desk: Desk,
    heard: Heard,
    now: datetime,
    *,
    retry_at: datetime | None = None,
    begun: str | None = None,
) -> None:
    """Let the postman hand over an answer; the chat is searched for it first.

    `retry_at`: it does not stand, and can be said from then on. What only its reader sees waits for no room,
    unless it can be said in there. `begun`: where what stands of it is.
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
            address=begun,
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
