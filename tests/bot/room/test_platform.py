import asyncio
import sqlite3
import time

import pytest

from bot.platform import Gone, LineDropped, NotNow, Platform, TooMany
from bot.room import messages, places, unkindness
from tests.bot.room.cards import card


@pytest.fixture
def team(house):
    return house.room("Team", "team", house.person("Ruth Okafor"), house.person("Dana Reed"))


def seen(chat, account):
    return [message.plain for message in messages.seen_by(chat, account)]


def test_room_platform_is_a_platform(platform):
    port: Platform = platform
    assert (port.name, platform.tenant) == ("room", "room")


async def test_post_same_key_twice_posts_twice(chat, platform, team):
    first = await platform.post(team, card("One"), "k")
    second = await platform.post(team, card("One"), "k")
    assert first != second
    assert seen(chat, "ruth") == ["One", "One"]
    assert await platform.find("k", team) == first


async def test_find_is_exact_and_knows_edits_wherever_they_stand(platform, team):
    address = await platform.post(team, card("One"), "key-1")
    await platform.edit(address, card("Two"), "key-2")
    room = await platform.make_room("Council", "Who reads here", "key-3")
    assert await platform.find("key-1", team) == address
    assert await platform.find("key-2", room) == address
    assert await platform.find("key-3", team) is None
    assert await platform.find("key", team) is None


async def test_find_room_is_exact(platform):
    room = await platform.make_room("Council", "Who reads here", "key-3")
    assert await platform.find_room("key-3", "Council") == room
    assert await platform.find_room("key", "Council") is None


async def test_pin_and_look_up_and_direct(chat, platform, team):
    address = await platform.post(team, card("One"), "k")
    await platform.pin(address)
    assert messages.at_address(chat, address).pinned
    assert (await platform.look_up("ruth@exampleshire.example")).name == "Ruth Okafor"
    assert await platform.look_up("nobody@exampleshire.example") is None
    assert await platform.direct("ruth") == "direct-ruth"


async def test_invite_and_remove_change_who_is_there(chat, platform, house, team):
    house.person("Martin Webb")
    await platform.invite(team, "martin")
    await platform.remove(team, "dana")
    assert places.members(chat, team) == ["ruth", "martin"]


async def test_whatever_is_not_there_is_gone(platform, house, team):
    house.person("Helen Marsh")
    address = await platform.post(team, card("One"), "k")
    for call in (
        platform.direct("nobody"),
        platform.post("room-999", card("x"), "a"),
        platform.post(team, card("x"), "b", only_for="helen"),
        platform.post("direct-ruth", card("x"), "c", only_for="helen"),
        platform.edit("room-999/1", card("x"), "d"),
        platform.edit(address.replace(team, "direct-ruth"), card("x"), "e"),
        platform.pin("nonsense"),
        platform.invite("direct-ruth", "dana"),
        platform.invite(team, "nobody"),
        platform.home("ruth", card("x"), "f"),
    ):
        with pytest.raises(Gone):
            await call


async def test_drop_line_takes_effect_first_and_drops_once(chat, platform, team):
    unkindness.become(chat, {"drop_line": True})
    with pytest.raises(LineDropped):
        await platform.post(team, card("One"), "k")
    assert seen(chat, "ruth") == ["One"]
    assert await platform.find("k", team)
    await platform.post(team, card("One"), "k")
    assert seen(chat, "ruth") == ["One", "One"]


async def test_too_many_does_nothing_and_refuses_once(chat, platform, team):
    unkindness.become(chat, {"too_many": True})
    with pytest.raises(TooMany) as refused:
        await platform.post(team, card("One"), "k")
    assert (refused.value.seconds, seen(chat, "ruth")) == (0.2, [])
    await platform.post(team, card("One"), "k")
    assert seen(chat, "ruth") == ["One"]


async def test_too_many_and_drop_line_together_end_in_one_post(chat, platform, team):
    unkindness.become(chat, {"too_many": True, "drop_line": True})
    with pytest.raises(TooMany):
        await platform.post(team, card("One"), "k")
    with pytest.raises(LineDropped):
        await platform.post(team, card("One"), "k")
    assert seen(chat, "ruth") == ["One"]


async def test_delay_waits_before_the_call_takes_effect(chat, platform, team):
    unkindness.become(chat, {"delay": 0.05})
    began = time.monotonic()
    posting = asyncio.ensure_future(platform.post(team, card("One"), "k"))
    await asyncio.sleep(0)
    assert seen(chat, "ruth") == []
    await posting
    assert time.monotonic() - began >= 0.05


async def test_no_whispers_refuses_one_in_a_room_and_takes_one_in_a_direct_conversation(chat, platform, team):
    assert platform.whispers
    unkindness.become(chat, {"no_whispers": True})
    assert not platform.whispers
    with pytest.raises(Gone):
        await platform.post(team, card("x"), "a", only_for="ruth")
    await platform.post("direct-ruth", card("Here instead"), "b", only_for="ruth")
    assert seen(chat, "ruth") == ["Here instead"]


async def test_locked_chat_file_is_not_now(chat, platform, team, monkeypatch):
    def busy(*_args, **_values):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(messages, "post", busy)
    with pytest.raises(NotNow):
        await platform.post(team, card("x"), "k")
