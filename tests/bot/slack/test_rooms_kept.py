"""Rooms in Slack: bound by a person, followed when people come and go, lost and found again."""

import asyncio

import pytest
from sqlalchemy import delete, select, update

from bot import stock
from store.outbox import Outgoing
from store.person import PersonAccount
from store.room import Room
from tests.fakes.house import CHAT
from tests.fakes.slack.channels import Stay
from tests.handlers.chat_rooms import members

LINE = "use this channel as team room"


@pytest.fixture
def house(house):
    """What the opening queued has gone: nobody but those of a test is written to."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


@pytest.fixture
def owen(slack):
    return slack.peer.add_person("Owen Hale", email="owen@dunford.example")


async def _channel(slack, *people, **of):
    channel = slack.peer.add_channel("exampleshire-peers", slack.ruth, *people, **of)
    await slack.peer.invite_app(channel, by=slack.ruth)
    return channel


async def _bound(slack, *people):
    channel = await _channel(slack, *people)
    await slack.peer.slash(slack.ruth, channel, LINE)
    await slack.deliver()
    return channel


def _room(slack):
    return next((room for room in slack.house.ask(select(Room)) if room.kind == "team"), None)


def _texts(slack, user, channel=None):
    return [shown.text for shown in slack.of_the_bot(user, channel)]


async def test_channel_is_bound_told_and_has_its_card_pinned(slack):
    channel = await _bound(slack)

    told, card = slack.of_the_bot(slack.ruth, channel)
    assert "This channel is now the peer team room" in told.text
    assert not told.only_me
    assert "peer team room. The council is not here" in card.text
    assert [call.args["timestamp"] for call in slack.peer.called("pins.add")] == [card.ts]
    assert (_room(slack).state, _room(slack).address) == ("bound", channel.id)


async def test_council_in_the_channel_keeps_the_team_room_out(slack):
    channel = await _bound(slack, slack.helen)

    [refusal] = slack.of_the_bot(slack.ruth, channel)
    assert "Helen is from the council" in refusal.text
    assert refusal.only_me
    assert slack.of_the_bot(slack.helen, channel) == []
    assert _room(slack) is None


async def test_public_channel_is_refused(slack):
    channel = await _channel(slack, private=False)
    await slack.peer.slash(slack.ruth, channel, LINE)
    await slack.deliver()

    assert "Anybody can read this channel" in _texts(slack, slack.ruth, channel)[0]


async def test_channel_that_the_bot_is_not_in_is_refused(slack):
    channel = slack.peer.add_channel("exampleshire-peers", slack.ruth)
    await slack.peer.slash(slack.ruth, channel, LINE)
    await slack.deliver()

    assert "I could not see who is in this channel" in _texts(slack, slack.ruth, channel)[0]


async def test_stranger_holds_the_team_room_up_until_they_leave(slack, owen):
    channel = await _bound(slack)
    await slack.peer.join(owen, channel, by=slack.ruth)
    await slack.deliver()
    told = _texts(slack, slack.ruth, slack.peer.direct(slack.ruth))
    slack.house.says("Jo", "kloe add Front door: is it soon enough?")
    await slack.deliver()
    while_inside = _texts(slack, owen, channel)
    await slack.peer.leave(owen, channel)
    await slack.deliver()

    assert "Owen Hale has come into the peer team room" in told[-1]
    assert "Front door" not in " ".join(while_inside)
    assert "Front door 0" in _texts(slack, slack.ruth, channel)[-1]


async def test_archived_channel_waits_and_comes_back(slack):
    channel = await _bound(slack)
    await slack.peer.archive(slack.ruth, channel)
    await slack.deliver()
    state, told = _room(slack).state, _texts(slack, slack.ruth, slack.peer.direct(slack.ruth))
    slack.house.says("Jo", "kloe add Front door: is it soon enough?")
    await slack.deliver()
    await slack.peer.unarchive(slack.ruth, channel)
    await slack.deliver()

    assert (state, _room(slack).state) == ("lost", "bound")
    assert "I have lost the peer team room: the channel was archived" in told[-1]
    assert "Front door 0" in _texts(slack, slack.ruth, channel)[-1]


async def test_whoever_came_while_the_bot_was_out_is_found_when_it_is_back(slack, owen):
    channel = await _bound(slack)
    await slack.peer.remove_app(channel)
    await slack.deliver()
    await slack.peer.join(owen, channel, by=slack.ruth)
    await slack.peer.invite_app(channel, by=slack.ruth)
    await slack.deliver()

    assert _room(slack).state == "bound"
    assert members(slack.house)["Owen Hale"] == "stranger"


async def test_whoever_came_while_the_bot_was_not_running_is_found(slack, owen):
    channel = await _bound(slack)
    workspace = slack.peer.workspace
    unheard = Stay(user=owen.id, joined=workspace.changed())
    workspace.channels[channel.id].stays.append(unheard)
    platform = slack.surface.platform
    await stock.take(slack.served.bot.ear, {platform.name: platform})

    assert members(slack.house) == {"Ruth": "inside", "Owen Hale": "stranger"}


async def _looked(slack):
    platform = slack.surface.platform
    await stock.take(slack.served.bot.ear, {platform.name: platform})


async def test_room_that_was_archived_and_opened_again_unheard_is_lost_and_found(slack):
    channel = await _bound(slack)
    states = []
    for archived in (True, False):
        channel.archived = archived
        await _looked(slack)
        states.append(_room(slack).state)

    assert states == ["lost", "bound"]


async def test_room_that_anybody_may_read_now_is_lost_and_nobody_in_it_is_asked_about(slack):
    channel = await _bound(slack)
    channel.kind = "public"
    slack.peer.calls.clear()
    await _looked(slack)
    await slack.deliver()

    assert _room(slack).state == "lost"
    assert slack.peer.called("conversations.members") == []
    assert "anybody may read the channel now" in _texts(slack, slack.ruth, slack.peer.direct(slack.ruth))[-1]


async def test_whoever_comes_while_the_channel_is_being_bound_is_found(slack, owen, monkeypatch):
    hear = slack.served.bot.ear.hear

    async def somebody_comes_first(said):
        await slack.peer.join(owen, slack.peer.workspace.channels[said.place.address], by=slack.ruth)
        return await hear(said)

    monkeypatch.setattr(slack.served.bot.ear, "hear", somebody_comes_first)
    await _bound(slack)

    assert members(slack.house) == {"Ruth": "inside", "Owen Hale": "stranger"}


async def test_nothing_is_posted_to_the_team_after_a_start_before_its_room_was_looked_into(slack):
    channel = await _bound(slack)
    slack.house.says("Jo", "kloe add Front door: is it soon enough?")
    posted, ear, platforms = [], slack.served.bot.ear, {slack.surface.name: slack.surface.platform}
    unseen = await stock.doubt(ear, platforms)
    for _ in range(2):
        await slack.deliver()
        posted.append("Front door 0" in "".join(_texts(slack, slack.ruth, channel)))
        await stock.look_through(ear, platforms, unseen)

    assert posted == [False, True]


async def test_nothing_is_posted_to_the_team_while_slack_does_not_tell_who_came_in(slack, owen):
    channel = await _bound(slack)
    for method in ("conversations.members", "users.info"):
        slack.peer.unkind.status(method, status=503, times=None)
    await slack.peer.join(owen, channel, by=slack.ruth)
    slack.house.says("Jo", "kloe add Front door: is it soon enough?")
    await asyncio.sleep(0.5)
    slack.house.settle()
    while await slack.served.bot.postman.deliver():
        slack.served.bot.ear.woken.clear()

    assert "Front door" not in "".join(_texts(slack, owen, channel))


async def test_whole_workspace_is_not_asked_about_for_a_public_channel(slack):
    channel = await _channel(
        slack, *(slack.peer.add_person(f"Peer {one}") for one in range(9)), private=False
    )
    await slack.peer.slash(slack.ruth, channel, LINE)
    await slack.deliver()

    assert slack.peer.called("conversations.members") == []


async def test_channel_with_more_people_than_a_room_may_have_is_refused_before_anybody_is_asked_for(
    slack, monkeypatch
):
    monkeypatch.setattr("bot.slack.rooms.MOST_INSIDE", 5)
    channel = await _channel(slack, *(slack.peer.add_person(f"Peer {one}") for one in range(9)))
    asked = len(slack.peer.called("users.info"))
    await slack.peer.slash(slack.ruth, channel, LINE)
    await slack.deliver()

    assert "More than 200 people can read this channel" in _texts(slack, slack.ruth, channel)[-1]
    assert len(slack.peer.called("users.info")) <= asked + 1
    assert _room(slack).state != "bound" if _room(slack) else True


async def test_room_that_grows_beyond_what_a_room_may_have_is_lost_and_nobody_counts_as_gone(
    slack, owen, monkeypatch
):
    await _bound(slack, owen)
    before = members(slack.house)
    monkeypatch.setattr("bot.slack.rooms.MOST_INSIDE", 1)
    await stock.take(slack.served.bot.ear, {slack.surface.name: slack.surface.platform})

    assert (_room(slack).state, members(slack.house)) == ("lost", before)


async def test_deactivated_people_read_nothing(slack, owen):
    channel = await _bound(slack, owen)
    await slack.peer.deactivate(owen)
    await slack.deliver()

    assert [one.name for one in await slack.surface.platform.members(channel.id)] == ["Ruth"]
    assert members(slack.house) == {"Ruth": "inside"}


async def test_renamed_channel_stays_the_room(slack):
    channel = await _bound(slack)
    await slack.peer.rename(slack.ruth, channel, "peers-only")
    await slack.deliver()

    assert (_room(slack).title, _room(slack).state) == ("peers-only", "bound")


async def test_somebody_deactivated_is_not_reached_and_it_is_said(slack):
    only_in_slack = delete(PersonAccount).where(PersonAccount.platform == CHAT)
    slack.house.change(lambda session: session.execute(only_in_slack))
    await slack.peer.say(slack.helen, slack.peer.direct(slack.helen), "help")
    await slack.deliver()
    await slack.peer.deactivate(slack.helen)
    await slack.deliver()
    await slack.peer.say(slack.jo, slack.peer.direct(slack.jo), "reach")
    await slack.deliver()

    told = _texts(slack, slack.jo, slack.peer.direct(slack.jo))[-1]
    assert "Helen, sponsor: not any more: the account in Slack was deactivated" in told
