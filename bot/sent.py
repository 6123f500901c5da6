"""Responses that say whether they could be sent: a chat waits for them no longer than a few seconds."""

import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

log = structlog.get_logger()


class Left(Protocol):
    """Whoever wants to know whether a response could be sent."""

    async def __call__(self, *, arrived: bool) -> None: ...


@contextlib.asynccontextmanager
async def sending(left: Left) -> AsyncIterator[None]:
    """Send a response in here, and `left` is told whether that worked."""
    arrived = False
    try:
        yield
        arrived = True
    finally:
        await left(arrived=arrived)


class Sent(Response):
    """Another response, which is told when it could not be sent."""

    def __init__(self, response: Response, left: Left) -> None:
        super().__init__(response.body, response.status_code, dict(response.headers))
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with sending(self._left):
                _check_somebody_listens(receive)
                await super().__call__(scope, receive, send)
        except (ClientDisconnect, OSError) as trouble:
            log.info("request_not_answered", trouble=type(trouble).__name__)


def _check_somebody_listens(receive: Receive) -> None:
    """Take what was sent since the request, without waiting for it. Raises ClientDisconnect."""
    asked = receive().__await__()
    try:
        next(asked)
    except StopIteration as told:
        if told.value["type"] == "http.disconnect":
            raise ClientDisconnect from None
    finally:
        asked.close()
