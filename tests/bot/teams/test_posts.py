"""Cards in Teams: posted, edited in place, emptied; a card that was posted in part is completed."""

import pytest

from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.teams.addresses import Address
from bot.teams.platform import TeamsPlatform
from handlers.message import Button
from tests.bot.teams.in_teams import connected
from tests.fakes.teams import posts

LONG, LONGER = "x " * 30_000, "y " * 50_000
"""Cards of two messages, and of three."""


@pytest.fixture
async def chat(peer, platform, ruth):
    """Ruth's personal chat."""
    return await peer.install(ruth)


@pytest.fixture(params=["personal", "channel"])
def place(request, chat, channel):
    """A personal chat, and a channel."""
    return chat if request.param == "personal" else channel


def _lengths(peer, *where):
    return [len(text) for text in peer.plain(*where)]


async def test_card_in_a_personal_chat_is_seen_and_stands_where_its_address_says(
    platform, peer, ruth, chat, card
):
    address = await platform.post(chat.id, card("Hello", Button(label="Agree", phrase="agree")), "key")
    [shown] = peer.messages(ruth)

    assert (shown.plain, shown.labels) == ("Hello", ["Agree"])
    assert address == f"{chat.id} {shown.id}"


async def test_card_in_a_personal_chat_is_told_and_one_in_a_room_is_not(
    platform, peer, ruth, chat, channel, card
):
    for place in (chat, channel):
        await platform.post(place.id, card("Hello"), place.id)
    told = [one.body for one in peer.called("send")] + [one.body["activity"] for one in peer.called("create")]

    assert [one.get("channelData") for one in told] == [{"notification": {"alert": True}}, None]
    assert [one["summary"] for one in told] == ["Hello", "Hello"]
    assert all("text" not in one for one in told)


async def test_answer_is_not_told_to_somebody_who_is_looking(platform, peer, chat, card):
    await platform.answer(chat.id, card("Hello"), "key")

    assert "channelData" not in peer.called("send")[0].body


async def test_card_in_a_channel_begins_a_thread_and_its_other_messages_stand_in_it(
    platform, peer, ruth, channel, card
):
    address = await platform.post(channel.id, card(LONG), "key")
    first, second = peer.messages(ruth, channel)[1:]

    assert (first.thread, second.thread) == (first.id, first.id)
    assert address == f"{channel.id};messageid={first.id} {first.id} {second.id}"


async def test_answer_in_a_thread_stands_there(platform, peer, ruth, channel, card):
    [asked] = peer.messages(ruth, channel)
    await platform.answer(f"{channel.id};messageid={asked.id}", card("Hello"), "key")

    assert [(one.thread, one.author) for one in peer.messages(ruth, channel)] == [
        (asked.id, "Jo Baker"),
        (asked.id, None),
    ]


async def test_card_in_a_group_chat_is_a_message_there(platform, peer, jo, ruth, card):
    chat = peer.add_chat("Sponsors", jo, ruth)
    await peer.install_in(chat, by=jo)
    address = await platform.post(chat.id, card("Hello"), "key")

    assert (peer.plain(ruth, chat), address) == (["Hello"], f"{chat.id} {peer.messages(ruth, chat)[0].id}")


async def test_card_is_edited_in_its_place(platform, peer, ruth, card, place):
    before = await platform.post(place.id, card("Before"), "one")
    after = await platform.edit(before, card("After"), "two")

    assert after == before
    assert peer.plain(ruth, place) == ["After"]


async def test_card_that_grows_shrinks_and_grows_again_keeps_its_messages(platform, peer, ruth, card, place):
    address = await platform.post(place.id, card("short"), "one")
    seen = [_lengths(peer, ruth, place)]
    for key, text in (("two", LONGER), ("three", "short"), ("four", LONG)):
        address = await platform.edit(address, card(text), key)
        seen.append(_lengths(peer, ruth, place))
    stand = [one.id for one in peer.messages(ruth, place) if one.author is None]

    assert [len(one) for one in seen] == [1, 3, 3, 3]
    assert (seen[2], seen[3][2]) == ([5, 1, 1], 1)
    assert Address.read(address).messages == tuple(stand)


@pytest.mark.parametrize("part", [0, 1])
async def test_card_of_which_a_message_was_deleted_is_gone_and_the_rest_is_emptied(
    platform, peer, ruth, chat, card, part
):
    address = await platform.post(chat.id, card(LONG), "one")
    posts.remove(peer.tenancy, peer.messages(ruth)[part].post)
    with pytest.raises(Gone, match="Somebody deleted the message"):
        await platform.edit(address, card(LONG), "two")

    assert peer.plain(ruth) == ["\u2013"]


async def test_address_that_is_none_is_gone(platform, card):
    with pytest.raises(Gone, match="no such message"):
        await platform.edit("19:1@thread.tacv2", card("Hello"), "key")


async def test_place_that_was_never_heard_from_is_lost_until_it_is(platform, card):
    calls = [platform.post("19:1", card("x"), "1"), platform.edit("19:1 1", card("x"), "1")]
    for call in (*calls, platform.members("19:1")):
        with pytest.raises(RoomGone, match="removed"):
            await call


