"""Cards in Slack: posted, found again, edited in place, in one message or several."""

import pytest

from bot.platform import Gone, LineDropped, Platform, RoomGone, TooMany
from bot.slack.client import Refusal
from bot.slack.draw import messages
from handlers.message import Button
from tests.fakes.slack import posts

OPEN = Button(label="Open", phrase="status")


@pytest.fixture
def long(card):
    """A card in three messages, of which the last has a button."""
    made = card("x " * 5000, OPEN)
    assert len(messages(made)) == 3
    return made


def _stands(peer, ruth, channel):
    """The beginning, the key and the buttons of each message in a channel."""
    return [
        (shown.plain[:3], shown.metadata["event_payload"]["key"], shown.labels)
        for shown in peer.messages(ruth, channel)
    ]


def test_slack_platform_is_a_platform(platform, peer):
    port: Platform = platform
    assert (port.name, platform.tenant, platform.me) == ("slack", peer.workspace.team, peer.app.bot.id)
    assert not port.whispers


async def test_card_is_posted_with_its_key_and_without_previews(platform, peer, ruth, team, card):
    address = await platform.post(team.id, card("One", OPEN), "k")
    [call] = peer.called("chat.postMessage")

    assert _stands(peer, ruth, team) == [("One", "k", ["Open"])]
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)
    assert await platform.find("k", team.id) == address


async def test_card_in_the_direct_conversation_is_found_there(platform, peer, ruth, card):
    direct = await platform.direct(ruth.id)
    address = await platform.post(direct, card("One"), "k")

    assert peer.plain(ruth, peer.direct(ruth)) == ["One"]
    assert await platform.find("k", direct) == address


async def test_direct_conversation_that_is_not_there_is_no_room(platform, card):
    with pytest.raises(Gone) as gone:
        await platform.post("D0NOBODY", card("One"), "k")

    assert not isinstance(gone.value, RoomGone)


async def test_mistake_of_ours_is_logged_by_slacks_word_for_it(platform, peer, team, card, logged):
    peer.unkind.error("invalid_blocks")
    with pytest.raises(Refusal):
        await platform.post(team.id, card("a private word"), "k")

    assert "invalid_blocks" in logged.getvalue()
    assert "a private word" not in logged.getvalue()


async def test_find_is_exact_and_by_place(platform, ruth, team, card):
    await platform.post(team.id, card("One"), "key-1")

    assert await platform.find("key", team.id) is None
    assert await platform.find("key-1", await platform.direct(ruth.id)) is None


async def test_key_in_a_message_of_somebody_else_counts_for_nothing(platform, peer, ruth, team):
    said = {"text": "x", "metadata": {"event_type": "critical_friend", "event_payload": {"key": "k"}}}
    posts.put(peer.workspace, team, ruth.id, said)

    assert await platform.find("k", team.id) is None


async def test_message_dropped_after_slack_accepted_is_found(platform, peer, ruth, team, card):
    peer.unkind.drop_after("chat.postMessage")
    with pytest.raises(LineDropped):
        await platform.post(team.id, card("One"), "k")
    [shown] = peer.messages(ruth, team)

    assert await platform.find("k", team.id) == f"{team.id}:{shown.ts}"


async def test_message_dropped_before_is_not_found(platform, peer, team, card):
    peer.unkind.drop_before("chat.postMessage")
    with pytest.raises(LineDropped):
        await platform.post(team.id, card("One"), "k")

    assert await platform.find("k", team.id) is None


async def test_nobody_looks_back_for_ever(platform, peer, team, card):
    for number in range(230):
        await platform.line.call("chat.postMessage", channel=team.id, text=str(number))

    assert await platform.find("k", team.id) is None
    assert len(peer.called("conversations.history")) == 2


async def test_second_look_that_must_wait_is_let_go(platform, peer, team, card):
    peer.workspace.switches.longest_history = 15
    for number in range(20):
        await platform.line.call("chat.postMessage", channel=team.id, text=str(number))
    peer.unkind.too_many("conversations.history", seconds=60, when=lambda args: "cursor" in args)

    assert await platform.find("k", team.id) is None


async def test_first_look_that_must_wait_waits(platform, peer, team):
    peer.unkind.too_many("conversations.history", seconds=60)
    with pytest.raises(TooMany):
        await platform.find("k", team.id)


async def test_whisper_is_never_posted(platform, peer, ruth, team, card):
    with pytest.raises(Gone):
        await platform.post(team.id, card("One"), "k", only_for=ruth.id)

    assert peer.messages(ruth, team) == []


# Several messages


async def test_long_card_is_several_messages_in_order_with_its_buttons_last(platform, peer, ruth, team, long):
    address = await platform.post(team.id, long, "k")

    assert _stands(peer, ruth, team) == [("x x", "k", []), ("x x", "k/2", []), ("x x", "k/3", ["Open"])]
    assert address == f"{team.id}:{','.join(shown.ts for shown in peer.messages(ruth, team))}"
    assert await platform.find("k", team.id) == address


