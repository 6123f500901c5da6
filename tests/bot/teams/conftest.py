"""A scripted Microsoft, and the transport to it."""

import time

import pytest

from bot.teams.botframework import BotFramework
from tests.bot.teams.microsoft import Microsoft, settings


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
