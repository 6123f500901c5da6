"""A house for the tests of Slack, served in both ways."""

import pytest

from tests.bot.slack.served import in_slack
from tests.fakes.fixtures import desk, furnished, house, logged

__all__ = ["desk", "furnished", "house", "logged"]


@pytest.fixture(params=["http", "socket"])
async def slack(request, house):
    """The bot in a local Slack, over HTTP and over Socket Mode."""
    async with in_slack(house, by_socket=request.param == "socket") as found:
        yield found
