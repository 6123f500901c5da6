"""The outbox: every message and room the bot owes a chat, committed with the change that caused it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, and_, case, delete, false, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base
from store.person import Person
from store.query import Query, given, given_many
from store.room import OVERHEARD, Room

OWED = ("ready", "uncertain", "sending")
"""The states of a row that a chat may still have to hear of."""


class Outgoing(Base):
    """One call to a chat.

    `op`: post, pin, make_room, invite, remove, look (who is in a room), look_up or home (a person's own page:
    its words are made when it is sent). To a room or to a person (with an invite or a removal: the person,
    in the room).
    `state`: ready, sending, sent, uncertain (the chat is to be asked), unsure (the chat cannot be asked: a
    person says whether it arrived), dead, by_hand, held (a person must decide), skipped (too late to mean
    anything), withdrawn, replaced (a newer row of its slot, or the same stands already). `key` never
    repeats. `not_before` and `until` are moments of the bot's clock; `retry_at` and `lease_until` of the
    machine's. `passed_on_by`: who handed it over, where no chat could. `unwanted`: withdrawn while it was
    in hand. `repeated`: it may stand already, and says so when it is said once more.
    """

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_state_not_before", "state", "not_before"),)

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
    late: Mapped[str]  # what to do after `until`: skip, tell or hold
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    address: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    unwanted: Mapped[bool] = mapped_column(default=False)
    passed_on_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    repeated: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def owed(self) -> bool:
        """Whether a chat may still have to hear of it."""
        return self.state in OWED

    room: Mapped[Room | None] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id], lazy="joined")


class Posted(Base):
    """Where the living card of a slot stands now."""

    __tablename__ = "posted"

    slot: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    address: Mapped[str]
    outgoing_id: Mapped[int] = mapped_column(ForeignKey("outgoing.id"))


_SLOT = given("slot")

_KEYED = Query(select(Outgoing).where(Outgoing.key == given("key")))
_NOT_THERE = ("dead", "skipped", "unsure")
_NEWEST = Query(
    select(Outgoing)
    .where(
        Outgoing.slot == _SLOT, Outgoing.op == "post", Outgoing.state.not_in(("dead", "skipped", "unsure"))
    )
    .order_by(Outgoing.id.desc())
    .limit(1)
)
_UNSENT = Query(
    select(Outgoing).where(
        Outgoing.slot == _SLOT,
        Outgoing.op == "post",
        Outgoing.state.in_(("ready", "by_hand", "held", "unsure")),
    )
)
_NEWER = Query(
    select(Outgoing)
    .where(Outgoing.slot == _SLOT, Outgoing.op == "post", Outgoing.id > given("row"))
    .order_by(Outgoing.id.desc())
    .limit(1)
)


_OF_CHALLENGE = (
    select(Outgoing)
    .where(Outgoing.challenge_id == given("challenge"), Outgoing.op == "post")
    .order_by(Outgoing.id.desc())
)
_ABOUT = Query(_OF_CHALLENGE)
_ABOUT_IN_STATE = Query(_OF_CHALLENGE.where(Outgoing.state == given("state")))
_APART = case((Outgoing.room_id.is_(None), Outgoing.person_id))
_ASIDE = Outgoing.op.in_(("home", "look"))
"""What waits for nothing that is to be said or done before it."""
_MAY_BE_SAID = or_(
    Outgoing.room_id.is_(None),
    Outgoing.op != "post",
    Outgoing.state == "sending",
    Outgoing.room_id.not_in(OVERHEARD),
)
_OLDEST = (
    select(func.min(Outgoing.id))
    .where(Outgoing.state.in_(OWED), Outgoing.not_before <= given("now"), _MAY_BE_SAID)
    .group_by(Outgoing.room_id, _APART, _ASIDE)
)
_THERE = and_(
    Room.platform.in_(given_many("platforms")), or_(Room.state == "bound", Outgoing.op == "make_room")
)
_NEXT_OF_EACH = Query(
    select(Outgoing)
    .outerjoin(Room, Room.id == Outgoing.room_id)
    .where(
        Outgoing.id.in_(_OLDEST),
        or_(Outgoing.retry_at.is_(None), Outgoing.retry_at <= given("wall")),
        or_(Outgoing.state != "sending", Outgoing.lease_until < given("wall")),
        or_(Outgoing.room_id.is_(None), _THERE),
    )
    .order_by(Outgoing.op == "home", Outgoing.id)
    .limit(given("limit"))
    .with_for_update(skip_locked=True, of=Outgoing)
)


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
    return _KEYED.first(session, key=key)


def next_of_each(
    session: Session, now: datetime, wall: datetime, platforms: frozenset[str], limit: int
) -> list[Outgoing]:
    """The oldest row owed to each room, person and home that can be tried now: oldest first, homes last.

    What waits for its retry, for a room that is not bound, or is in hand, holds up its own place only; what
    is to be posted where somebody would overhear it holds up no moves, who comes in and who is taken out.
    """
    return _NEXT_OF_EACH.all(session, now=now, wall=wall, platforms=tuple(sorted(platforms)), limit=limit)


def withdraw(row: Outgoing) -> None:
    """Let a message not be sent any more; one that is in hand is stopped if it did not arrive."""
    if row.state in {"sending", "uncertain"}:
        row.unwanted = True
    elif row.state != "sent":
        row.state = "withdrawn"


def newest_in_slot(session: Session, slot: str) -> Outgoing | None:
    """The newest message of a slot that stands, or is still to."""
    return _NEWEST.first(session, slot=slot)


def overtaken_by(session: Session, row: Outgoing) -> Outgoing | None:
    """A newer message that was queued for the same slot."""
    return _NEWER.first(session, slot=row.slot, row=row.id) if row.slot else None


def unsent_in_slot(session: Session, slot: str) -> list[Outgoing]:
    """The rows of a slot that no chat has seen yet, or nobody knows of."""
    return _UNSENT.all(session, slot=slot)


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
    session.execute(update(Outgoing).where(*wanted).values(state="ready", failure=None))


def unsent_keyed(session: Session, prefix: str) -> list[Outgoing]:
    """The rows whose key begins with `prefix` and that no chat has seen yet."""
    return list(
        session.scalars(
            select(Outgoing).where(Outgoing.key.startswith(prefix, autoescape=True), Outgoing.state.in_(OWED))
        )
    )


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


def forget_cards(session: Session, room_id: int) -> None:
    """The living cards of a room stand nowhere any more: the next of each slot is posted anew."""
    cards = (Outgoing.room_id == room_id, Outgoing.slot.is_not(None))
    slots = select(Outgoing.slot).where(*cards)
    session.execute(delete(Posted).where(Posted.slot.in_(slots)))
    gone = Outgoing.state.in_(("sent", "sending", "uncertain"))
    session.execute(update(Outgoing).where(*cards, gone).values(slot=None))
