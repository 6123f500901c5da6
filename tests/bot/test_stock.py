"""Rooms are looked through now and then: who came while nobody told the bot, and what is lost, is found."""

import asyncio

import pytest
from sqlalchemy import select, update

from bot import stock
from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person
from store.room import Room, RoomMember
from tests.fakes.house import CHAT, account
from tests.handlers.chat_rooms import (
    bound,
    claim,
    comes_to,
    members,
    people,
    queued,
    strangers_told,
    where,
)


@pytest.fixture
def house(house):
    """Ruth is in the team's room and Jo in the programme's, as the chat says too. Nothing else is said."""
    bound(house, "team", "Ruth")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
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


# Trouble


@pytest.fixture
def slept(monkeypatch):
    """For how long somebody waited between two tries."""
    seconds = []

    async def sleep(some):
        seconds.append(some)

    monkeypatch.setattr(stock.asyncio, "sleep", sleep)
    return seconds


@pytest.mark.parametrize("trouble", [TooMany(0.5), NotNow(), LineDropped(), Gone("no"), ValueError("ours")])
async def test_room_is_looked_into_again_until_it_is_known_who_is_inside(ear, house, port, slept, trouble):
    port.members_of["team-Exampleshire"] = people("Owen")
    port.fails = {"members": [trouble] * 5}
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert (members(house), slept) == ({"Ruth": "left", "Owen": "stranger"}, [1.0, 5.0, 15.0, 60.0, 60.0])


async def test_room_is_looked_into_again_once_the_chat_has_had_its_patience(ear, house, port, slept):
    port.fails = {"members": [TooMany(300.0)]}
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert (len(port.calls), slept) == (2, [300.0])


async def test_trouble_in_one_room_holds_up_no_other(ear, house, port):
    port.fails = {"members": [TooMany(300.0)]}
    looking = asyncio.create_task(stock.take(ear, {CHAT: port}))
    while _unseen(house, "programme") or not port.calls:  # noqa: ASYNC110 - nobody tells of a single look
        await asyncio.sleep(0.01)
    looking.cancel()

    assert (_unseen(house, "team"), _unseen(house, "programme")) == (True, False)


async def test_look_that_never_ends_is_tried_again(ear, house, port, slept, monkeypatch):
    monkeypatch.setattr(stock, "LOOK_SECONDS", 0.2)
    tell, hangs = port.members, [asyncio.Event()]

    async def hang_once(place):
        return await (hangs.pop().wait() if hangs else tell(place))

    monkeypatch.setattr(port, "members", hang_once)
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert (slept, _unseen(house, "team")) == ([1.0], False)


# What waits meanwhile


def _unseen(house, kind="team"):
    return house.one(Room, kind=kind).unseen_since is not None


def _told_room(house, kind):
    """Say something to a room, and find out whether it would be posted now."""
    silent = ("chat_silent", {"chat": "slack", "since": "2026-10-20T08:30"})
    words = {"team": ("for_team", {"text": "x"}), "programme": silent}

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == kind)).one()
        post.to_room(room, *words[kind], key=kind, challenge=session.get(Challenge, room.challenge_id or 0))
        return room.address

    address = house.post(unit)
    return [call.place for call in claim(house)] == [address]


@pytest.mark.parametrize(("kind", "posted"), [("team", False), ("programme", True)])
async def test_nothing_is_posted_to_the_team_while_it_is_not_known_who_is_inside(
    ear, house, port, kind, posted
):
    await stock.doubt(ear, {CHAT: port})

    assert _told_room(house, kind) == posted


async def test_what_waited_is_posted_once_it_is_known_who_is_inside(ear, house, port):
    places = await stock.doubt(ear, {CHAT: port})
    assert not _told_room(house, "team")

    ear.woken.clear()
    await stock.look_through(ear, {CHAT: port}, places)

    assert ear.woken.is_set()
    assert [call.place for call in claim(house)] == ["team-Exampleshire"]


async def test_living_card_of_the_team_waits_too(ear, house, port):
    def card(text):
        def unit(session, post):
            room = session.scalars(select(Room).where(Room.kind == "team")).one()
            challenge = session.get_one(Challenge, room.challenge_id)
            post.to_room(room, "for_team", {"text": text}, key=text, slot="card", challenge=challenge)

        return unit

    house.post(card("one"))
    [call] = claim(house)
    comes_to(house, call, "done", address="there")
    await stock.doubt(ear, {CHAT: port})
    house.post(card("two"))

    assert claim(house) == []


