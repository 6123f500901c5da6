"""A bot served in a fake chat that it can speak in, and where nobody says anything."""

from contextlib import asynccontextmanager

import httpx

from bot.house import house as house_of
from store.challenge import Challenge
from store.person import PersonAccount
from tests.fakes.house import CHAT, TENANT
from tests.fakes.port import FakePort


class Speaking:
    """A surface over a fake port."""

    name = FakePort.name
    trusted = frozenset()
    routes = ()

    def __init__(self):
        self.platform, self.silent = FakePort(), None

    async def trouble(self):
        return self.silent

    async def start(self, ear):
        pass

    async def stop(self, seconds):
        pass


@asynccontextmanager
async def speaking(house):
    """A house over the store of another one; its surface is the only one of its surfaces."""
    served = house_of(house.store, house.desk, [Speaking()], house.clock)
    try:
        yield served
    finally:
        served.bot.ear.close()


def hurry(served):
    """Let the end wait for nothing that is in hand."""
    served.ending.begin()
    served.ending._until = 0


def queue(house, name, key, **of):
    """Owe somebody a message."""

    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        about = session.get_one(Challenge, 1)
        post.to_person(person, "for_person", {"text": key}, key=key, challenge=about, **of)

    house.post(unit)


async def got(app, path, **headers):
    """What a page answers."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        return await client.get(path, headers=headers)
