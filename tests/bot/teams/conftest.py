"""A scripted Microsoft and the transport to it; and a house."""

import time

import pytest

from bot.teams.botframework import BotFramework
from tests.bot.teams.microsoft import Microsoft, settings
from tests.bot.teams.served import in_teams
from tests.fakes.fixtures import desk, furnished, house, logged

__all__ = ["desk", "furnished", "house", "logged"]


@pytest.fixture
async def microsoft():
    async with Microsoft() as microsoft:
        yield microsoft


@pytest.fixture
async def transport(microsoft):
    transport = BotFramework(settings(), time.time, microsoft.cloud, microsoft.http)
    await transport.open()
    yield transport
    await transport.close()


@pytest.fixture
async def teams(house):
    """The bot in a local Teams."""
    async with in_teams(house) as found:
        yield found
