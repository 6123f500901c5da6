import json

import pytest

from bot.room import messages, places, stream, view
from tests.bot.room.cards import card


@pytest.fixture
def watch(house, chat):
    async def clock():
        return view.clock(house.now(), None, house.zone)

    return lambda account, last="": stream.events(chat, house, clock, account, last)


async def read(events):
    number, kind, data = (line.partition(": ")[2] for line in (await anext(events)).strip().splitlines())
    return number, kind, json.loads(data)


async def test_stream_begins_with_everything_and_goes_on_with_what_is_new(chat, house, watch):
    team = house.room("Team", "team", house.person("Ruth Okafor"))
    messages.post(chat, place=team, card=card("One"), key="1")
    events = watch("ruth")
    _, kind, first = await read(events)
    assert (kind, first["whole"], [one["plain"] for one in first["messages"]]) == ("view", True, ["One"])
    messages.post(chat, place=team, card=card("Two"), key="2")
    _, _, second = await read(events)
    assert (second["whole"], [one["plain"] for one in second["messages"]]) == (False, ["Two"])
    await events.aclose()


async def test_stream_never_carries_what_is_not_for_this_person(chat, house, watch):
    team = house.room("Team", "team", house.person("Ruth Okafor"), house.person("Dana Reed"))
    house.person("Helen Marsh")
    ruth, helen = watch("ruth"), watch("helen")
    await read(ruth)
    await read(helen)
    messages.post(chat, place=team, card=card("For Dana alone"), key="1", only_for="dana")
    messages.post(chat, place="direct-dana", card=card("Dana's own"), key="2")
    messages.say(chat, place=team, author="dana", text="Among the team")
    _, _, for_ruth = await read(ruth)
    _, _, for_helen = await read(helen)
    assert [one["plain"] for one in for_ruth["messages"]] == ["Among the team"]
    assert for_helen["messages"] == []
    assert "Team" not in json.dumps(for_helen["places"])
    await ruth.aclose()
    await helen.aclose()


async def test_stream_brings_the_history_of_a_room_joined_later(chat, house, watch):
    house.person("Ruth Okafor")
    team = house.room("Team", "team")
    messages.post(chat, place=team, card=card("Before"), key="1")
    events = watch("ruth")
    await read(events)
    places.join(chat, team, "ruth")
    _, _, seen = await read(events)
    assert [one["plain"] for one in seen["messages"]] == ["Before"]
    await events.aclose()


async def test_stream_taken_up_again_sends_only_what_was_missed(chat, house, watch):
    house.person("Ruth Okafor")
    messages.post(chat, place="direct-ruth", card=card("One"), key="1")
    first = watch("ruth")
    last, _, _ = await read(first)
    await first.aclose()
    messages.post(chat, place="direct-ruth", card=card("Two"), key="2")
    second = watch("ruth", last)
    _, _, seen = await read(second)
    assert (seen["whole"], [one["plain"] for one in seen["messages"]]) == (False, ["Two"])
    await second.aclose()


async def test_stream_after_a_new_beginning_starts_afresh_or_ends(chat, house, watch):
    house.person("Ruth Okafor")
    house.person("Helen Marsh")
    ruth, helen = watch("ruth"), watch("helen")
    await read(ruth)
    await read(helen)
    chat.wipe()
    house.person("Ruth Okafor")
    _, kind, seen = await read(ruth)
    assert (kind, seen["whole"]) == ("view", True)
    _, kind, _ = await read(helen)
    assert kind == "gone"
    await ruth.aclose()
