"""At the end the postman finishes what it has in hand, breaks off what hangs, and gives back the rest."""

import asyncio

import pytest
from sqlalchemy import update

from store.outbox import Outgoing
from tests.bot.speaking import queue


@pytest.fixture
def house(house):
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _row(house, key):
    """What is written down of a message, but for when it may be tried again."""
    row = house.one(Outgoing, key=key)
    return row.state, row.attempts, row.lease_until


async def _begun(port):
    async with asyncio.timeout(5):
        while not port.calls:  # noqa: ASYNC110 - nobody tells when it has begun
            await asyncio.sleep(0.001)


async def test_call_that_hangs_at_the_end_is_uncertain_and_claimed_by_nobody(bot, house, port):
    port.hangs = "hello"
    queue(house, "Helen", "hello")
    running = asyncio.create_task(bot.postman.run())
    await _begun(port)
    bot.postman.end()
    await bot.postman.finish(0.05)
    await asyncio.wait_for(running, 5)

    assert _row(house, "hello") == ("uncertain", 1, None)


async def test_way_to_somebody_that_hangs_at_the_end_is_nothing_said(bot, house, port, monkeypatch):
    async def hangs(_account):
        port.calls.append(("direct", "helen"))
        await asyncio.Event().wait()

    monkeypatch.setattr(port, "direct", hangs)
    queue(house, "Helen", "hello")
    running = asyncio.create_task(bot.postman.run())
    await _begun(port)
    bot.postman.end()
    await bot.postman.finish(0.05)
    await asyncio.wait_for(running, 5)

    assert (_row(house, "hello"), port.calls) == (("ready", 1, None), [("direct", "helen")])


async def test_call_in_hand_that_ends_in_time_is_finished(bot, house, port):
    queue(house, "Helen", "hello")
    running = asyncio.create_task(bot.postman.run())
    await _begun(port)
    bot.postman.end()
    await bot.postman.finish(5)
    await asyncio.wait_for(running, 5)

    assert (_row(house, "hello"), port.texts()) == (("sent", 1, None), ["person: hello"])


@pytest.mark.parametrize("state", ["ready", "uncertain"])
async def test_what_is_claimed_while_the_end_begins_is_given_back_as_it_was(bot, house, port, state):
    for key, name in (("hello", "Helen"), ("and you", "Ruth")):
        queue(house, name, key)
    house.change(
        lambda session: session.execute(update(Outgoing).where(Outgoing.state == "ready").values(state=state))
    )
    before = [_row(house, key) for key in ("hello", "and you")]
    claiming = asyncio.create_task(bot.postman.deliver())
    await asyncio.sleep(0)  # the claim is on its way
    bot.postman.end()
    await claiming
    await bot.postman.finish(1)

    assert (port.calls, [_row(house, key) for key in ("hello", "and you")]) == ([], before)


async def test_nothing_is_taken_in_hand_after_the_end(bot, house, port):
    bot.postman.end()
    queue(house, "Helen", "hello")
    await asyncio.wait_for(bot.postman.run(), 5)

    assert (_row(house, "hello"), port.calls) == (("ready", 0, None), [])
