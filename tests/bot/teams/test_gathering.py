"""What a command needs to know of a channel: in time, or not at all."""

import pytest

from bot.teams import gathering
from bot.teams.gathering import gathered


@pytest.fixture
def where(platform, channel):
    return platform.references.at(channel.id)


async def test_who_is_in_a_channel_is_told_where_it_is_needed(platform, peer, where, jo, ruth):
    told = await gathered(platform, where, ("members",))

    assert [one.id for one in told["members"]] == [jo.object_id, ruth.object_id]
    assert told["owner"] == {"tenant": where.tenant}


async def test_nothing_is_asked_where_nothing_is_needed(platform, peer, where):
    before = len(peer.calls)

    assert (await gathered(platform, where, ()), len(peer.calls)) == ({}, before)


async def test_roster_that_takes_too_long_is_not_waited_for(platform, peer, where, monkeypatch, logged):
    monkeypatch.setattr(gathering, "SECONDS", 0.05)
    peer.unkind.slow("pagedmembers", seconds=0.5)

    assert await gathered(platform, where, ("members",)) == {}
    assert "not_gathered" in logged.getvalue()
