"""Every talk in tests/talks is played over Slack's Socket Mode, on a real websocket."""

import pytest

from bot.talk.script import read
from tests.conftest import TALKS
from tests.fakes.slack_stage.house import slack_house


@pytest.mark.parametrize("name", sorted(path.stem for path in TALKS.glob("*.talk")))
async def test_talk_over_socket_mode_holds(tmp_path, name):
    async with slack_house(tmp_path, socket_mode=True) as house:
        await house.plays(name)
        assert house.peer.deliverer.lost == []


async def test_talk_over_connections_that_slack_ends_between_its_acts_holds(tmp_path):
    async with slack_house(tmp_path, socket_mode=True) as house:
        for step in read((TALKS / "thin_thread.talk").read_text()):
            await house.peer.sockets.disconnect()
            await house.takes(step)
        assert house.peer.deliverer.lost == []
        assert house.peer.sockets.opened > 10
