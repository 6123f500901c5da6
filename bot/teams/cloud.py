"""Microsoft's addresses that the bot believes: where it logs in, whose tokens it takes, whom it calls.

An operator gets `PUBLIC` and can set none of it: no setting weakens a check.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_LABELS = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+")


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One of Microsoft's clouds. `services` are origins; "*." before a host stands for any name below it."""

    login: str
    scope: str
    issuer: str
    metadata: str
    services: tuple[str, ...]

    def serves(self, url: str) -> bool:
        """Whether a service URL is one of this cloud's, so that a token may be sent there."""
        origin = _origin(url)
        return origin is not None and any(_matches(origin, allowed) for allowed in self.services)


PUBLIC = Cloud(
    login="https://login.microsoftonline.com",
    scope="https://api.botframework.com/.default",
    issuer="https://api.botframework.com",
    metadata="https://login.botframework.com/v1/.well-known/openidconfiguration",
    services=("https://smba.trafficmanager.net", "https://*.botframework.com"),
)


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine itself, as the emulator's does."""
    origin = _origin(url)
    return origin is not None and origin.hostname in {"localhost", "127.0.0.1", "::1"}


def _origin(url: str) -> SplitResult | None:
    """The parts of an address that says plainly where it leads; None for any other."""
    if not url.isascii() or any(sign in url for sign in "@\\?#{}") or any(sign <= " " for sign in url):
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if known else None


def _matches(origin: SplitResult, allowed: str) -> bool:
    scheme, _, host = allowed.partition("://")
    if host.startswith("*."):
        below = (origin.hostname or "").removesuffix(host[2:])
        named = below + host[2:] == origin.hostname and _LABELS.fullmatch(below)
        return bool(named) and origin.scheme == scheme and origin.port in {None, 443}
    known = urlsplit(allowed)
    return (origin.scheme, origin.hostname, _port(origin)) == (scheme, known.hostname, _port(known))


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
