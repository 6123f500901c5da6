"""Slack as people meet it: what they do is heard once, and answered once, over HTTP and Socket Mode."""

from sqlalchemy import select

from store.heard import Heard


async def test_word_in_the_direct_conversation_is_answered_there(slack):
    direct = slack.peer.direct(slack.jo)
    await slack.peer.say(slack.jo, direct, "help")
    await slack.rest()

    [answer] = slack.of_the_bot(slack.jo, direct)
    [heard] = slack.house.ask(select(Heard))
    assert answer.metadata["event_payload"]["key"] == heard.id
    assert not answer.only_me
    assert heard.handed_over_at is not None
