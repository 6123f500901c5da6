"""Nothing rests on words that may be forgotten: talks hold though every one is, at once."""

import pytest

from bot.pace import Pace
from store import erasing
from tests.conftest import TALKS, talk


@pytest.fixture
def forgetful(monkeypatch):
    """The bot forgets the words of every answer and message as soon as they stand; how many there were."""
    forgotten, rest = [], Pace._rest

    async def rest_and_forget(self):
        await rest(self)
        forgotten.append(await self._bot.ear.work(lambda session: _forget(session, self._clock.now())))

    monkeypatch.setattr(Pace, "_rest", rest_and_forget)
    return forgotten


def _forget(session, now):
    return sum(_all(step, session, now) for step in (erasing.empty_answers, erasing.empty_sent))


def _all(step, session, now):
    rows, mark = 0, None
    while True:
        batch = step(session, now, mark)
        rows, mark = rows + batch.rows, batch.next
        if mark is None:
            return rows


@pytest.mark.parametrize("name", ["whole_challenge", "rooms", "closing"])
async def test_talk_holds_though_every_word_is_forgotten_at_once(room, forgetful, name):
    _, client = room

    assert await talk(client, (TALKS / f"{name}.talk").read_text())
    assert sum(forgetful) > 20
