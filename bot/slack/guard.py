"""Who may send anything at all over HTTP: Slack, by its signature, in requests of a sensible size.

Whatever is not like that is answered 4xx before Bolt sees it, and read no further than needed.
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.body import Refusal, read

OLDEST = 300
"""Seconds between a request's own time and ours: older ones may be somebody's recording."""

_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


class Guard:
    """Lets a signed request through to `app`, with its body read. `now` gives seconds since 1970.

    Raises ValueError for a blank secret, with which anybody could sign.
    """

    def __init__(self, app: ASGIApp, secret: str, now: Callable[[], float]) -> None:
        if not secret.strip():
            raise ValueError("a signing secret cannot be blank")
        self._app = app
        self._secret = secret.encode()
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        try:
            body = await self._checked(scope, receive)
        except Refusal as refusal:
            headers = {"Connection": "close"} | ({"Allow": "POST"} if refusal.status == 405 else {})
            answer = PlainTextResponse(refusal.why, refusal.status, headers)
            await answer(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)

    async def _checked(self, scope: Scope, receive: Receive) -> bytes:
        """The body of a request that Slack sent. Raises Refusal."""
        if scope["method"] != "POST":
            raise Refusal(405, "Only POST is answered here.")
        timestamp = _one(scope, b"x-slack-request-timestamp", _TIMESTAMP)
        signature = _one(scope, b"x-slack-signature", _SIGNATURE)
        if abs(self._now() - int(timestamp)) > OLDEST:
            raise Refusal(401, "The request's time is too far from ours.")
        body = await read(scope, receive)
        if not hmac.compare_digest(self._signed(timestamp, body), signature):
            raise Refusal(401, "The signature is not Slack's.")
        return body

    def _signed(self, timestamp: bytes, body: bytes) -> bytes:
        proof = hmac.new(self._secret, b"v0:%b:%b" % (timestamp, body), hashlib.sha256)
        return f"v0={proof.hexdigest()}".encode()


def _one(scope: Scope, name: bytes, pattern: re.Pattern[bytes]) -> bytes:
    """The one header of that name."""
    found: list[bytes] = [value for header, value in scope["headers"] if header.lower() == name]
    if len(found) != 1 or not pattern.fullmatch(found[0]):
        raise Refusal(401, f"The header {name.decode()} is missing or malformed.")
    return found[0]


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand a body that was read already to the next reader."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received
