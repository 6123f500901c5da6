"""Rooms are looked through now and then: who came while nobody told the bot, and what is lost, is found."""

import asyncio

import pytest
from sqlalchemy import select, update

from bot import stock
from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from store.heard import Heard
from store.room import Room, RoomMember
from tests.fakes.house import CHAT, account
from tests.handlers.chat_rooms import bound, members, people, queued, strangers_told, where


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
    assert strangers_told(house) == [("Ruth", "Owen")]


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


async def test_room_is_looked_into_again_once_the_chat_has_had_its_patience(ear, house, port):
    port.members_of["team-Exampleshire"] = people("Owen")
    port.fails = {"members": [TooMany(0.0)]}
    await stock.take(ear, {CHAT: port})

    assert members(house) == {"Ruth": "left", "Owen": "stranger"}


def _told(house):
    """How often the store was told of something that happened."""
    return len(house.ask(select(Heard).where(Heard.outcome == "happened")))


async def test_room_in_which_nothing_changed_costs_nothing(ear, house, port):
    await stock.take(ear, {CHAT: port})
    before, heard = _told(house), ear.heard
    await stock.take(ear, {CHAT: port})

    assert (_told(house), ear.heard) == (before, heard)


async def test_room_that_stays_lost_is_told_once(ear, house, port):
    port.fails = {"members": [RoomGone("deleted"), RoomGone("deleted")]}
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])
    before = _told(house)
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert (_told(house), house.one(Room, kind="team").state) == (before, "lost")


async def test_somebody_of_whose_leaving_nobody_heard_is_gone_though_two_looks_saw_the_same(ear, house, port):
    await stock.take(ear, {CHAT: port})
    house.happens("entered", **where(), account=account("Owen"))
    await stock.take(ear, {CHAT: port})

    assert members(house) == {"Ruth": "inside"}


@pytest.mark.parametrize("state", ["invited", "to_bring_in", "left"])
async def test_somebody_who_came_in_unheard_is_inside(ear, house, port, state):
    house.change(lambda session: session.execute(update(RoomMember).values(state=state)))
    await stock.take(ear, {CHAT: port})

    assert members(house) == {"Ruth": "inside"}


async def test_every_room_is_looked_into_again_and_again_spread_over_the_time(ear, house, port, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 4:
            raise asyncio.CancelledError

    monkeypatch.setattr(stock.asyncio, "sleep", sleep)
    begun = asyncio.Event()
    with pytest.raises(asyncio.CancelledError):
        await stock.keep_taking(ear, {CHAT: port}, begun)

    both = [("members", "team-Exampleshire"), ("members", "programme")]
    assert (begun.is_set(), port.calls, slept) == (True, both * 3, [stock.AGAIN_AFTER / 2] * 5)


@pytest.mark.parametrize("chats", [[], [CHAT]])
async def test_looking_that_breaks_or_finds_no_room_is_tried_again_later(ear, port, monkeypatch, chats):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 1:
            raise asyncio.CancelledError

    monkeypatch.setattr(stock.asyncio, "sleep", sleep)
    if chats:
        monkeypatch.setattr(stock, "_placed", lambda _session: 1 / 0)
    with pytest.raises(asyncio.CancelledError):
        await stock.keep_taking(ear, dict.fromkeys(chats, port), asyncio.Event())

    assert slept == [stock.AGAIN_AFTER] * 2


async def test_rooms_of_a_chat_that_is_not_there_are_left_alone(ear, house, port):
    await stock.take(ear, {"another": port})

    assert port.calls == []


async def test_lost_room_that_is_there_again_is_back(ear, house, port):
    port.fails = {"members": [RoomGone("archived")]}
    await stock.take(ear, {CHAT: port})
    await stock.take(ear, {CHAT: port})

    assert house.one(Room, kind="team").state == "bound"
