import pytest

from tests.fakes.teams import Cannot
from tests.fakes.teams.bot import card, message, words


def told(bot):
    """What the bot was told since it was last asked: type, eventType or action, who, and where."""
    found = [
        (
            one["type"],
            one["channelData"].get("eventType") or one.get("action"),
            [who["id"] for who in one.get("membersAdded", []) + one.get("membersRemoved", [])],
            one["conversation"]["id"],
        )
        for one in bot.heard
    ]
    bot.heard.clear()
    return found


async def test_personal_install_is_told_twice_the_first_time_and_once_after(peer, bot, jo):
    chat = await peer.install(jo)
    first = told(bot)
    await peer.uninstall(jo)
    await peer.install(jo)

    assert first == [
        ("conversationUpdate", None, [peer.app.bot, jo.id], chat.id),
        ("installationUpdate", "add", [], chat.id),
    ]
    assert told(bot) == [
        ("installationUpdate", "remove", [], chat.id),
        ("installationUpdate", "add", [], chat.id),
    ]


async def test_coming_and_going_of_the_bot_is_told_where_it_was_put(peer, bot, jo, house):
    chat = peer.add_chat("Sponsors", jo)
    for place in (house, chat):
        await peer.install_in(place, by=jo)
        await peer.remove_from(place, by=jo)

    bot_id = peer.app.bot
    assert told(bot) == [
        ("conversationUpdate", "teamMemberAdded", [bot_id], house.id),
        ("installationUpdate", "add", [], house.id),
        ("conversationUpdate", "teamMemberRemoved", [bot_id], house.id),
        ("installationUpdate", "remove", [], house.id),
        ("conversationUpdate", None, [bot_id], chat.id),
        ("installationUpdate", "add", [], chat.id),
        ("conversationUpdate", None, [bot_id], chat.id),
        ("installationUpdate", "remove", [], chat.id),
    ]


async def test_people_who_come_and_go_are_told_by_the_kind_of_place(peer, bot, jo, helen, house):
    owen = peer.add_person("Owen Reed")
    chat = peer.add_chat("Sponsors", jo)
    private = peer.add_channel(house, "Behind the scenes", jo, private=True)
    for place in (house, chat, private):
        await peer.install_in(place, by=jo)
    bot.heard.clear()
    for place in (house, chat):
        await peer.join(owen, place, by=jo)
        await peer.leave(owen, place)
    await peer.join(helen, private, by=jo)

    assert told(bot) == [
        ("conversationUpdate", "teamMemberAdded", [owen.id], house.id),
        ("conversationUpdate", "teamMemberRemoved", [owen.id], house.id),
        ("conversationUpdate", None, [owen.id], chat.id),
        ("conversationUpdate", None, [owen.id], chat.id),
        ("conversationUpdate", "channelMemberAdded", [helen.id], private.id),
    ]


async def test_what_happens_to_channels_and_teams_is_told_in_the_teams_own_conversation(peer, bot, jo, house):
    await peer.install_in(house, by=jo)
    bot.heard.clear()
    channel = await peer.open_channel(jo, house, "Northmere")
    await peer.rename(jo, channel, "Northmere team")
    about = bot.heard[-1]["channelData"]
    await peer.delete(jo, channel)
    await peer.restore(jo, channel)
    await peer.archive(jo, house)
    await peer.unarchive(jo, house)
    await peer.rename(jo, house, "Challenges")
    await peer.delete(jo, house)

    assert about["channel"] == {"id": channel.id, "name": "Northmere team"}
    kinds = "channelCreated channelRenamed channelDeleted channelRestored teamArchived teamUnarchived"
    assert told(bot) == [
        ("conversationUpdate", kind, [], house.id) for kind in [*kinds.split(), "teamRenamed", "teamDeleted"]
    ]


async def test_nothing_is_told_of_places_where_the_bot_is_not(peer, bot, jo, helen, house):
    private = peer.add_channel(house, "Behind the scenes", jo, private=True)
    await peer.join(helen, private)
    await peer.rename(jo, house, "Challenges")
    await peer.change(helen, email="h.marsh@northmere.example")
    peer.block(jo)

    assert told(bot) == []


async def test_who_leaves_a_team_sees_nothing_more_of_it(peer, bot, jo, helen, house):
    await peer.install_in(house, by=jo)
    private = peer.add_channel(house, "Behind the scenes", jo, helen, private=True)
    await bot.send(peer.general(house), message(card(words("Before"))))
    await peer.leave(helen, house)
    await bot.send(peer.general(house), message(card(words("After"))))

    assert helen.id not in private.members
    assert [one.plain for one in peer.appeared(helen) if one.kind == "message"] == ["Before"]
    with pytest.raises(Cannot):
        await peer.say(helen, private, "@Critical Friend help")


async def test_new_channel_appears_to_everybody_in_its_team(peer, bot, jo, helen, house):
    since = peer.sequence
    await peer.open_channel(jo, house, "Northmere")
    await peer.open_channel(jo, house, "Behind the scenes", private=True)

    assert [one.title for one in peer.appeared(helen, since)] == ["Northmere"]


async def test_who_comes_later_sees_the_newest_of_what_stands(peer, bot, jo, house):
    await peer.install_in(house, by=jo)
    posted = await bot.shows(peer.general(house), card(words("Before")))
    body = message(card(words("Now")))
    await bot.call("PUT", f"conversations/{house.id}/activities/{posted}", body)
    owen = peer.add_person("Owen Reed")
    since = peer.sequence
    await peer.join(owen, house)

    assert [(one.kind, one.plain) for one in peer.appeared(owen, since)] == [
        ("room", "Peer challenges\nGeneral"),
        ("message", "Now"),
    ]
