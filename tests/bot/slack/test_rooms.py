"""Private channels are made once, found again, filled and emptied; what cannot be done is said."""

from itertools import islice

import pytest

from bot.platform import Gone, LineDropped, NotNow, RoomGone
from bot.slack.rooms import _names

TITLE = "Exampleshire: peer team room"
TOPIC = "The peer team. The council is not here."


async def _make(platform, key="room:team:exampleshire:3"):
    return await platform.make_room(TITLE, TOPIC, key)


def _made(peer):
    return [one for one in peer.workspace.channels.values() if one.creator == peer.app.bot.id]


async def test_room_is_a_private_channel_with_its_topic_and_its_title(platform, peer):
    address = await _make(platform)
    [room] = _made(peer)

    assert (room.id, room.kind, room.name) == (address, "private", "exampleshire-peer-team-room")
    assert (room.topic, room.purpose) == (TOPIC, f"{TITLE} (room:team:exampleshire:3)")


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (
            "Exampleshire: liaison (the council can read this)",
            ["exampleshire-liaison-the-council-can-read-this"],
        ),
        ("Ynys Môn & Arfon", ["ynys-môn-arfon", "ynys-môn-arfon-2", "ynys-môn-arfon-3"]),
        ("…", ["room"]),
        ("x" * 79 + " and more", ["x" * 79, "x" * 77 + "-2"]),
    ],
)
def test_names_are_the_titles_in_slacks_letters(title, names):
    assert list(islice(_names(title), len(names))) == names


async def test_name_that_is_taken_gets_a_number(platform, peer, ruth):
    peer.add_channel("exampleshire-peer-team-room", ruth)
    await _make(platform)

    assert [room.name for room in _made(peer)] == ["exampleshire-peer-team-room-2"]


async def test_room_of_an_earlier_challenge_with_the_same_name_is_left_alone(platform, peer):
    before = await _make(platform, "room:team:exampleshire:1")
    after = await _make(platform)

    assert [room.name for room in _made(peer)] == [
        "exampleshire-peer-team-room",
        "exampleshire-peer-team-room-2",
    ]
    assert await platform.find_room("room:team:exampleshire:1", TITLE) == before
    assert await platform.find_room("room:team:exampleshire:3", TITLE) == after


@pytest.mark.parametrize("method", ["create", "setTopic", "setPurpose"])
@pytest.mark.parametrize("how", ["drop_after", "drop_before"])
async def test_room_whose_making_was_interrupted_is_made_once(platform, peer, method, how):
    getattr(peer.unkind, how)(f"conversations.{method}")
    with pytest.raises(LineDropped):
        await _make(platform)
    address = await platform.find_room("room:team:exampleshire:3", TITLE) or await _make(platform)
    [room] = _made(peer)

    assert (room.id, room.topic) == (address, TOPIC)
    assert await platform.find_room("room:team:exampleshire:3", TITLE) == address


async def test_old_room_whose_purpose_was_taken_away_is_not_taken_over(platform, peer):
    await _make(platform, "room:team:exampleshire:1")
    [before] = _made(peer)
    before.purpose, before.created = "", before.created - 3601
    after = await _make(platform)

    assert after != before.id
    assert peer.workspace.channels[after].name == "exampleshire-peer-team-room-2"


async def test_room_that_was_never_made_is_not_found(platform, peer, ruth):
    peer.add_channel("exampleshire-peer-team-room", ruth)

    assert await platform.find_room("room:team:exampleshire:3", TITLE) is None


async def test_room_is_found_under_another_name_and_among_many(platform, peer, ruth):
    address = await _make(platform)
    await peer.rename(ruth, peer.workspace.channels[address], "something-else")
    for number in range(250):
        await platform.line.call("conversations.create", name=f"other-{number}", is_private=True)

    assert await platform.find_room("room:team:exampleshire:3", TITLE) == address


async def test_workspace_that_lets_no_bot_make_channels_is_said(platform, peer):
    peer.workspace.switches.bots_make_channels = False
    with pytest.raises(Gone) as why:
        await _make(platform)

    assert why.value.reason == "The workspace does not let the bot make channels."


async def test_missing_scope_is_no_reason_to_wait_for_a_room(platform, peer):
    peer.unkind.error("missing_scope", "conversations.create")
    with pytest.raises(Gone):
        await _make(platform)


async def test_revoked_token_is_a_reason_to_wait(platform, peer):
    peer.revoke()
    with pytest.raises(NotNow):
        await _make(platform)


