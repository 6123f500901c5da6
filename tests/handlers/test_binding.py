"""A person gives a room its place: who may, where, what speaks against it, and what follows."""

import pytest
from sqlalchemy import select, update

from store.outbox import Outgoing
from store.person import Person
from store.programme import Council
from store.room import Room, RoomMember, room_at
from store.slot import Posted
from tests.fakes.house import BEGINS, CHAT, TENANT, account
from tests.handlers.chat_rooms import members, people, queued, strangers_told, wanted

LINE = "use this channel as team room"
OWN = {"tenant": TENANT, "private": True}


@pytest.fixture
def house(house):
    """Jo coordinates, Ruth manages, Martin and Dana are peers; nothing is in the outbox."""
    house.appoint("Martin", "lead_peer")
    house.appoint("Dana", "peer")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _use(house, *names, by="Ruth", text=LINE, place="C1", owner=OWN, **of):
    answer = house.says(by, text, room=place, gathered={"members": people(*names), "owner": owner}, **of)
    return answer, *house.outcome()


def _room(house, kind="team"):
    return next((one for one in house.ask(select(Room)) if one.kind == kind), None)


def test_channel_becomes_the_team_room_and_says_so_to_everybody(house):
    answer, outcome, kept = _use(house, "Ruth", "Martin", "Dana")

    room = _room(house)
    assert (outcome, kept["template"], answer.to) == ("done", "room_bound", "room")
    assert kept["facts"] == {
        "challenge": "Exampleshire",
        "kind": "team",
        "chat": CHAT,
        "readers": ["lead peer", "peer", "lead member peer", "peer challenge manager"],
        "strangers": [],
        "foreign": False,
        "moved": False,
    }
    assert (room.state, room.address, room.bound_at) == ("bound", "C1", BEGINS)
    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Dana": "inside"}
    assert [row.slot for row in queued(house, "state_team")] == [f"state:{room.id}"]


def test_whoever_belongs_there_and_is_not_in_it_is_brought_in(house):
    _use(house, "Ruth", "Martin")

    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Dana": "invited"}
    invited = house.ask(select(Outgoing).where(Outgoing.op == "invite", Outgoing.state == "ready"))
    assert [row.person.name for row in invited] == ["Dana"]


@pytest.mark.parametrize("by", ["Helen", "Martin", "Dana"])
def test_only_those_who_coordinate_may_bind(house, by):
    _, outcome, kept = _use(house, by, by=by)

    assert (outcome, kept["template"], _room(house)) == ("refused", "not_allowed", None)


def test_somebody_with_a_role_of_the_council_keeps_the_team_room_out(house):
    _, outcome, kept = _use(house, "Ruth", "Helen", "Martin")

    assert (outcome, kept["template"]) == ("refused", "council_is_inside")
    assert kept["facts"] == {"names": ["Helen"], "challenge": "Exampleshire"}
    assert _room(house) is None


def test_somebody_whom_the_council_employs_keeps_it_out_too(house):
    def employ(session):
        person = session.scalars(select(Person).where(Person.name == "Dana")).one()
        person.council = session.scalars(select(Council)).one()

    house.change(employ)
    _, _, kept = _use(house, "Ruth", "Dana")

    assert kept["facts"]["names"] == ["Dana"]


def test_address_of_the_council_keeps_out_even_where_it_is_not_believed(house):
    house.change(lambda session: session.execute(update(Council).values(domain="exampleshire.example")))
    stranger = account("Sam", email="sam@exampleshire.example", guest=True)
    answer = house.says("Ruth", LINE, room="C1", gathered={"members": (*people("Ruth"), stranger)})

    assert "Sam is from the council" in answer.card.plain
    assert house.ask(select(Person).where(Person.name == "Sam")) == []


def test_council_may_be_in_its_own_room_and_in_the_liaison_room(house):
    for kind, place in (("council", "C2"), ("liaison", "C3")):
        _, outcome, kept = _use(house, "Ruth", "Helen", text=f"use this as the {kind} room", place=place)
        assert (outcome, kept["facts"]["kind"], kept["facts"]["strangers"]) == ("done", kind, [])


def test_somebody_without_a_part_is_named_and_the_room_waits_for_their_leaving(house):
    answer, outcome, kept = _use(house, "Ruth", "Martin", "Owen", "Jo", by="Jo")

    assert (outcome, kept["facts"]["strangers"]) == ("done", ["Owen", "Jo"])
    assert "Until then I post nothing here" in answer.card.plain
    assert members(house)["Owen"] == members(house)["Jo"] == "stranger"
    assert strangers_told(house) == [("Ruth", "Jo", "Owen")]


def test_stranger_in_the_liaison_room_is_named_and_nothing_waits(house):
    answer, _, kept = _use(house, "Ruth", "Owen", text="use this as liaison room")

    assert kept["facts"]["strangers"] == ["Owen"]
    assert "I post nothing" not in answer.card.plain


def test_council_that_owns_the_workspace_is_warned_of(house):
    answer, _, kept = _use(house, "Ruth", owner={"tenant": "exampleshire", "private": True})

    assert kept["facts"]["foreign"] is True
    assert "belongs to another organisation than the programme's own" in answer.card.plain


def test_members_that_the_chat_did_not_tell_are_no_members(house):
    house.says("Ruth", LINE, room="C1")

    assert house.outcome()[1]["template"] == "members_unknown"
    assert _room(house) is None


def test_channel_that_anybody_may_read_is_refused(house):
    _, _, kept = _use(house, "Ruth", owner={"tenant": TENANT, "private": False})

    assert kept["template"] == "open_to_all"