async def test_whoever_has_no_part_any_more_is_taken_out_though_posts_wait(ear, house, port):
    await stock.doubt(ear, {CHAT: port})
    assert not _told_room(house, "team")

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        person = session.scalars(select(Person).where(Person.name == "Ruth")).one()
        post.to_move("remove", room, key="out", person=person)

    house.post(unit)

    assert [call.op for call in claim(house)] == ["remove"]


async def test_stranger_who_is_found_by_the_look_holds_posts_up_as_ever(ear, house, port):
    port.members_of["team-Exampleshire"] = people("Ruth", "Owen")
    await stock.take(ear, {CHAT: port})

    assert (_unseen(house), _told_room(house, "team")) == (False, False)


async def test_whoever_may_have_come_during_a_look_is_looked_for_again(ear, house, port, monkeypatch):
    tell, first = port.members, []

    async def somebody_comes_meanwhile(place):
        found = await tell(place)
        if not first:
            house.clock.wait(1)
            first.extend(await stock.doubt(ear, {CHAT: port}, [place]))
        return found

    monkeypatch.setattr(port, "members", somebody_comes_meanwhile)
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])
    assert _unseen(house)

    await stock.look_through(ear, {CHAT: port}, first)
    assert not _unseen(house)


async def test_whoever_came_in_during_a_look_is_not_taken_for_gone(ear, house, port, monkeypatch):
    tell = port.members

    async def somebody_comes_meanwhile(place):
        found = await tell(place)
        house.appoint("Amir", "peer")
        house.happens("entered", **where(), account=account("Amir"))
        return found

    monkeypatch.setattr(port, "members", somebody_comes_meanwhile)
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert members(house) == {"Ruth": "inside", "Amir": "inside"}
    assert queued(house, "left_room", state=None) == []


async def test_look_that_a_later_one_stands_in_for_is_given_up(ear, house, port, slept):
    port.fails = {"members": [NotNow()]}
    places = await stock.doubt(ear, {CHAT: port}, ["team-Exampleshire"])
    house.clock.wait(1)
    await stock.doubt(ear, {CHAT: port}, ["team-Exampleshire"])
    await stock.look_through(ear, {CHAT: port}, places)

    assert port.calls == []


async def test_look_that_finds_the_room_lost_is_over(ear, house, port):
    port.fails = {"members": [RoomGone("archived")]}
    await stock.take(ear, {CHAT: port}, ["team-Exampleshire"])

    assert (house.one(Room, kind="team").state, len(port.calls)) == ("lost", 1)


# Again and again


def _told(house):
    """How often the store was told of something that happened."""
    return len(house.ask(select(Heard).where(Heard.outcome == "happened")))


async def test_room_in_which_nothing_changed_costs_nothing(ear, house, port):
    await stock.take(ear, {CHAT: port})
    before, heard = _told(house), ear.heard
    await stock.look_into(ear, port, {**where(), "since": None})

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
    port.fails = {"members": [TooMany(300.0)]}
    with pytest.raises(asyncio.CancelledError):
        await stock.keep_taking(ear, {CHAT: port})

    both = [("members", "team-Exampleshire"), ("members", "programme")]
    assert (port.calls, slept) == (both * 2, [stock.AGAIN_AFTER / 2] * 5)


@pytest.mark.parametrize("chats", [[], [CHAT]])
async def test_looking_that_breaks_or_finds_no_room_is_tried_again_later(ear, port, monkeypatch, chats):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 1:
            raise asyncio.CancelledError

    monkeypatch.setattr(stock.asyncio, "sleep", sleep)
    if chats:
        monkeypatch.setattr(stock, "placed_rooms", lambda _session: 1 / 0)
    with pytest.raises(asyncio.CancelledError):
        await stock.keep_taking(ear, dict.fromkeys(chats, port))

    assert slept == [stock.AGAIN_AFTER] * 2


async def test_rooms_of_a_chat_that_is_not_there_are_left_alone(ear, house, port):
    await stock.take(ear, {"another": port})

    assert port.calls == []


async def test_lost_room_that_is_there_again_is_back(ear, house, port):
    port.fails = {"members": [RoomGone("archived")]}
    await stock.take(ear, {CHAT: port})
    await stock.take(ear, {CHAT: port})

    assert house.one(Room, kind="team").state == "bound"
