"""Every talk in tests/talks is played over Slack, by signed HTTP requests."""

import pytest

from tests.conftest import TALKS
from tests.fakes.slack_stage.house import slack_house


@pytest.mark.parametrize("name", sorted(path.stem for path in TALKS.glob("*.talk")))
async def test_talk_over_slack_holds(tmp_path, name):
    async with slack_house(tmp_path) as house:
        await house.plays(name)
        assert house.peer.deliverer.lost == []
