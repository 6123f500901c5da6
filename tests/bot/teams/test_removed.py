"""`removed helen` over Teams: who is in the channel says whether it is so, not who was told."""

import pytest
from sqlalchemy import select

from store.room import RoomMember
from tests.fakes.teams import conversations


@pytest.fixture
async def room(teams):
    """The team's room, in which Helen is: she sponsors the challenge for the council."""
    place = teams.peer.add_chat("Exampleshire peers", teams.ruth, teams.helen)
    await teams.peer.install_in(place, by=teams.ruth)
    await teams.peer.say(teams.ruth, place, "@Critical Friend help")
    await teams.bound_at(teams.peer.app.tenant, place.id, "team")
    await teams.peer.rename(teams.ruth, place, "Peers")
    await teams.peer.join(teams.jo, place, by=teams.ruth)
    await teams.deliver()
    return place


async def _says_they_are_out(teams, name):
    await teams.peer.say(teams.ruth, teams.peer.direct(teams.ruth), f"removed {name} in exampleshire")
    await teams.deliver()


def _strangers(teams):
    return len(teams.house.ask(select(RoomMember).where(RoomMember.state == "stranger")))


async def test_person_who_is_still_in_the_room_is_not_out_and_nothing_is_posted(teams, room):
    before = teams.of_the_bot(teams.ruth, room)
    await _says_they_are_out(teams, "jo")

    assert _strangers(teams) == 2
    told = teams.of_the_bot(teams.ruth)[-1].plain
    assert "Jo is still in the peer team room. So I have posted nothing" in told
    assert teams.of_the_bot(teams.ruth, room) == before


async def test_people_who_are_out_unnoticed_are_out_and_what_waited_is_posted(teams, room):
    before = teams.of_the_bot(teams.ruth, room)
    for gone in (teams.jo, teams.helen):
        conversations.leave(teams.peer.tenancy, room, gone)
    await _says_they_are_out(teams, "jo")

    assert _strangers(teams) == 0
    assert not [one for one in teams.of_the_bot(teams.ruth) if "is still in the peer team room" in one.plain]
    assert len(teams.of_the_bot(teams.ruth, room)) > len(before)
