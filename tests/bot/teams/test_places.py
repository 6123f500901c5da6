"""Places are asked one after the other, and trouble in one hides nothing in another."""

import asyncio

import pytest

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.teams import places
from bot.teams.conversations import Conversation
from bot.teams.places import Places


def _place(address):
    return Conversation(address=address, tenant="t", kind="group", service_url="https://a.example")


HERE = [_place(name) for name in ("one", "two", "three")]


class Asked:
    """What is found, or raised, at each address; nothing elsewhere."""

    def __init__(self, **at):
        self.at = at
        self.asked = []
        self.time = 0.0
        self.places = Places(lambda: self.time)

    async def first(self):
        self.asked.clear()
        return await self.places.first(HERE, self._ask)

    async def _ask(self, place):
        self.asked.append(place.address)
        found = self.at.get(place.address)
        if found == "hangs":
            await asyncio.Event().wait()
        if isinstance(found, Exception):
            raise found
        return found


async def test_first_that_is_found_counts():
    asked = Asked(two="Ruth", three="Dana")

    assert (await asked.first(), asked.asked) == ("Ruth", ["one", "two"])


@pytest.mark.parametrize("trouble", [NotNow(), LineDropped(), TooMany(3), Gone("removed"), "hangs"])
async def test_trouble_in_one_place_hides_nobody_in_another(monkeypatch, trouble):
    monkeypatch.setattr(places, "PATIENCE", 0.01)

    assert await Asked(one=trouble, three="Ruth").first() == "Ruth"


async def test_nobody_anywhere_is_nobody():
    assert await Asked(one=Gone("removed")).first() is None


@pytest.mark.parametrize(
    ("trouble", "raised"), [(TooMany(3), TooMany), (LineDropped(), LineDropped), ("hangs", NotNow)]
)
async def test_nobody_found_beside_trouble_is_no_no(monkeypatch, trouble, raised):
    monkeypatch.setattr(places, "PATIENCE", 0.01)
    with pytest.raises(raised):
        await Asked(one=trouble, two=NotNow()).first()


async def test_place_that_was_out_of_order_is_asked_last_for_a_while():
    asked = Asked(one=NotNow(), three="Ruth")
    orders = []
    for _ in range(3):
        await asked.first()
        orders.append(tuple(asked.asked))
        asked.time += 200

    assert orders == [("one", "two", "three"), ("two", "three"), ("one", "two", "three")]
