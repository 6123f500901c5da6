"""The peer, as Microsoft's own client for Python talks to it."""

import pytest
from botbuilder.schema import Activity, ChannelAccount, ConversationParameters, ErrorResponseException
from botframework.connector.aio import ConnectorClient
from msrest.authentication import BasicTokenAuthentication

from tests.fakes.teams.bot import card, message, words


@pytest.fixture
async def conversations(peer, bot):
    token = BasicTokenAuthentication({"access_token": bot.token})
    return ConnectorClient(token, peer.service_url).conversations


def said(text):
    return Activity().from_dict(message(card(words(text))))


async def test_client_sends_updates_and_deletes(peer, conversations, jo):
    chat = await peer.install(jo)
    sent = await conversations.send_to_conversation(chat.id, said("Hello"))
    replied = await conversations.reply_to_activity(chat.id, sent.id, said("And more"))
    updated = await conversations.update_activity(chat.id, sent.id, said("Goodbye"))
    await conversations.delete_activity(chat.id, replied.id)

    assert (updated.id, peer.plain(jo)) == (sent.id, ["Goodbye"])


async def test_client_creates_a_personal_chat_and_begins_a_thread(peer, conversations, jo, house):
    await peer.install_in(house, by=jo)
    bot = ChannelAccount(id=peer.app.bot)
    members = [ChannelAccount(id=jo.id)]
    asked = ConversationParameters(is_group=False, bot=bot, members=members, tenant_id=jo.tenant)
    chat = await conversations.create_conversation(asked)
    where = {"channel": {"id": house.id}, "tenant": {"id": jo.tenant}}
    asked = ConversationParameters(is_group=True, bot=bot, activity=said("Hello"), channel_data=where)
    thread = await conversations.create_conversation(asked)

    assert chat.id == peer.direct(jo).id
    assert thread.id == f"{house.id};messageid={thread.activity_id}"


async def test_client_reads_the_roster_and_what_was_refused(peer, conversations, jo, helen, house):
    await peer.install_in(house, by=jo)
    page = await conversations.get_conversation_paged_members(house.id, 50)
    assert [one.name for one in page.members] == ["Jo Baker", "Helen Marsh"]
    await peer.remove_from(house, by=jo)
    with pytest.raises(ErrorResponseException) as caught:
        await conversations.get_conversation_member(house.id, jo.id)

    assert caught.value.error.error.code == "BotNotInConversationRoster"