@pytest.mark.parametrize("word", ["missing_scope", "no_permission", "access_denied", "restricted_action"])
async def test_room_that_the_bot_may_not_describe_is_still_a_room(platform, peer, word):
    peer.unkind.error(word, "conversations.setTopic")
    address = await _make(platform)

    assert await platform.find_room("room:team:exampleshire:3", TITLE) == address


async def test_room_without_a_topic_is_still_a_room(platform, peer, logged):
    peer.unkind.error("too_long", "conversations.setTopic")
    address = await _make(platform)

    assert await platform.find_room("room:team:exampleshire:3", TITLE) == address
    assert "too_long" in logged.getvalue()


async def test_long_title_and_topic_are_shortened_and_the_key_stays(platform, peer):
    await platform.make_room("Exampleshire " * 40, "Nobody else. " * 40, "room:team:exampleshire:3")
    [room] = _made(peer)

    assert 240 < len(room.topic) <= 250
    assert 240 < len(room.purpose) <= 250
    assert room.purpose.endswith("… (room:team:exampleshire:3)")


# People


async def test_somebody_is_brought_in_and_taken_out_and_twice_is_well(platform, peer, ruth):
    address = await _make(platform)
    for _ in range(2):
        await platform.invite(address, ruth.id)
    inside = ruth.id in peer.workspace.channels[address].members
    for _ in range(2):
        await platform.remove(address, ruth.id)

    assert inside
    assert ruth.id not in peer.workspace.channels[address].members


async def test_whoever_cannot_be_invited_is_gone_with_a_plain_reason(platform, peer, team):
    stranger = peer.add_person("Helen Marsh", team="T0OTHER")
    gone = await peer.deactivate(peer.add_person("Tom Reed"))
    guest = peer.add_person("Dana Reed", guest="single")
    await peer.join(guest, peer.add_channel("elsewhere", stranger))
    reasons = []
    for user in (stranger.id, gone.id, guest.id, "U0NOBODY"):
        with pytest.raises(Gone) as why:
            await platform.invite(team.id, user)
        reasons.append(why.value.reason)

    assert reasons == [
        "Slack does not let this person be invited here.",
        "Slack does not let this person be invited here.",
        "This guest may be in one channel only, and is in one.",
        "There is no such person in Slack.",
    ]


async def test_workspace_that_lets_the_bot_remove_nobody_is_said(platform, peer, ruth, team):
    peer.unkind.error("restricted_action", "conversations.kick")
    with pytest.raises(Gone) as why:
        await platform.remove(team.id, ruth.id)

    assert not isinstance(why.value, RoomGone)


_MOVES = {
    "conversations.invite": lambda platform, room, user, _card: platform.invite(room, user),
    "conversations.kick": lambda platform, room, user, _card: platform.remove(room, user),
    "pins.add": lambda platform, _room, _user, card: platform.pin(card),
}


@pytest.mark.parametrize("word", ["missing_scope", "no_permission", "access_denied"])
@pytest.mark.parametrize("method", _MOVES)
async def test_move_that_the_bot_may_not_do_is_gone_and_nothing_waits_for_it(
    platform, peer, ruth, team, card, method, word
):
    address = await platform.post(team.id, card("One"), "k")
    peer.unkind.error(word, method)
    with pytest.raises(Gone) as why:
        await _MOVES[method](platform, team.id, ruth.id, address)

    assert why.value.reason == "The bot has no permission for this in Slack: run doctor."


@pytest.mark.parametrize("method", _MOVES)
async def test_move_with_a_token_that_is_worth_nothing_waits(platform, peer, ruth, team, card, method):
    address = await platform.post(team.id, card("One"), "k")
    peer.revoke()
    with pytest.raises(NotNow):
        await _MOVES[method](platform, team.id, ruth.id, address)


# Rooms that are gone


async def _archived(peer, ruth, team):
    await peer.archive(ruth, team)


async def _deleted(peer, ruth, team):
    await peer.delete(ruth, team)


async def _removed(peer, ruth, team):
    await peer.remove_app(team)


@pytest.mark.parametrize(
    ("happens", "why"), [(_archived, "archived"), (_deleted, "removed"), (_removed, "removed")]
)
async def test_room_that_is_gone_is_told_by_whatever_is_tried_there(
    platform, peer, ruth, team, happens, why, card
):
    address = await platform.post(team.id, card("One"), "k")
    dana = peer.add_person("Dana Reed")
    await happens(peer, ruth, team)
    for call in (
        platform.post(team.id, card("Two"), "k2"),
        platform.edit(address, card("Three"), "k3"),
        platform.pin(address),
        platform.invite(team.id, dana.id),
    ):
        with pytest.raises(RoomGone) as gone:
            await call
        assert gone.value.reason == why
    assert peer.workspace.posts[-1].newest.text != "Two"
