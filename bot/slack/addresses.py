"""Where a token or a person's answer may be sent: to Slack, or to where SLACK_API_URL points."""

from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_SLACKS: Final = ("slack.com", "slack-gov.com")


def is_safe(url: str) -> bool:
    """Whether nobody can read along: over https, or to this machine itself."""
    try:
        host, _port, scheme = urlsplit(url).hostname, urlsplit(url).port, urlsplit(url).scheme
    except ValueError:
        return False
    return bool(host) and (scheme == "https" or (scheme == "http" and host in _LOOPBACK))


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address that came with a payload is Slack's own, or of the API in use."""
    if not is_safe(url):
        return False
    host = str(urlsplit(url).hostname)
    return host == urlsplit(api_url).hostname or any(
        host == one or host.endswith(f".{one}") for one in _SLACKS
    )
