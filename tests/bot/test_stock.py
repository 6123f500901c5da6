"""Rooms are looked through now and then: who came while nobody told the bot, and what is lost, is found."""

import pytest

from bot import stock
from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from store.room import Room
from tests.fakes.house import CHAT
from tests.handlers.chat_rooms import bound, members, people, queued


@pytest.fixture
def house(house):
    """Ruth is in the team's room and Jo in the programme's, as the chat says too."""
    bound(house, "team", "Ruth")
    return house


@pytest.fixture
def port(port):
    port.members_of = {"team-Exampleshire": people("Ruth"), "programme": people("Jo")}
    return port


async def test_whoever_came_and_went_unheard_is_found(ear, house, port):
    port.members_of["team-Exampleshire"] = people("Owen")
    await stock.take(ear, {CHAT: port})

    assert members(house) == {"Ruth": "left", "Owen": "stranger"}
    assert [row.facts["name"] for row in queued(house, "stranger_in_room")] == ["Owen"]


async def test_looking_twice_tells_nobody_twice(ear, house, port):
    port.members_of["team-Exampleshire"] = people("Ruth", "Owen")
    for _ in range(2):
        await stock.take(ear, {CHAT: port})

    assert len(queued(house, "stranger_in_room", state=None)) == 1


async def test_team_room_is_looked_into_first(ear, house, port):
    await stock.take(ear, {CHAT: port})

    assert port.calls == [("members", "team-Exampleshire"), ("members", "programme")]
    assert members(house, "programme") == {"Jo": "inside"}


async def test_room_that_went_unheard_is_lost(ear, house, port):
    port.fails = {"members": [RoomGone("archived")]}
    await stock.take(ear, {CHAT: port})

    assert (house.one(Room, kind="team").state, house.one(Room, kind="programme").state) == ("lost", "bound")


@pytest.mark.parametrize("trouble", [TooMany(0.0), NotNow(), LineDropped(), Gone("nobody")])
async def test_trouble_in_one_room_holds_up_no_other(ear, house, port, trouble):
    port.fails = {"members": [trouble]}
    await stock.take(ear, {CHAT: port})

    assert members(house) == {"Ruth": "inside"}
    assert members(house, "programme") == {"Jo": "inside"}


async def test_rooms_of_a_chat_that_is_not_there_are_left_alone(ear, house, port):
    await stock.take(ear, {"another": port})

    assert port.calls == []


async def test_lost_room_that_is_there_again_is_back(ear, house, port):
    port.fails = {"members": [RoomGone("archived")]}
    await stock.take(ear, {CHAT: port})
    await stock.take(ear, {CHAT: port})

    assert house.one(Room, kind="team").state == "bound"
