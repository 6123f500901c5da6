"""A chat that lets the bot neither hear nor speak is shown, and told to people once, when it lasts."""

import pytest
from sqlalchemy import select, update

from bot.watch import TOLD_AFTER, Watch
from store.outbox import Outgoing


class Chat:
    """A surface with a trouble, or none."""

    name = "slack"

    def __init__(self, trouble):
        self.now = trouble

    async def trouble(self):
        return self.now


@pytest.fixture
def chat():
    return Chat("token_revoked")


@pytest.fixture
def watch(ear, chat):
    return Watch(ear, [chat])


def _told(house):
    silences = select(Outgoing).where(Outgoing.template == "chat_silent")
    return [row.facts for row in house.ask(silences)]


async def test_trouble_is_shown_at_once_and_gone_with_its_end(watch, chat):
    await watch.look()
    shown = dict(watch.troubles)
    chat.now = None
    await watch.look()

    assert (shown, watch.troubles) == ({"slack": "token_revoked"}, {})


async def test_silence_that_lasts_is_told_to_the_programme_once(watch, house):
    begun = house.clock.wall()
    for _ in range(3):
        await watch.look()
        house.clock.wait(TOLD_AFTER.total_seconds())

    assert begun.isoformat() == "2026-07-06T08:00:00+00:00"
    assert _told(house) == [{"chat": "slack", "since": "2026-07-06T09:00"}]


async def test_short_silence_is_told_to_nobody(watch, chat, house):
    await watch.look()
    house.clock.wait(TOLD_AFTER.total_seconds() - 1)
    await watch.look()
    chat.now = None
    await watch.look()

    assert _told(house) == []


async def test_silence_that_several_processes_find_is_told_once(ear, house):
    house.clock.told = house.clock.machine
    processes = [Watch(ear, [Chat("token_revoked")]) for _ in range(2)]
    for process in processes:
        await process.look()
        house.clock.wait(1)
    house.clock.wait(TOLD_AFTER.total_seconds())
    house.clock.told = house.clock.machine
    for process in processes:
        await process.look()
        house.change(_read)

    assert [told["since"] for told in _told(house)] == ["2026-07-06T09:00"]


async def test_next_silence_is_told_when_the_last_was_read(watch, chat, house):
    for _ in range(2):
        await watch.look()
        house.clock.wait(TOLD_AFTER.total_seconds())
        await watch.look()
        chat.now = None
        await watch.look()
        house.change(_read)
        chat.now = "socket_closed"

    assert [told["since"] for told in _told(house)] == ["2026-07-06T09:00", "2026-07-06T09:05"]


def _read(session):
    session.execute(update(Outgoing).where(Outgoing.template == "chat_silent").values(state="sent"))


async def test_silences_that_nobody_could_read_are_one_message(watch, chat, house):
    for _ in range(2):
        await watch.look()
        house.clock.wait(TOLD_AFTER.total_seconds())
        await watch.look()
        chat.now = None
        await watch.look()
        chat.now = "token_revoked"

    assert [told["since"] for told in _told(house)] == ["2026-07-06T09:00"]
