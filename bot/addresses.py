"""Where the chats are heard and where figures are read: two addresses that must not meet, one not open."""

import ipaddress
from typing import Final

from bot.check import Beware, Wrong
from bot.settings import Settings

SAME: Final = (
    "CRITICAL_FRIEND_METRICS_PORT is CRITICAL_FRIEND_PORT too, and two cannot listen on one port: "
    "figures need one of their own, for example 9464."
)


def meet(settings: Settings) -> bool:
    """Whether figures would be read where the chats are heard."""
    hosts = {settings.host, settings.metrics_host}
    everywhere = any(_is_everywhere(host) for host in hosts)
    return settings.metrics_port == settings.port and (len(hosts) == 1 or everywhere)


def figures(settings: Settings) -> str:
    """Where figures are read. Raises Wrong where nothing can be, Beware where perhaps everybody can."""
    if meet(settings):
        raise Wrong(SAME, "Set another CRITICAL_FRIEND_METRICS_PORT: serve does not start.")
    where = f"{settings.metrics_host}, port {settings.metrics_port}"
    if _is_open(settings.metrics_host):
        raise Beware(
            f"Whoever reaches {where} reads how much the programme does: there is no password.",
            "Set CRITICAL_FRIEND_METRICS_HOST to an address that only Prometheus reaches.",
        )
    return f"They are read at {where}."


def _is_everywhere(host: str) -> bool:
    ip = _ip(host)
    return not host or (ip is not None and ip.is_unspecified)


def _is_open(host: str) -> bool:
    """Whether an address is every one of the machine's, or one of the whole internet."""
    ip = _ip(host)
    return _is_everywhere(host) or (ip is not None and ip.is_global)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