async def test_thread_whose_beginning_was_deleted_is_gone_and_its_channel_is_not(
    platform, peer, ruth, channel, card
):
    [asked] = peer.messages(ruth, channel)
    posts.remove(peer.tenancy, asked.post)
    with pytest.raises(Gone, match="Somebody deleted the message"):
        await platform.answer(f"{channel.id};messageid={asked.id}", card("Hello"), "key")


# What goes wrong in the middle


TROUBLES = {
    "too many": (TooMany, lambda unkind, **of: unkind.too_many(seconds=1, **of)),
    "not now": (NotNow, lambda unkind, **of: unkind.status(status=502, **of)),
    "dropped": (LineDropped, lambda unkind, **of: unkind.drop_before(**of)),
}


@pytest.mark.parametrize(("error", "trouble"), TROUBLES.values(), ids=TROUBLES)
async def test_card_that_was_posted_in_part_is_completed_under_its_key(
    platform, peer, ruth, card, place, error, trouble
):
    at = [0]

    def second(_args):
        at[0] += 1
        return at[0] == (2 if place.kind == "personal" else 1)

    trouble(peer.unkind, method="send", when=second)
    with pytest.raises(error):
        await platform.post(place.id, card(LONG), "key")
    address = await platform.post(place.id, card(LONG), "key")
    stand = [one.id for one in peer.messages(ruth, place) if one.author is None]

    assert len(stand) == 2
    assert Address.read(address).messages == tuple(stand)


async def test_card_that_says_something_else_by_the_time_it_is_completed_says_only_that(
    platform, peer, ruth, chat, card
):
    await _begin(platform, peer, chat, card)
    await platform.post(chat.id, card("short"), "key")

    assert peer.plain(ruth) == ["short"]


async def test_part_that_somebody_deleted_meanwhile_is_posted_anew_with_the_rest(
    platform, peer, ruth, chat, card
):
    await _begin(platform, peer, chat, card)
    posts.remove(peer.tenancy, peer.messages(ruth)[0].post)
    await platform.post(chat.id, card("short"), "key")

    assert peer.plain(ruth) == ["short"]
    assert platform.references.at(chat.id).gone is False


async def test_card_begun_in_one_place_is_whole_in_another(platform, peer, ruth, chat, channel, card):
    await _begin(platform, peer, chat, card)
    await platform.post(channel.id, card("short"), "key")

    assert peer.plain(ruth, channel) == ["short"]
    assert len(peer.plain(ruth, chat)) == 1


async def test_edit_that_grew_in_part_is_completed(platform, peer, ruth, chat, card):
    address = await platform.post(chat.id, card("short"), "one")
    sent = len(peer.called("send"))
    peer.unkind.too_many("send", when=lambda _: len(peer.called("send")) == sent + 1)
    with pytest.raises(TooMany):
        await platform.edit(address, card(LONGER), "two")
    address = await platform.edit(address, card(LONGER), "two")

    assert Address.read(address).messages == tuple(one.id for one in peer.messages(ruth))
    assert len(peer.messages(ruth)) == 3


async def _begin(platform, peer, chat, card):
    """Post one of the two messages of a card, and no more."""
    sent = len(peer.called("send"))
    peer.unkind.too_many("send", when=lambda _: len(peer.called("send")) > sent)
    with pytest.raises(TooMany):
        await platform.post(chat.id, card(LONG), "key")


async def test_room_that_is_gone_says_why(platform, peer, jo, team, channel, card):
    address = await platform.post(channel.id, card("Hello"), "one")
    team.archived = True
    for call in (platform.post(channel.id, card("x"), "two"), platform.edit(address, card("x"), "three")):
        with pytest.raises(RoomGone, match="archived"):
            await call
    team.archived, team.bot = False, False
    with pytest.raises(RoomGone, match="removed"):
        await platform.post(channel.id, card("x"), "four")
    peer.forget(channel)
    with pytest.raises(RoomGone, match="deleted"):
        await platform.post(channel.id, card("x"), "five")


# In another process


@pytest.fixture
async def another(peer, platform, chat):
    """What another process knows, which heard what this one did."""
    async with connected(peer) as transport:
        another = TeamsPlatform(transport, peer.app.tenant)
        for known in (*await platform.references.chats(), *await platform.references.shared()):
            await another.references.keep(known)
        yield another


async def test_card_that_another_process_posted_in_part_is_completed(
    platform, another, peer, ruth, chat, card
):
    await _begin(platform, peer, chat, card)
    begun = platform.begun("key")
    address = await another.post(chat.id, card(LONG), "key", None, begun)
    stand = [one.id for one in peer.messages(ruth)]

    assert (Address.read(begun).messages, another.begun("key")) == ((stand[0],), None)
    assert (Address.read(address).messages, len(stand)) == (tuple(stand), 2)


async def test_card_that_another_process_went_on_with_is_completed_here(
    platform, another, peer, ruth, chat, card
):
    await _begin(platform, peer, chat, card)
    sent = len(peer.called("send"))
    peer.unkind.too_many("send", when=lambda _: len(peer.called("send")) > sent)
    with pytest.raises(TooMany):
        await another.post(chat.id, card(LONGER), "key", None, platform.begun("key"))
    address = await platform.post(chat.id, card(LONGER), "key", None, another.begun("key"))
    stand = [one.id for one in peer.messages(ruth)]

    assert (Address.read(address).messages, len(stand)) == (tuple(stand), 3)
