"""A small real Bolt app against the peer, over HTTP or Socket Mode, that tests tell what to answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from tests.fakes.slack import Peer
from tests.fakes.slack.workspace import Json

URL = "http://bot.example/slack/events"
Answer = Callable[[Json], Awaitable[BoltResponse]]


async def nothing(_payload: Json) -> BoltResponse:
    """Take it, and say nothing."""
    return BoltResponse(status=200)


def answering(body: Any = "") -> Answer:
    """Answer with this body."""

    async def answer(_payload: Json) -> BoltResponse:
        return BoltResponse(status=200, body=body)

    return answer


@dataclass
class Bolted:
    """What the app was sent, and how it answers each kind of payload."""

    client: AsyncWebClient
    heard: list[Json] = field(default_factory=list)
    answer: Answer = nothing
    socket: AsyncSocketModeHandler | None = None

    @property
    def events(self) -> list[str]:
        """The types of the events it heard, in order."""
        return [payload["event"]["type"] for payload in self.heard if "event" in payload]

    async def take(self, payload: Json) -> BoltResponse:
        """Take a payload and answer as told."""
        self.heard.append(payload)
        return await self.answer(payload)


def client_of(peer: Peer, token: str | None = None) -> AsyncWebClient:
    """The SDK's own client, which tries nothing twice."""
    return AsyncWebClient(token=token or peer.app.bot_token, base_url=peer.api_url, retry_handlers=[])


@asynccontextmanager
async def bolted(peer: Peer) -> AsyncIterator[Bolted]:
    """Run the app for a while, the way the peer's manifest says."""
    found = Bolted(client=client_of(peer))
    app = AsyncApp(client=found.client, signing_secret=peer.app.secret, process_before_response=True)

    @app.middleware
    async def everything(body, next):  # noqa: A002 - Bolt asks for it by this name
        return await found.take(body)

    if peer.app.by_socket:
        found.socket = AsyncSocketModeHandler(app, peer.app.app_token, web_client=found.client)
        await found.socket.connect_async()
        await peer.sockets.connected()
    else:
        take = AsyncSlackRequestHandler(app).handle
        peer.serve(URL, Starlette(routes=[Route("/slack/events", take, methods=["POST"])]))
    try:
        yield found
    finally:
        if found.socket:
            await found.socket.close_async()
