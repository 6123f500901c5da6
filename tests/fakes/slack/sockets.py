"""Socket Mode: websockets that the app opens, the envelopes sent on them, and what it acknowledges."""

import asyncio
import itertools
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.fakes.slack.app import ID
from tests.fakes.slack.workspace import Json

MOST = 10
"""Connections that one app may have open."""


class ConnectionGone(Exception):
    """The websocket closed before the envelope on it was acknowledged."""


@dataclass(kw_only=True, eq=False)
class Connection:
    """One open websocket, and who waits for an acknowledgement on it."""

    socket: web.WebSocketResponse
    waiting: dict[str, "asyncio.Future[Json]"] = field(default_factory=dict)
    leaving: bool = False

    async def send(self, envelope: Json) -> "asyncio.Future[Json]":
        """Send an envelope; what comes back is its acknowledgement, or ConnectionGone."""
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = future
        try:
            await self.socket.send_str(json.dumps(envelope))
        except (ConnectionError, RuntimeError):
            self.gone()
        return future

    def acknowledged(self, found: Json) -> None:
        """Take an acknowledgement; one of nothing that waits is ignored, as Slack does."""
        future = self.waiting.pop(str(found.get("envelope_id")), None)
        if future and not future.done():
            future.set_result(found)

    def gone(self) -> None:
        """Nobody will answer on this websocket any more, nor is anything sent on it."""
        self.leaving = True
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionGone())
                future.exception()
        self.waiting.clear()


class Sockets:
    """The websockets of the app. Each payload goes to one of them, in turn."""

    def __init__(self) -> None:
        self.open: list[Connection] = []
        self.opened = 0
        self._tickets: set[str] = set()
        self._turns = itertools.count()
        self._more = asyncio.Event()

    def ticket(self) -> str:
        """Leave to open one websocket (apps.connections.open)."""
        made = secrets.token_hex(16)
        self._tickets.add(made)
        return made

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """A websocket, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.open) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._listen(Connection(socket=socket))
        return socket

    async def _listen(self, connection: Connection) -> None:
        self.open.append(connection)
        self.opened += 1
        try:
            await connection.socket.send_json(_hello(len(self.open)))
            self._more.set()
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    connection.acknowledged(json.loads(message.data))
        except ConnectionError:
            return
        finally:
            self.open.remove(connection)
            connection.gone()

    async def hand_over(self, kind: str, payload: Json, **about: Any) -> Json:
        """Send a payload until some connection acknowledges it; the acknowledgement.

        Lasts for as long as the caller has patience: without a connection it waits for one.
        """
        while True:
            connection = await self._next()
            envelope = {
                "envelope_id": str(uuid4()), "type": kind, "payload": payload,
                "accepts_response_payload": kind != "events_api", **about,
            }  # fmt: skip
            try:
                return await (await connection.send(envelope))
            except ConnectionGone:
                continue

    async def _next(self) -> Connection:
        while True:
            ready = [one for one in self.open if not one.leaving and not one.socket.closed]
            if ready:
                return ready[next(self._turns) % len(ready)]
            self._more.clear()
            await self._more.wait()

    async def disconnect(self, reason: str = "refresh_requested", *, seconds: float = 0.0) -> None:
        """Say goodbye on every connection, and close each after `seconds`. Nothing more is sent on them."""
        for connection in tuple(self.open):
            connection.leaving = True
            debug = {"host": "wss-111.slack.example"}
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
        leaving = [one for one in self.open if one.leaving]
        await asyncio.sleep(seconds)
        for connection in leaving:
            await connection.socket.close()

    async def cut(self) -> None:
        """Close every connection without a word."""
        for connection in tuple(self.open):
            transport = connection.socket.get_extra_info("socket") and connection.socket._req.transport
            if transport:
                transport.abort()
            connection.gone()

    async def connected(self, seconds: float = 5.0) -> None:
        """Wait until the app is there. Raises TimeoutError."""
        await asyncio.wait_for(self._next(), seconds)


def _hello(number: int) -> Json:
    return {
        "type": "hello", "num_connections": number, "connection_info": {"app_id": ID},
        "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
    }  # fmt: skip
