"""Microsoft's signing keys: fetched when they are needed, anew each day, and at once for an unknown one.

An unknown key is either a new one of Microsoft's or an invention of anybody's, so a flood of unknown
keys must not become a flood of requests to Microsoft.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWTError
from jwt.algorithms import RSAAlgorithm

from bot.platform import LineDropped, NotNow
from bot.teams.line import Line
from bot.teams.transport import NoKeys

log = structlog.get_logger()

FRESH = 24 * 3600.0
"""Seconds after which keys are fetched anew, as Microsoft asks for."""

OLDEST = 3 * 24 * 3600.0
"""Seconds after which keys are believed no longer, where no newer ones can be had."""

MOST, MINUTE = 6, 60.0
"""Fetches in so many seconds, whatever is asked for."""

_SMALLEST = 2048


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key, and the channels whose activities it may sign."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class Keys:
    """The keys that the OpenID metadata at an address leads to. `now` gives seconds."""

    def __init__(self, line: Line, metadata: str, now: Callable[[], float]) -> None:
        self._line, self._metadata, self._now = line, metadata, now
        self._keys: dict[str, Key] = {}
        self._fetched = float("-inf")
        self._tried: deque[float] = deque(maxlen=MOST)
        self._fetching: asyncio.Task[None] | None = None
        self._failed = False

    async def find(self, kid: str) -> Key | None:
        """The key of that name, or None. Raises NoKeys when that cannot be said."""
        age = self._now() - self._fetched
        if kid not in self._keys or age > OLDEST:
            await self._fetch_now()
        elif age > FRESH:
            self._fetch_soon()
        if kid not in self._keys and self._failed:
            raise NoKeys
        return self._keys.get(kid)

    async def ready(self) -> None:
        """Return once keys are at hand. Raises NoKeys."""
        if not self._keys:
            await self._fetch_now()
        if not self._keys:
            raise NoKeys

    def close(self) -> None:
        """Fetch no more."""
        if self._fetching:
            self._fetching.cancel()

    async def _fetch_now(self) -> None:
        if fetching := self._fetch_soon():
            await asyncio.shield(fetching)

    def _fetch_soon(self) -> asyncio.Task[None] | None:
        """The fetch that is on its way, or that begins now; none when there were so many already."""
        full = len(self._tried) == MOST and self._now() - self._tried[0] < MINUTE
        if self._fetching is None and not full:
            self._tried.append(self._now())
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            found = _read(await self._listed())
        except (NotNow, LineDropped, ValueError) as trouble:
            self._fail(type(trouble).__name__)
        else:
            self._keys, self._fetched, self._failed = found, self._now(), False
        finally:
            self._fetching = None

    async def _listed(self) -> Iterable[Any]:
        metadata = await self._get(self._metadata)
        listed = await self._get(str(metadata.get("jwks_uri", "")))
        keys = listed.get("keys")
        return keys if isinstance(keys, list) else []

    async def _get(self, url: str) -> dict[str, Any]:
        answer = await self._line.call("GET", url, {"Accept": "application/json"})
        body = answer.json()
        if answer.status == 200 and isinstance(body, dict):
            return body
        raise ValueError("no OpenID metadata there")

    def _fail(self, why: str) -> None:
        log.error("teams_keys_not_fetched", why=why, address=self._metadata)
        self._failed = True
        if self._now() - self._fetched > OLDEST:
            self._keys = {}


def _read(listed: Iterable[Any]) -> dict[str, Key]:
    """The keys of a list, those left out that cannot check a signature. Raises ValueError where none can."""
    found = {entry["kid"]: key for entry in listed if (key := _key(entry)) is not None}
    if not found:
        raise ValueError("no signing key there")
    return found


def _key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    try:
        public = RSAAlgorithm.from_jwk(entry)
    except (PyJWTError, ValueError, TypeError, AttributeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < _SMALLEST:
        return None
    named = entry.get("endorsements")
    words = frozenset(map(str, named)) if isinstance(named, list) else frozenset[str]()
    return Key(public=public, endorsements=words)
