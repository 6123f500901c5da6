"""The line to Microsoft: one pool of connections, and every way in which a call over it can fail.

Nothing is tried again here, because the outbox knows what may be repeated: but aiohttp asks once more
what only reads or replaces (GET, PUT), where a connection that it kept open had dropped. No redirect is
followed, because a token goes nowhere but where it was meant to go.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.platform import LineDropped, NotNow
from bot.teams.reading import at
from bot.teams.transport import Refusal

_TIMES = aiohttp.ClientTimeout(total=15, connect=10, sock_connect=5)
"""Well below the postman's own patience, which is for all that one delivery takes."""

_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError)
_MAY_HAVE_ARRIVED = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def taken(self) -> Any:
        """The JSON in it, or None. Raises Refusal where the call was not taken."""
        if not 200 <= self.status < 300:
            raise Refusal(self.status, _code(self.json()), _seconds(self.headers.get("Retry-After", "")))
        return self.json()

    def json(self) -> Any:
        """The JSON in it; None where it holds none."""
        return _json(self.body)


class Line:
    """Calls addresses of Microsoft's. `proxied`: through a proxy that the environment names."""

    def __init__(self, *, proxied: bool) -> None:
        self._proxied = proxied
        self._web: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the pool; nothing is connected yet."""
        jar = aiohttp.DummyCookieJar()
        self._web = aiohttp.ClientSession(timeout=_TIMES, cookie_jar=jar, trust_env=self._proxied)

    async def close(self) -> None:
        """Close every connection."""
        if self._web:
            await self._web.close()
        self._web = None

    async def call(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        """What is answered, whatever it is. Raises NotNow where nothing was sent, else LineDropped."""
        if self._web is None:
            raise NotNow
        asked = self._web.request(method, url, headers=headers, data=body, allow_redirects=False)
        try:
            async with asked as answer:
                return Answer(status=answer.status, headers=answer.headers, body=await answer.read())
        except _NEVER_SENT as error:
            raise NotNow from error
        except _MAY_HAVE_ARRIVED as error:
            raise LineDropped from error


def _code(body: Any) -> str:
    """Teams' word for why. That somebody blocked the bot is told as JSON within a text, as "subCode"."""
    return at(body, "error", "code") or at(_json(at(body, "message") or ""), "subCode") or ""


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _seconds(asked: str) -> float | None:
    """How long to wait; a date, or anything else that is no plain number, tells nothing."""
    try:
        seconds = float(asked)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
