"""The outbox: every message and room the bot owes a chat, committed with the change that caused it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person
from store.query import Query, given
from store.room import Room

OWED = ("ready", "uncertain", "sending")
"""The states of a row that a chat may still have to hear of."""
_SETTLED_BY_LOOKING = {"post", "make_room"}


class Outgoing(Base):
    """One call to a chat.

    `op`: post, pin, make_room, invite, remove, look (who is in a room), look_up or home (a person's own page:
    its words are made when it is sent). To a room or to a person (with an invite or a removal: the person,
    in the room).
    `state`: ready, sending, sent, uncertain (the chat is to be asked), unsure (the chat cannot be asked: a
    person says whether it arrived), dead, by_hand, held (a person must decide), skipped (too late to mean
    anything), withdrawn, replaced (a newer row of its slot, or the same stands already). `key` never
    repeats. `not_before` and `until` are moments of the bot's clock; `retry_at` and `lease_until` of the
    machine's. `claims`: how often it was taken in hand; `attempts`: those times but where the chat asked
    for patience; `mistakes`: those that ended in one of ours. `passed_on_by`: who handed it over, where no
    chat could. `withdrawn_by`: who took it back. `unwanted`: withdrawn while it was in hand. `repeated`: it
    may stand already, and says so when it is said once more. `failure`: a word for why it is dead, or the
    chat's own reason. `looked_up_in`: the chats that know nobody of its reader's e-mail address. `tried_in`:
    the chat in which it was last said to its reader, as far as is known. `emptied`: its words were forgotten,
    as it is long settled.
    """

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("ix_outgoing_state_not_before", "state", "not_before"),
        {"sqlite_autoincrement": True},  # a number stands on buttons: it is never given again
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    challenge_id: Mapped[int | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(unique=True)
    op: Mapped[str]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    slot: Mapped[str | None] = mapped_column(index=True)
    template: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    hidden: Mapped[dict[str, Any]]
    state: Mapped[str]
    late: Mapped[str]  # after `until`: skip or hold; wait: not in quiet hours
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    until: Mapped[datetime | None]
    claims: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0)
    mistakes: Mapped[int] = mapped_column(default=0, server_default="0")
    retry_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    address: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    looked_up_in: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    tried_in: Mapped[str | None]
    unwanted: Mapped[bool] = mapped_column(default=False)
    passed_on_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    repeated: Mapped[bool] = mapped_column(default=False, server_default=false())
    emptied: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def owed(self) -> bool:
        """Whether a chat may still have to hear of it."""
        return self.state in OWED

    room: Mapped[Room | None] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], lazy="joined")


KEYED = Query(select(Outgoing).where(Outgoing.key == given("key")))
_OF_CHALLENGE = (
    select(Outgoing)
    .where(Outgoing.challenge_id == given("challenge"), Outgoing.op == "post")
    .order_by(Outgoing.id.desc())
)
_ABOUT = Query(_OF_CHALLENGE)
_ABOUT_IN_STATE = Query(_OF_CHALLENGE.where(Outgoing.state == given("state")))
_TO = Query(
    select(Outgoing)
    .where(
        Outgoing.person_id == given("person"),
        Outgoing.template == given("template"),
        Outgoing.state.not_in(("withdrawn", "replaced")),
    )
    .order_by(Outgoing.id.desc())
)


def outgoing_keyed(session: Session, key: str) -> Outgoing | None:
    """The outbox row with this key, whatever became of it."""
    return KEYED.first(session, key=key)


def doubt(row: Outgoing) -> None:
    """Nobody knows whether it took effect: look for it, or do again what can be done twice."""
    row.state = "uncertain" if row.op in _SETTLED_BY_LOOKING else "ready"


def withdraw(row: Outgoing) -> None:
    """Let a message not be sent any more; one that is in hand is stopped if it did not arrive."""
    if row.state in {"sending", "uncertain"}:
        row.unwanted = True
    elif row.state != "sent":
        row.state = "withdrawn"


def messages_about(session: Session, challenge_id: int, state: str | None = None) -> list[Outgoing]:
    """The messages about a challenge (those in one state, where it is given), the newest first."""
    if state is None:
        return _ABOUT.all(session, challenge=challenge_id)
    return _ABOUT_IN_STATE.all(session, challenge=challenge_id, state=state)


def unsent_later(session: Session, challenge_id: int, now: datetime) -> list[Outgoing]:
    """Messages about a challenge that wait for a moment after `now`."""
    return list(
        session.scalars(
            select(Outgoing).where(
                Outgoing.challenge_id == challenge_id,
                Outgoing.op == "post",
                Outgoing.state == "ready",
                Outgoing.not_before > now,
            )
        )
    )


def unsent_about(session: Session, challenge_id: int) -> list[Outgoing]:
    """Messages about a challenge that may still be said, by the bot or by a person for it."""
    states = (*OWED, "by_hand", "held", "unsure")
    rows = select(Outgoing).where(
        Outgoing.challenge_id == challenge_id, Outgoing.op == "post", Outgoing.state.in_(states)
    )
    return list(session.scalars(rows))


def ways_in(session: Session, challenge_id: int, states: Sequence[str] = OWED) -> list[Outgoing]:
    """Rooms of a challenge to be made, people to be brought into them, and to be looked up for it."""
    wanted = Outgoing.op.in_(("make_room", "invite", "look_up")), Outgoing.state.in_(states)
    return list(session.scalars(select(Outgoing).where(Outgoing.challenge_id == challenge_id, *wanted)))


def unsent_to(session: Session, person_id: int, challenge_id: int) -> list[Outgoing]:
    """Direct messages to somebody about one challenge that no chat has seen and nobody has passed on."""
    return list(
        session.scalars(
            select(Outgoing).where(
                Outgoing.person_id == person_id,
                Outgoing.challenge_id == challenge_id,
                Outgoing.room_id.is_(None),
                Outgoing.state.in_((*OWED, "by_hand", "held", "unsure")),
            )
        )
    )


def messages_to(session: Session, person_id: int, template: str) -> list[Outgoing]:
    """The messages of a template to somebody, the newest first, but for those withdrawn or replaced."""
    return _TO.all(session, person=person_id, template=template)


def bring_back(session: Session, person_id: int) -> None:
    """Let a chat have what waited to be passed on to somebody by hand."""
    wanted = (Outgoing.person_id == person_id, Outgoing.state == "by_hand")
    session.execute(update(Outgoing).where(*wanted).values(state="ready", failure=None, looked_up_in=None))


def unsent_keyed(session: Session, prefix: str) -> list[Outgoing]:
    """The rows whose key begins with `prefix` and that no chat has seen yet."""
    return list(
        session.scalars(
            select(Outgoing).where(Outgoing.key.startswith(prefix, autoescape=True), Outgoing.state.in_(OWED))
        )
    )


def was_queued(session: Session, prefix: str, since: datetime) -> bool:
    """Whether a row whose key begins with `prefix` was queued since then, whatever became of it."""
    begins = Outgoing.key.startswith(prefix, autoescape=True)
    found = select(Outgoing.id).where(begins, Outgoing.queued_at >= since)
    return session.scalars(found.limit(1)).first() is not None


def unsent_moves(session: Session, room_id: int) -> list[Outgoing]:
    """What is still to be done to a room itself: make it, pin and look in it, bring people in and out."""
    moves = ("make_room", "pin", "look", "invite", "remove")
    return list(
        session.scalars(
            select(Outgoing).where(
                Outgoing.room_id == room_id, Outgoing.op.in_(moves), Outgoing.state.in_(OWED)
            )
        ).unique()
    )


def is_being_made(session: Session, room_id: int) -> bool:
    """Whether a chat is still to make a room."""
    return any(row.op == "make_room" for row in unsent_moves(session, room_id))
