"""Rooms as a chat has them: who is in them, and what the bot wants to tell of them."""

from sqlalchemy import select

from handlers import claiming, recording
from handlers.call import Outcome
from store.outbox import Outgoing
from store.person import Person
from store.room import Room, RoomMember
from tests.fakes.house import BEGINS, CHAT, TENANT, account


def people(*names):
    """The accounts of people, as a chat tells who is in a channel."""
    return tuple(account(name) for name in names)


def members(house, kind="team"):
    """What is known of who is in a room: the state by name."""
    rows = house.change(
        lambda session: session.execute(
            select(Person.name, RoomMember.state)
            .join(RoomMember, RoomMember.person_id == Person.id)
            .join(Room, Room.id == RoomMember.room_id)
            .where(Room.kind == kind)
        ).all()
    )
    return {row.name: row.state for row in rows}


def queued(house, template, state="ready"):
    """The messages of a template in one state; in any, where it is None."""
    wanted = select(Outgoing).where(Outgoing.template == template).order_by(Outgoing.id)
    return [row for row in house.ask(wanted) if state in {None, row.state}]


def strangers_told(house, state="ready"):
    """Who is asked about which strangers: the reader's name with theirs."""
    rows = queued(house, "stranger_in_room", state)
    return [(row.person.name, *(one["name"] for one in row.facts["people"])) for row in rows]


def claim(house):
    """Take in hand what can be delivered now; the calls."""
    clock = house.clock
    return house.change(
        lambda session: claiming.claim(session, house.desk, clock.now(), clock.wall(), {CHAT: 50})
    )


def comes_to(house, call, kind, **of):
    """Let a call come to something."""
    clock, outcome = house.clock, Outcome(call=call, kind=kind, **of)
    house.change(lambda session: recording.record(session, house.desk, outcome, clock.now(), clock.wall()))


def wanted(house, kind):
    """Have a room wanted that the chat is still to make; its id."""

    def unit(session, post):
        room = Room(
            programme_id=1, challenge_id=1, kind=kind, title=f"Exampleshire: {kind}", topic="",
            state="wanted", platform=CHAT, tenant=TENANT, wanted_at=BEGINS,
        )  # fmt: skip
        session.add(room)
        session.flush()
        post.to_move("make_room", room, key=f"room:{kind}:exampleshire:{room.id}")
        return room.id

    return house.post(unit)


def bound(house, kind="team", *inside):
    """Bind a room with these people in it; its id."""
    address = house.make_room(kind)

    def unit(session):
        room = session.scalars(select(Room).where(Room.address == address)).one()
        for name in inside:
            person = session.scalars(select(Person).where(Person.name == name)).one()
            session.add(RoomMember(room_id=room.id, person_id=person.id, state="inside"))
        return room.id

    return house.change(unit)


def where(kind="team"):
    """The facts that say in which room something happened."""
    return {"platform": CHAT, "tenant": TENANT, "address": f"{kind}-Exampleshire"}
