"""A house for the tests of Slack, served in both ways; and the platform alone, in a strict local Slack."""

import pytest

from bot.settings import Settings
from bot.slack import platform as platforms
from bot.slack.manifest import manifest
from handlers.message import Card, Paragraph, Run
from tests.bot.slack.served import Requests, in_slack
from tests.fakes.fixtures import desk, furnished, house, logged
from tests.fakes.slack.peer import Peer

__all__ = ["desk", "furnished", "house", "logged"]


@pytest.fixture(params=["http", "socket"])
async def slack(request, house):
    """The bot in a local Slack, over HTTP and over Socket Mode."""
    async with in_slack(house, by_socket=request.param == "socket") as found:
        yield found


@pytest.fixture
async def http(house):
    """Requests that are signed as Slack signs them, whatever is in them."""
    async with in_slack(house) as found:
        yield Requests(found)


@pytest.fixture
async def peer():
    async with Peer(manifest=manifest()) as peer:
        yield peer


@pytest.fixture
async def platform(peer):
    settings = Settings(slack_bot_token=peer.app.bot_token, slack_api_url=peer.api_url)
    async with platforms.opened(settings) as platform:
        yield platform


@pytest.fixture
def ruth(peer):
    return peer.add_person("Ruth Okafor", email="ruth@northmere.example")


@pytest.fixture
async def team(peer, ruth):
    """A private channel with Ruth and the bot in it."""
    channel = peer.add_channel("team", ruth)
    await peer.invite_app(channel, ruth)
    return channel


@pytest.fixture
def card():
    """What makes a card of a sentence and some buttons."""
    return lambda text, *buttons: Card(blocks=(Paragraph((Run(text),)),), plain=text, buttons=buttons)