def test_channel_in_which_too_many_are_is_no_room_and_nobody_is_written_down(house):
    before = len(house.ask(select(Person)))
    gathered = {"owner": {"tenant": TENANT, "private": True}, "crowded": 200}
    answer = house.says("Ruth", LINE, room="C1", gathered=gathered)

    assert "More than 200 people" in answer.card.plain
    assert len(house.ask(select(Person))) == before


def test_direct_conversation_is_no_channel(house):
    house.says("Ruth", LINE)

    assert house.outcome()[1]["template"] == "say_it_in_the_channel"


@pytest.mark.parametrize("rest", ["", "a playground", "direct"])
def test_no_such_room_is_asked_for(house, rest):
    answer, _, kept = _use(house, "Ruth", text=f"use this channel as {rest}")

    assert (kept["template"], answer.to) == ("which_room", "room")
    assert [button.phrase for button in answer.card.buttons] == [
        "use this channel as council room", "use this channel as team room",
        "use this channel as liaison room", "use this channel as programme room",
    ]  # fmt: skip


def test_channel_that_is_a_room_already_stays_that_room(house):
    _use(house, "Ruth")
    _, _, same = _use(house, "Ruth")
    _, _, other = _use(house, "Ruth", text="use this channel as liaison room")

    assert (same["template"], other["template"]) == ("already_that_room", "channel_is_taken")


# A room that was wanted, stands elsewhere or is lost


def test_room_that_was_to_be_made_is_bound_and_not_made(house):
    room_id = wanted(house, "team")
    _use(house, "Ruth", "Martin", "Dana")

    assert [room.id for room in house.ask(select(Room).where(Room.kind == "team"))] == [room_id]
    assert house.one(Outgoing, op="make_room", room_id=room_id).state == "withdrawn"


def test_room_that_stands_elsewhere_is_moved_only_by_a_press(house):
    _use(house, "Ruth", "Martin", "Dana")
    answer, _, kept = _use(house, "Ruth", "Martin", place="C9")
    stays = _room(house).address
    button = answer.card.buttons[0]
    _, outcome, moved = _use(
        house, "Ruth", "Martin", place="C9", text=button.phrase, hidden=dict(button.hidden)
    )

    assert (kept["template"], answer.to, stays) == ("room_stands_elsewhere", "room", "C1")
    assert (outcome, moved["facts"]["moved"], _room(house).address) == ("done", True, "C9")
    assert members(house) == {"Ruth": "inside", "Martin": "inside", "Dana": "invited"}


def test_card_of_a_moved_room_is_posted_anew(house):
    _use(house, "Ruth", "Martin", "Dana")
    slot = f"state:{_room(house).id}"

    def stands(session):
        row = session.scalars(select(Outgoing).where(Outgoing.slot == slot)).one()
        row.state, row.address = "sent", "C1/1"
        session.add(Posted(slot=slot, platform=CHAT, address="C1/1", outgoing_id=row.id))

    house.change(stands)
    _use(house, "Ruth", "Martin", "Dana", place="C9", hidden={"anyway": True, "challenge": 1})

    assert house.ask(select(Posted)) == []
    assert [row.state for row in house.ask(select(Outgoing).where(Outgoing.slot == slot))] == ["ready"]


def test_lost_room_is_bound_elsewhere_without_asking(house):
    _use(house, "Ruth", "Martin", "Dana")
    house.happens("room_gone", platform=CHAT, tenant=TENANT, address="C1", why="deleted")
    _, outcome, kept = _use(house, "Ruth", "Martin", place="C9")

    assert (outcome, kept["facts"]["moved"], _room(house).state) == ("done", False, "bound")
    assert [row.state for row in queued(house, "room_lost", state=None)] == ["withdrawn"]


def test_channel_of_a_lost_room_may_become_another(house):
    _use(house, "Ruth", "Martin", "Dana")
    house.happens("room_gone", platform=CHAT, tenant=TENANT, address="C1", why="removed")
    _, outcome, _ = _use(house, "Ruth", "Helen", text="use this as liaison room")
    found = house.change(lambda session: room_at(session, CHAT, TENANT, "C1"))

    assert (outcome, found.kind, _room(house).address) == ("done", "liaison", None)


# The programme's own room


def test_programme_room_is_moved_by_whoever_runs_the_programme(house):
    answer, _, kept = _use(house, "Jo", by="Jo", text="use this channel as programme room", place="C7")
    button = answer.card.buttons[0]
    _, outcome, bound = _use(
        house, "Jo", "Owen", by="Jo", text=button.phrase, place="C7", hidden=dict(button.hidden)
    )

    assert kept["template"] == "room_stands_elsewhere"
    assert (outcome, bound["facts"]["kind"], bound["facts"]["strangers"]) == ("done", "programme", ["Owen"])
    assert _room(house, "programme").address == "C7"
    assert [row.person.name for row in queued(house, "stranger_in_room")] == ["Jo"]


def test_challenge_manager_does_not_move_the_programme_room(house):
    _, outcome, kept = _use(house, "Ruth", text="use this channel as programme room")

    assert (outcome, kept["template"]) == ("refused", "not_allowed")


def test_everything_is_undone_where_it_is_refused(house):
    before = len(house.ask(select(Person)))
    _use(house, "Ruth", "Helen", "Somebody", "Else")

    assert len(house.ask(select(Person))) == before
    assert house.ask(select(RoomMember).where(RoomMember.room_id > 1)) == []
