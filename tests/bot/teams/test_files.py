"""A file or a picture sent to the bot in Teams: nobody reads it, and whoever sent it is told."""

import pytest

FILE = "application/vnd.microsoft.teams.file.download.info"


async def _sends(teams, place, text, kind):
    await teams.peer.say(teams.helen, place, text, file=kind)
    await teams.rest()
    return [answer.plain for answer in teams.of_the_bot(teams.helen)]


def _words(teams):
    return teams.house.answer("file_not_read", {"chat": "teams"}).plain


@pytest.mark.parametrize("kind", ["image/png", FILE])
@pytest.mark.parametrize("text", ["", "\n"])
async def test_file_without_words_is_answered_once_and_not_read(teams, kind, text):
    assert await _sends(teams, teams.peer.direct(teams.helen), text, kind) == [_words(teams)]


async def test_file_beside_words_is_let_be_and_the_words_are_heard(teams):
    [plain] = await _sends(teams, teams.peer.direct(teams.helen), "help", FILE)

    assert plain.startswith("Three things you could say here")


async def test_picture_in_a_room_that_names_the_bot_is_answered_to_whoever_sent_it(teams):
    room = await teams.room("liaison")
    [plain] = await _sends(teams, room, "@Critical Friend", "image/png")

    assert plain == f"In the liaison room of Exampleshire:\n{_words(teams)}"


async def test_picture_in_a_room_that_does_not_name_the_bot_is_chatter(teams):
    assert await _sends(teams, await teams.room("liaison"), "", "image/png") == []


@pytest.mark.parametrize("kind", ["text/html", "messageReference", "application/vnd.microsoft.card.adaptive"])
async def test_what_is_no_file_is_answered_by_nobody(teams, kind):
    assert await _sends(teams, teams.peer.direct(teams.helen), "", kind) == []
