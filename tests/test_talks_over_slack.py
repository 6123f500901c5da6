"""Every talk in tests/talks is played over Slack: signed HTTP requests, and a websocket in Socket Mode."""

import pytest

from bot.talk.play import play
from bot.talk.script import read
from tests.conftest import TALKS
from tests.fakes.slack_stage.house import slack_house

EVERY = sorted(path.stem for path in TALKS.glob("*.talk"))


async def talk_holds(house, name):
    async for _ in play(read((TALKS / f"{name}.talk").read_text()), house.stage):
        pass


@pytest.mark.parametrize("name", EVERY)
async def test_talk_over_slack_holds(tmp_path, name):
    async with slack_house(tmp_path) as house:
        await talk_holds(house, name)


@pytest.mark.parametrize("name", ["thin_thread"])
async def test_talk_over_socket_mode_holds(tmp_path, name):
    async with slack_house(tmp_path, socket_mode=True) as house:
        await talk_holds(house, name)
