"""A scripted Microsoft and the transport to it; a strict local Teams and the platform in it; and a house."""

import time
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.teams.botframework import BotFramework
from bot.teams.conversations import account_id, conversation_of
from bot.teams.platform import TeamsPlatform
from handlers.message import Card, Paragraph, Run
from tests.bot.teams.in_teams import connected
from tests.bot.teams.microsoft import Microsoft, settings
from tests.bot.teams.served import in_teams
from tests.fakes.fixtures import desk, furnished, house, logged
from tests.fakes.teams import Peer

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


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer


@pytest.fixture
async def platform(peer):
    """The platform in a local Teams. It keeps from where it hears something, and answers nothing."""
    async with connected(peer) as transport:
        platform = TeamsPlatform(transport, peer.app.tenant)
        peer.serve("https://bot.example/api/messages", _hearing(platform))
        yield platform


def _hearing(platform):
    async def hear(activity):
        where = conversation_of(activity)
        by = account_id(activity["from"]) if where.direct else None
        await platform.references.keep(replace(where, account=by))

    async def received(request: Request) -> Response:
        transport = platform.calls.transport
        response = await transport.receive(request.headers, await request.body(), hear)
        return Response(status_code=response.status)

    return Starlette(routes=[Route("/api/messages", received, methods=["POST"])])


@pytest.fixture
def ruth(peer):
    return peer.add_person("Ruth Okafor", email="ruth@northmere.example")


@pytest.fixture
def jo(peer):
    return peer.add_person("Jo Baker", email="jo@programme.example")


@pytest.fixture
async def team(peer, platform, jo, ruth):
    """A team of Jo's with Ruth in it, and the app."""
    team = peer.add_team("Peer challenges", jo, ruth)
    await peer.install_in(team, by=jo)
    return team


@pytest.fixture
async def channel(peer, team, jo):
    """A channel in which the bot was mentioned."""
    channel = peer.add_channel(team, "Northmere team")
    await peer.say(jo, channel, "@Critical Friend hello")
    return channel


@pytest.fixture
def card():
    """What makes a card of a sentence and some buttons."""
    return lambda text, *buttons: Card(blocks=(Paragraph((Run(text),)),), plain=text, buttons=buttons)
