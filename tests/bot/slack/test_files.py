"""A file or a picture sent to the bot in Slack: nobody reads it, and whoever sent it is told."""


async def _sends(slack, channel, text):
    await slack.peer.say(slack.helen, channel, text, file="children.xlsx")
    await slack.rest()
    return [answer.text for answer in slack.of_the_bot(slack.helen, channel)]


def _words(slack):
    return slack.house.answer("file_not_read", {"chat": "slack"}).plain


async def test_file_without_words_is_answered_once_and_not_read(slack):
    assert await _sends(slack, slack.peer.direct(slack.helen), "") == [_words(slack)]


async def test_file_beside_words_is_let_be_and_the_words_are_heard(slack):
    [text] = await _sends(slack, slack.peer.direct(slack.helen), "help")

    assert text.startswith("Three things you could say here")


async def test_file_in_a_room_that_names_the_bot_is_answered_to_whoever_sent_it(slack):
    room = await slack.team_room(slack.ruth, slack.helen)

    assert await _sends(slack, room, "@Critical Friend") == [_words(slack)]
    assert slack.of_the_bot(slack.ruth, room) == []


async def test_file_in_a_room_that_does_not_name_the_bot_is_chatter(slack):
    assert await _sends(slack, await slack.team_room(slack.ruth, slack.helen), "") == []
