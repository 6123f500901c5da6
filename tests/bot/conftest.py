"""A house for the tests of the bot, and the parts of the bot over it."""

import pytest

from bot.app import Bot
from bot.hear import Ear
from bot.postman import Postman
from tests.fakes.fixtures import desk, furnished, house, logged
from tests.fakes.port import FakePort

__all__ = ["desk", "furnished", "house", "logged"]


@pytest.fixture
async def ear(house):
    ear = Ear(house.store, house.desk, house.clock)
    yield ear
    ear.close()


@pytest.fixture
def port():
    return FakePort()


@pytest.fixture
async def bot(ear, port):
    return Bot(ear=ear, postman=Postman(ear, {port.name: port}))
