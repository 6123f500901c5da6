"""A challenge that nothing disturbs leaves nothing undone, whenever the bot looks at itself."""

import pytest
from sqlalchemy import select

from bot.pace import Pace
from handlers import auditing
from store.finding import Finding
from store.programme import the_programme
from tests.conftest import TALKS, talk


@pytest.fixture
def looks(monkeypatch):
    """What a look at itself finds, whenever the bot has come to rest; and how many looks there were."""
    found, rest = [], Pace._rest

    async def rest_and_look(self):
        await rest(self)
        found.append(await self._bot.ear.work(lambda session: _found(session, self._bot.ear)))

    monkeypatch.setattr(Pace, "_rest", rest_and_look)
    return found


def _found(session, ear):
    programme, clock = the_programme(session), ear.clock
    if programme is None:
        return []
    return auditing.look(session, programme, ear.desk.words, ear.desk.shapes, clock.now(), clock.wall())


@pytest.mark.parametrize("name", ["whole_challenge", "two_day", "evaluation"])
async def test_undisturbed_talk_leaves_nothing_undone(room, looks, name):
    rehearsal, client = room
    await talk(client, (TALKS / f"{name}.talk").read_text())

    assert [found for found in looks if found] == []
    assert rehearsal._store.work(lambda session: session.scalars(select(Finding)).all()) == []
    assert len(looks) > 50
