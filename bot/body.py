"""The body of a request from a chat: read no further than it may be long, nor longer than it may take."""

import asyncio

from starlette.types import Receive, Scope

LARGEST = 1_000_000
"""Bytes in one request. A form with a hundred fields stays well below."""

_PATIENCE = 5


class Refusal(Exception):
    """The request is not let in."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


async def read(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises Refusal."""
    _check_length(scope)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _read(receive)
    except TimeoutError:
        raise Refusal(408, "The body did not come.") from None


def _check_length(scope: Scope) -> None:
    for name, value in scope["headers"]:
        if name.lower() != b"content-length":
            continue
        if not value.isdigit():
            raise Refusal(400, "The length of the body is malformed.")
        if int(value[:20]) > LARGEST:
            raise _too_large()


async def _read(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The body ended early.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            raise _too_large()
    return bytes(body)


def _too_large() -> Refusal:
    return Refusal(413, "That is more than is taken at once.")
