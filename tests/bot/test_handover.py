"""An answer that takes too long to be shown is broken off, before somebody else looks for it."""

import asyncio

from bot import handover
from bot.answering import Response
from bot.handover import Handover
from handlers.delivering import UNHEARD_AFTER
from store.outbox import Outgoing


def test_answer_is_given_up_before_others_look_for_it():
    assert UNHEARD_AFTER.total_seconds() - handover.SECONDS >= 10


async def test_answer_that_is_never_shown_is_broken_off_and_looked_for(ear, house, port, monkeypatch):
    monkeypatch.setattr(handover, "SECONDS", 0.01)
    said = house.said("Jo", "next")
    await ear.hear(said)
    shown = []

    async def showing():
        await asyncio.sleep(0.1)
        shown.append(said.id)

    await Handover(ear, port).of(said.id, showing(), Response())
    await asyncio.sleep(0.2)

    assert (house.one(Outgoing, key=said.id).state, shown) == ("uncertain", [])
