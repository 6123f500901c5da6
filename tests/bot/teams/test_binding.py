"""A channel becomes a room in Teams: what is asked on the way is asked where the answer counts."""

import pytest

from store.room import Room


@pytest.fixture
async def channel(teams):
    return await teams.peer.open_channel(teams.ruth, teams.team, "Sponsors")


async def _says(teams, text, place):
    await teams.peer.say(teams.ruth, place, f"@Critical Friend {text}")
    await teams.rest()


async def _presses(teams, what, place):
    await teams.peer.press(teams.ruth, teams.of_the_bot(teams.ruth, place)[-1], what)
    await teams.rest()


async def test_room_that_stands_elsewhere_moves_with_a_press_in_the_channel(teams, channel):
    await teams.room("liaison")
    await _says(teams, "use this channel as liaison room", channel)
    await _presses(teams, "Use this channel instead", channel)

    assert teams.house.one(Room, kind="liaison").address == channel.id
    assert teams.of_the_bot(teams.ruth) == []


async def test_kind_of_room_that_nobody_understood_is_chosen_with_a_press_in_the_channel(teams, channel):
    await _says(teams, "use this channel as lounge", channel)
    await _presses(teams, "the liaison room", channel)

    assert teams.house.one(Room, kind="liaison").address == channel.id
    assert teams.of_the_bot(teams.ruth) == []


async def test_kind_of_room_asked_in_the_personal_chat_is_to_be_said_in_the_channel(teams):
    await _says(teams, "use this channel as lounge", teams.peer.direct(teams.ruth))

    [answer] = teams.of_the_bot(teams.ruth)
    assert "say it in the channel itself" in answer.plain
    assert answer.labels == []


async def test_line_that_was_nearly_understood_is_to_be_said_again_in_the_channel(teams, channel):
    await _says(teams, "use this chanel as liaison room", channel)

    [answer] = teams.of_the_bot(teams.ruth)
    assert "Please say it in that channel: @Critical Friend use this channel as" in answer.plain
    assert [label for label in answer.labels if label.startswith("use")] == []
