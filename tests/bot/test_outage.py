"""While the database is in trouble the log tells so once, and once that it is over; nobody made a mistake."""

import asyncio
import json

import pytest

from bot import app, postman, stock, watch
from bot.stock import keep_taking
from bot.watch import Watch
from store.trouble import Away, Busy, Full, InDoubt
from tests.bot.speaking import Speaking

TROUBLES = [Away("57P01"), Busy("55P03"), Full("53100"), InDoubt("08006")]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    for module, name in (
        (app, "BURST_SECONDS"), (app, "PATIENCE_SECONDS"), (app, "PURGE_PAUSE"), (postman, "_PATIENCE"),
        (stock, "AGAIN_AFTER"), (watch, "EVERY"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 0.01)


def _loops(bot, port):
    """What runs for ever, or again and again, by itself."""
    bot.ear.stirred.set()
    silent = Speaking()
    silent.silent = "token_revoked"
    jobs = {job.id: job.func for job in bot.scheduler().get_jobs()}
    return [
        bot.postman.run(), bot.follow(bot.tick), bot.purge(), keep_taking(bot.ear, {port.name: port}),
        Watch(bot.ear, [silent]).keep_looking(), jobs["tick"](), jobs["audit"](),
    ]  # fmt: skip


def _told(logged):
    lines = map(json.loads, logged.getvalue().splitlines())
    return [line for line in lines if line["event"] != "chat_is_silent"]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: type(trouble).__name__)
async def test_database_in_trouble_is_told_once_by_all_that_meet_it(bot, port, monkeypatch, logged, trouble):
    real = bot.ear.store.work

    def away(_unit):
        raise trouble

    monkeypatch.setattr(bot.ear.store, "work", away)
    monkeypatch.setattr(watch, "TOLD_AFTER", watch.TOLD_AFTER * 0)
    running = [asyncio.create_task(loop) for loop in _loops(bot, port)]
    await asyncio.sleep(1)
    monkeypatch.setattr(bot.ear.store, "work", real)
    await asyncio.sleep(0.5)
    broken = [task.exception() for task in running if task.done() and task.exception()]
    for task in running:
        task.cancel()

    assert broken == []
    assert [{name: line.get(name) for name in ("event", "level", "code")} for line in _told(logged)] == [
        {"event": "database_away", "level": "warning", "code": str(trouble)},
        {"event": "database_back", "level": "warning", "code": None},
    ]


async def test_next_trouble_is_told_again(ear, monkeypatch, logged):
    real = ear.store.work

    def away(_unit):
        raise Away("57P01")

    for _ in range(2):
        monkeypatch.setattr(ear.store, "work", away)
        with pytest.raises(Away):
            await ear.work(lambda _session: None)
        monkeypatch.setattr(ear.store, "work", real)
        await ear.work(lambda _session: None)

    assert [line["event"] for line in _told(logged)] == ["database_away", "database_back"] * 2
