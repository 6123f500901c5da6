"""Who may talk to the room at all: pages that it served itself, on this machine."""

import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 256 * 1024
"""Bytes in one request."""

_OURS = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses foreign hosts and origins (a page elsewhere that was pointed at this machine), POSTs
    that are not JSON, and bodies over 256 KB.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        guarded = _with_headers(send)
        refusal = _refusal(scope["method"], scope["headers"])
        if refusal:
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, _measured(receive), guarded)


class TooLarge(Exception):
    """The body is over the limit."""


def too_large() -> JSONResponse:
    """The answer to a body over the limit."""
    return _error(413, "That is more than the room takes at once (256 KB).")


def _refusal(method: str, headers: Iterable[tuple[bytes, bytes]]) -> JSONResponse | None:
    found = [(name.decode("latin-1").lower(), value.decode("latin-1").strip()) for name, value in headers]
    hosts = [value for name, value in found if name == "host"]
    if len(hosts) != 1 or not _OURS.fullmatch(hosts[0]):
        return _error(421, "The room answers on 127.0.0.1 and localhost only.")
    if any(value.lower() != f"http://{hosts[0].lower()}" for name, value in found if name == "origin"):
        return _error(403, "The room answers its own page only.")
    kind = next((value for name, value in found if name == "content-type"), "")
    if method == "POST" and kind.partition(";")[0].strip().lower() != "application/json":
        return _error(415, "The room takes JSON: send content type application/json.")
    length = next((value for name, value in found if name == "content-length"), "0")
    return too_large() if length.isdecimal() and int(length[:12]) > LARGEST else None


def _measured(receive: Receive) -> Receive:
    taken = 0

    async def measured() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST:
            raise TooLarge
        return message

    return measured


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return guarded


def _error(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
