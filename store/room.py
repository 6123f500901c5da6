"""Rooms: wanted, then bound to an address in a chat, perhaps lost. Unbound means hold, never elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.query import Query, given


class Room(Base):
    """`kind` is programme, liaison, team or council; `state` is wanted, bound, lost or over.

    It is over when its challenge's records were deleted: the channel is no business of the bot's any more.

    `bound_by`: who gave it its place, where a person did. `unseen_since`: when somebody may have come in
    whom nobody saw, by the machine's clock; None once somebody looked.
    """

    __tablename__ = "room"
    __table_args__ = (
        UniqueConstraint("challenge_id", "kind"),
        UniqueConstraint("platform", "tenant", "address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    kind: Mapped[str]
    title: Mapped[str]
    topic: Mapped[str]
    state: Mapped[str]
    platform: Mapped[str | None]
    tenant: Mapped[str | None]
    address: Mapped[str | None]
    wanted_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]
    bound_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unseen_since: Mapped[datetime | None]


class RoomMember(Base):
    """Somebody who is, or is to be, in a room.

    `state`: invited, to_bring_in (the chat does not let the bot: a person must), inside, leaving, stuck (the
    chat cannot take them out), stranger (came without a part that may read it) or left (went by
    themselves, with one).
    """

    __tablename__ = "room_member"

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime | None]  # of strangers, of those who left, of whoever cannot be taken out or in


MAY_NOT_STAY = ("stuck", "stranger")
"""The states of a member who is in a room and may not read it."""

_IS_AT = and_(
    Room.platform == given("platform"), Room.tenant == given("tenant"), Room.address == given("address")
)
IS_BOUND_AT = and_(_IS_AT, Room.state == "bound")
BOUND_AT = Query(select(Room).where(IS_BOUND_AT))
_ONCE_AT = Query(select(Room).where(_IS_AT))
_ROOMS = Query(select(Room).where(Room.challenge_id == given("challenge")).order_by(Room.id))
_OWN = Query(select(Room).where(Room.programme_id == given("programme"), Room.challenge_id.is_(None)))
_MEMBERS = Query(select(RoomMember).where(RoomMember.room_id == given("room")).order_by(RoomMember.person_id))
_STUCK = Query(
    select(RoomMember)
    .join(Room, Room.id == RoomMember.room_id)
    .where(Room.challenge_id == given("challenge"), RoomMember.state.in_(MAY_NOT_STAY))
    .order_by(RoomMember.room_id, RoomMember.person_id)
)
_STUCK_AS = Query(
    select(RoomMember)
    .join(Room, Room.id == RoomMember.room_id)
    .where(
        RoomMember.person_id == given("person"),
        Room.platform == given("platform"),
        RoomMember.state.in_(MAY_NOT_STAY),
    )
)


def room_at(session: Session, platform: str, tenant: str, address: str) -> Room | None:
    """The room bound to an address."""
    return BOUND_AT.first(session, platform=platform, tenant=tenant, address=address)


def placed_rooms(session: Session) -> list[Room]:
    """Every room that stands or was lost, the team's first: who is there matters most."""
    placed = select(Room).where(Room.state.in_(("bound", "lost")), Room.address.is_not(None))
    return list(session.scalars(placed.order_by(Room.kind != "team", Room.id)))


def rooms_of(session: Session, challenge_id: int) -> list[Room]:
    """The rooms of a challenge, in the order they were wanted."""
    return _ROOMS.all(session, challenge=challenge_id)


def room_of(session: Session, challenge_id: int, kind: str) -> Room | None:
    """A challenge's room of one kind, once it is wanted."""
    return next((room for room in rooms_of(session, challenge_id) if room.kind == kind), None)


def programme_room(session: Session, programme_id: int) -> Room | None:
    """The programme's own room, once it is wanted."""
    return _OWN.first(session, programme=programme_id)


def members_of(session: Session, room_id: int) -> list[RoomMember]:
    """The people in a room, or on their way in or out."""
    return _MEMBERS.all(session, room=room_id)


def stuck_members(session: Session, challenge_id: int) -> list[RoomMember]:
    """Those who are in a challenge's rooms and may not read them, until a person has put it right."""
    return _STUCK.all(session, challenge=challenge_id)


def stuck_in(session: Session, room_id: int) -> list[RoomMember]:
    """Those who are in a room and may not read it."""
    return [member for member in members_of(session, room_id) if member.state in MAY_NOT_STAY]


def absent_from(session: Session, room_id: int) -> list[RoomMember]:
    """Those whom a person is to bring into a room."""
    return [member for member in members_of(session, room_id) if member.state == "to_bring_in"]


def is_overheard(session: Session, room: Room) -> bool:
    """Whether somebody is in the team's room who may not read it, or may be: of any other it is borne."""
    return room.kind == "team" and (room.unseen_since is not None or bool(stuck_in(session, room.id)))


OVERHEARD = select(Room.id).where(
    Room.kind == "team",
    or_(
        Room.unseen_since.is_not(None),
        Room.id.in_(select(RoomMember.room_id).where(RoomMember.state.in_(MAY_NOT_STAY))),
    ),
)
"""The rooms of which `is_overheard` is true."""


def stuck_as(session: Session, person_id: int, platform: str) -> list[RoomMember]:
    """Where somebody is in a room of a chat and may not read it."""
    return _STUCK_AS.all(session, person=person_id, platform=platform)


def room_once_at(session: Session, platform: str, tenant: str, address: str) -> Room | None:
    """The room that stands at an address or did until it was lost."""
    return _ONCE_AT.first(session, platform=platform, tenant=tenant, address=address)
