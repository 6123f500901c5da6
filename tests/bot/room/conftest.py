"""A room with a fake house behind it, and its web address."""

import httpx
import pytest

from bot.room import web
from tests.bot.room.fake_house import FakeHouse


@pytest.fixture
def house(tmp_path):
    house = FakeHouse(tmp_path / "chat.sqlite3")
    yield house
    house.chat.close()


@pytest.fixture
def chat(house):
    return house.chat


@pytest.fixture
def platform(house):
    return house.platform


@pytest.fixture
async def http(house):
    transport = httpx.ASGITransport(web.app(house.chat, house.platform, house))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
        yield client
