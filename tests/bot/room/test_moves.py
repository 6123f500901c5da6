"""People come and go, and close rooms: the bot hears of each, as it would in any chat."""

import pytest

from bot.platform import Gone, RoomGone
from bot.room import places, unkindness
from bot.room.mistakes import Mistake
from bot.room.moves import Moves
from bot.room.people import get
from bot.room.surface import Surface
from tests.bot.room.cards import card

WHERE = {"platform": "room", "tenant": "room"}


@pytest.fixture
def moves(house):
    return Moves(house.chat, house)


@pytest.fixture
def dana(house):
    return get(house.chat, house.person("Dana O'Neil", "Saltmarsh"))


@pytest.fixture
def team(house, dana):
    return house.room("Team", "room:team:exampleshire:1", house.person("Ruth Ellis"))


def _heard(house):
    return [(event.kind, dict(event.facts)) for event in house.happenings]


async def test_whoever_comes_and_goes_is_heard_of(house, moves, dana, team):
    where = {**WHERE, "address": team}
    await moves.enter(dana, team)
    inside = places.members(house.chat, team)
    await moves.enter(dana, team)
    await moves.leave(dana, team)

    assert inside == ["ruth", "dana"]
    assert places.members(house.chat, team) == ["ruth"]
    assert _heard(house) == [
        ("entered", {**where, "account": dana.account()}),
        ("departed", {**where, "account": dana.account()}),
    ]


async def test_room_is_renamed_closed_and_opened(house, moves, team):
    ruth, where = get(house.chat, "ruth"), {**WHERE, "address": team}
    await moves.rename(ruth, team, "Peers")
    await moves.close(ruth, team)
    closed = places.get(house.chat, team)
    await moves.open(ruth, team)

    assert (closed.title, closed.archived, places.get(house.chat, team).archived) == ("Peers", True, False)
    assert _heard(house) == [
        ("room_renamed", {**where, "title": "Peers"}),
        ("room_gone", {**where, "why": "archived"}),
        ("room_back", {**where, "members": (ruth.account(),)}),
    ]
    assert len({event.id for event in house.happenings}) == 3


async def test_unkind_room_tells_everything_twice_under_one_id(house, moves, dana, team):
    unkindness.become(house.chat, {"twice": True})
    await moves.enter(dana, team)

    first, second = house.happenings
    assert first == second


async def test_what_cannot_be_done_to_a_room_is_a_mistake(house, moves, dana, team):
    ruth = get(house.chat, "ruth")
    for act in (
        moves.leave(dana, team),
        moves.close(dana, team),
        moves.enter(dana, "direct-ruth"),
        moves.enter(dana, "room-999"),
    ):
        with pytest.raises(Mistake):
            await act
    await moves.close(ruth, team)
    with pytest.raises(Mistake, match="closed"):
        await moves.enter(dana, team)
    with pytest.raises(Mistake, match="closed"):
        await Surface(house.chat, house.platform, house).say(ruth, team, "Hello")
    assert [event.kind for event in house.happenings] == ["room_gone"]


async def test_command_that_needs_the_members_is_given_them(house, dana, team):
    surface = Surface(house.chat, house.platform, house)
    ruth = get(house.chat, "ruth")
    await surface.say(ruth, team, "/challenge use this as team room")
    await surface.say(ruth, team, "/challenge status")

    gathered = {"members": (ruth.account(),), "owner": {"tenant": "room", "private": True}}
    assert [said.gathered for said in house.heard] == [gathered, {}]


async def test_room_that_lets_the_bot_make_no_rooms_refuses(house, platform):
    unkindness.become(house.chat, {"no_rooms": True})
    with pytest.raises(Gone):
        await platform.make_room("Team", "", "room:team:exampleshire:1")


async def test_room_that_lets_the_bot_bring_nobody_in_refuses_and_people_may(house, moves, platform, team):
    unkindness.become(house.chat, {"no_invites": True})
    with pytest.raises(Gone, match="bring nobody in"):
        await platform.invite(team, "dana")
    await moves.enter(get(house.chat, "dana"), team)

    assert "dana" in [account.id for account in await platform.members(team)]


async def test_room_that_lets_the_bot_pin_nothing_refuses(house, platform, team):
    address = await platform.post(team, card("One"), "k")
    unkindness.become(house.chat, {"no_pins": True})
    with pytest.raises(Gone, match="pin nothing"):
        await platform.pin(address)


async def test_closed_room_is_gone_for_the_bot_until_it_is_open_again(house, moves, platform, team):
    ruth = get(house.chat, "ruth")
    address = await platform.post(team, card("One"), "k")
    await moves.close(ruth, team)
    for call in (
        platform.post(team, card("Two"), "l"),
        platform.edit(address, card("Two"), "m"),
        platform.pin(address),
        platform.invite(team, "ruth"),
    ):
        with pytest.raises(RoomGone, match="archived"):
            await call
    await moves.open(ruth, team)
    await platform.edit(address, card("Two"), "n")
