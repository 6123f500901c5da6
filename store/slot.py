"""Slots: a living card stands in one place, and only the newest of its messages is sent."""

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.outbox import Outgoing
from store.query import Query, given


class Posted(Base):
    """Where the living card of a slot stands now."""

    __tablename__ = "posted"

    slot: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    address: Mapped[str]
    outgoing_id: Mapped[int] = mapped_column(ForeignKey("outgoing.id"), index=True)


_SLOT = given("slot")
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


def newest_in_slot(session: Session, slot: str) -> Outgoing | None:
    """The newest message of a slot that stands, or is still to."""
    return _NEWEST.first(session, slot=slot)


def overtaken_by(session: Session, row: Outgoing) -> Outgoing | None:
    """A newer message that was queued for the same slot."""
    return _NEWER.first(session, slot=row.slot, row=row.id) if row.slot else None


def unsent_in_slot(session: Session, slot: str) -> list[Outgoing]:
    """The rows of a slot that no chat has seen yet, or nobody knows of."""
    return _UNSENT.all(session, slot=slot)


def stands_at(session: Session, row: Outgoing) -> str | None:
    """The address of the living card of a row's slot, while there is one."""
    posted = session.get(Posted, row.slot) if row.slot else None
    return posted.address if posted else None


def forget_cards(session: Session, room_id: int) -> None:
    """The living cards of a room stand nowhere any more: the next of each slot is posted anew."""
    cards = (Outgoing.room_id == room_id, Outgoing.slot.is_not(None))
    slots = select(Outgoing.slot).where(*cards)
    session.execute(delete(Posted).where(Posted.slot.in_(slots)))
    gone = Outgoing.state.in_(("sent", "sending", "uncertain"))
    session.execute(update(Outgoing).where(*cards, gone).values(slot=None))