@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("how", ["drop_after", "drop_before", "too_many"])
async def test_long_card_that_was_interrupted_is_completed_and_not_doubled(
    platform, peer, ruth, team, long, part, how
):
    of_part = {"when": lambda args: args["metadata"]["event_payload"]["part"] == part}
    getattr(peer.unkind, how)("chat.postMessage", **of_part)
    with pytest.raises((LineDropped, TooMany)):
        await platform.post(team.id, long, "k")
    whole = how == "drop_after" and part == 3
    found = await platform.find("k", team.id)
    address = found or await platform.post(team.id, long, "k")

    assert (found is not None) is whole
    assert [key for _, key, _ in _stands(peer, ruth, team)] == ["k", "k/2", "k/3"]
    assert address == await platform.find("k", team.id)


# Edits


async def test_card_is_edited_where_it_stands(platform, peer, ruth, team, card):
    address = await platform.post(team.id, card("One", OPEN), "k")
    stands = await platform.edit(address, card("Two"), "k2")

    assert stands == address
    assert _stands(peer, ruth, team) == [("Two", "k", [])]


async def test_card_that_grows_and_shrinks_keeps_its_first_message(platform, peer, ruth, team, card, long):
    small = await platform.post(team.id, card("One"), "k")
    grown = await platform.edit(small, long, "k2")
    three = _stands(peer, ruth, team)
    shrunk = await platform.edit(grown, card("Two", OPEN), "k3")

    assert three == [("x x", "k", []), ("x x", "k2/2", []), ("x x", "k2/3", ["Open"])]
    assert grown.startswith(small)
    assert (shrunk, _stands(peer, ruth, team)) == (small, [("Two", "k", ["Open"])])


async def test_edit_that_was_interrupted_while_growing_is_not_doubled(platform, peer, ruth, team, card, long):
    small = await platform.post(team.id, card("One"), "k")
    peer.unkind.drop_after("chat.postMessage")
    with pytest.raises(LineDropped):
        await platform.edit(small, long, "k2")
    await platform.edit(small, long, "k2")

    assert [key for _, key, _ in _stands(peer, ruth, team)] == ["k", "k2/2", "k2/3"]


async def test_surplus_that_may_not_be_deleted_is_emptied(platform, peer, ruth, team, card, long):
    address = await platform.post(team.id, long, "k")
    peer.unkind.error("cant_delete_message", "chat.delete", times=2)
    await platform.edit(address, card("Two"), "k2")

    assert [(shown.plain, shown.labels) for shown in peer.messages(ruth, team)] == [
        ("Two", []),
        ("–", []),
        ("–", []),
    ]


async def test_card_that_is_too_old_to_be_changed_is_gone_so_that_it_is_posted_anew(
    platform, peer, team, card
):
    address = await platform.post(team.id, card("One"), "k")
    peer.unkind.error("edit_window_closed", "chat.update")
    with pytest.raises(Gone):
        await platform.edit(address, card("Two"), "k")


async def test_card_that_somebody_deleted_is_gone_with_all_its_messages(platform, peer, ruth, team, long):
    address = await platform.post(team.id, long, "k")
    [_, second, _] = peer.messages(ruth, team)
    posts.remove(peer.workspace, team, posts.at(peer.workspace, team.id, second.ts))
    with pytest.raises(Gone):
        await platform.edit(address, long, "k2")

    assert peer.messages(ruth, team) == []


async def test_address_that_is_none_is_gone(platform, card):
    for address in ("", "nonsense", "C1:"):
        with pytest.raises(Gone):
            await platform.edit(address, card("Two"), "k2")


# Pins and homes


async def test_card_is_pinned_by_its_first_message_and_twice_is_well(platform, peer, ruth, team, long):
    address = await platform.post(team.id, long, "k")
    for _ in range(2):
        await platform.pin(address)

    assert [shown.pinned for shown in peer.messages(ruth, team)] == [True, False, False]


async def test_card_that_is_gone_cannot_be_pinned(platform, team):
    with pytest.raises(Gone):
        await platform.pin(f"{team.id}:1.2")


async def test_home_shows_the_newest_card(platform, peer, ruth, card):
    await platform.home(ruth.id, card("One", OPEN), "h1")
    await platform.home(ruth.id, card("Two", OPEN), "h2")
    home = peer.home(ruth)

    assert ("One" in home.plain, "Two" in home.plain) == (False, True)
    assert [control.label for control in home.controls] == ["Open"]


async def test_home_of_nobody_is_gone(platform, card):
    with pytest.raises(Gone):
        await platform.home("U0NOBODY", card("One"), "h1")


# What is never done


async def test_nothing_is_scheduled_with_slack_and_nobody_is_listed(platform, peer, ruth, team, card, long):
    await platform.post(team.id, long, "k")
    await platform.find("k", team.id)
    await platform.make_room("Exampleshire", "", "room:1")
    await platform.look_up("ruth@northmere.example")
    called = {call.method for call in peer.calls}

    assert called & {"chat.scheduleMessage", "users.list", "conversations.list"} == set()
