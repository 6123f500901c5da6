"""Socket Mode: what Slack sends comes over a connection that the bot opened itself."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import ClientError, ClientWebSocketResponse
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import LineDropped, NotNow, TooMany
from bot.sent import sending
from bot.slack.bolt import left
from bot.slack.client import Line, Refusal
from bot.surface import CannotServe

log = structlog.get_logger()

_PING_SECONDS = 5
_ADDRESS_LASTS = 20
"""Seconds for which an address is tried. Slack gives one for a single connection, to be opened soon."""


class _Client(SocketModeClient):
    again: Callable[[], object]

    async def connect(self) -> None:
        """Connect, for as long as it takes. The SDK alone would try a dead address for ever."""
        first = self.current_session is None
        while not self.closed:
            try:
                async with asyncio.timeout(_ADDRESS_LASTS):
                    await super().connect()  # type: ignore[no-untyped-call]
            except TimeoutError:
                self.wss_uri = None
            else:
                if not first:
                    self.again()
                return


class Socket:
    """One connection, opened again whenever it ends, until it is closed.

    `again`: called when it was, as nobody knows for sure what was missed meanwhile.
    """

    def __init__(self, app: AsyncApp, app_token: str, base_url: str, again: Callable[[], object]) -> None:
        self._app = app
        web = AsyncWebClient(base_url=base_url, timeout=10, retry_handlers=[])
        self._client = _Client(app_token, web_client=web, ping_interval=_PING_SECONDS)
        self._client.again = again
        self._client.socket_mode_request_listeners.append(self._received)  # type: ignore[arg-type] # as the SDK calls it
        self._in_hand: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Connect. Raises CannotServe where Slack refuses the token or cannot be reached."""
        try:
            self._client.wss_uri = await self._address()
        except CannotServe:
            await self._client.close()  # type: ignore[no-untyped-call]
            raise
        await self._client.connect()

    async def is_open(self) -> bool:
        """Whether there is a connection now, over which Slack answers."""
        return await self._client.is_connected()

    async def _address(self) -> str:
        line, token = Line(self._client.web_client), self._client.app_token
        try:
            return str((await line.call("apps.connections.open", app_token=token))["url"])
        except Refusal as refused:
            raise CannotServe(
                f"Slack does not open a connection for SLACK_APP_TOKEN ({refused.word}). "
                "Run: critical-friend doctor"
            ) from refused
        except (LineDropped, NotNow, TooMany) as trouble:
            raise CannotServe("Slack does not open a connection just now. Try again soon.") from trouble

    async def close(self, seconds: float) -> None:
        """Take nothing more, let what is in hand be answered, and close the connection."""
        self._client.socket_mode_request_listeners.clear()
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=seconds)
        await self._client.close()  # type: ignore[no-untyped-call]

    async def _received(self, _client: SocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.create_task(self._answer(request))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await task

    async def _answer(self, request: SocketModeRequest) -> None:
        """Answer one envelope. What could not be written down is left unanswered: Slack sends it again."""
        connection = self._client.current_session
        response = await run_async_bolt_app(self._app, request)
        if response.status != 200:
            return
        payload = json.loads(response.body) if response.body else None
        answer = SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        try:
            async with sending(left(response)):
                await self._send(answer, connection)
        except (ConnectionError, ClientError) as trouble:
            log.info("envelope_not_answered", trouble=type(trouble).__name__)

    async def _send(self, answer: SocketModeResponse, connection: ClientWebSocketResponse | None) -> None:
        """Answer on the connection that asked: on another nobody knows the envelope. Slack sends it again."""
        if connection is None or connection.closed or self._client.current_session is not connection:
            raise ConnectionResetError
        await connection.send_str(json.dumps(answer.to_dict()))
