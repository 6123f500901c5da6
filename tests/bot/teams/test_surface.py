"""Teams as people meet it: what they do is heard once and answered once."""

from sqlalchemy import select

from store.heard import Heard


def _heard(teams):
    """Every act of a person's that was heard."""
    return teams.house.ask(select(Heard).where(Heard.answer.is_not(None)).order_by(Heard.id))


async def _says(teams, user, text, place=None, **of):
    act = await teams.peer.say(user, place or teams.peer.direct(user), text, **of)
    await teams.rest()
    return act


async def test_word_in_the_personal_chat_is_answered_there(teams):
    act = await _says(teams, teams.jo, "help")

    [answer] = teams.of_the_bot(teams.jo)
    [heard] = _heard(teams)
    assert (act.trouble, heard.direct, heard.handed_over_at is not None) == (None, True, True)
    assert "help" in answer.plain
