"""`critical-friend serve`: the bot in the chats that are set up, over one store and one web address."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from typing import Any, Final

import structlog
import uvicorn
from starlette.applications import Starlette

from bot.addresses import SAME, meet
from bot.app import desk
from bot.clock import Clock
from bot.database import for_one, real_store
from bot.figures import Figures
from bot.house import House, house
from bot.settings import Settings
from bot.slack import surface as slack
from bot.surface import CannotServe, Surface
from bot.teams import surface as teams
from handlers.desk import Desk
from store.session import Store

log = structlog.get_logger()

NO_CHAT = (
    "No chat is set up. For Slack, set SLACK_BOT_TOKEN and either SLACK_APP_TOKEN (Socket Mode) "
    "or SLACK_SIGNING_SECRET (HTTP). For Teams, set MicrosoftAppId, MicrosoftAppTenantId and "
    "MicrosoftAppPassword. To try it in Teams' stead on this machine alone, without any account, see "
    "docs/playground.md."
)

_RESPONSE_SECONDS: Final = 5
"""For requests in hand at the end: no chat waits longer for a response."""


async def serve(settings: Settings) -> None:
    """Serve until the process is told to end. Raises CannotServe."""
    if not any(chat.is_set_up(settings) for chat in (slack, teams)):
        raise CannotServe(NO_CHAT)
    at_hand = desk(settings, settings.trusted_tenants)
    with contextlib.closing(real_store(settings)) as store, for_one(settings):
        await _serve(settings, at_hand, store)


async def _serve(settings: Settings, at_hand: Desk, store: Store) -> None:
    async with opened(settings) as found:
        served = house(store, at_hand, found, Clock())
        gc.freeze()  # what is here stays: to look through all of it for garbage takes 80 ms each time
        try:
            with _sockets(settings) as sockets:
                await _until_told(served, sockets)
        finally:
            served.bot.ear.close()


async def _until_told(served: House, sockets: "dict[str, socket.socket]") -> None:
    """Run the house, with its web addresses, until the process is told to end."""
    apps = {"chats": served.app, "metrics": Figures(served.watch, served.readiness).app}
    servers = {name: _server(apps[name]) for name in sockets}

    def end() -> None:
        for server in servers.values():
            server.should_exit = True

    served.ending.listen(end)
    async with served.running():
        log.info("serving", **_begun(served, sockets))
        await asyncio.gather(*(server.serve(sockets=[sockets[name]]) for name, server in servers.items()))


def _begun(served: House, sockets: "dict[str, socket.socket]") -> dict[str, Any]:
    """What a start comes to, without a secret: of the database its kind alone."""
    listens = {name: "{} port {}".format(*one.getsockname()) for name, one in sockets.items()}
    return {
        "version": version("critical-friend"),
        "chats": list(served.platforms),
        "listens": listens,
        "database": served.bot.ear.store.engine.dialect.name,
    }


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Surface, ...]]:
    """The surfaces that are set up, ready to be started. Raises CannotServe."""
    async with contextlib.AsyncExitStack() as stack:
        found: list[Surface] = []
        if slack.is_set_up(settings):
            found.append(await stack.enter_async_context(slack.opened(settings)))
        if teams.is_set_up(settings):
            found.append(await stack.enter_async_context(teams.opened(settings)))
        yield tuple(found)


class _Server(uvicorn.Server):
    """Ends when it is told, and leaves signals, and the rest of the house, to whoever began it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone. Uvicorn's own way ends the process before the house is put away."""
        yield


def _server(app: Starlette) -> _Server:
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=_RESPONSE_SECONDS)
    return _Server(config)


@contextlib.contextmanager
def _sockets(settings: Settings) -> "Iterator[dict[str, socket.socket]]":
    """Where the chats are heard; and where the figures are read, if anywhere. Raises CannotServe."""
    if meet(settings):
        raise CannotServe(SAME)
    with contextlib.ExitStack() as stack:
        listening = {"chats": stack.enter_context(_socket(settings.host, settings.port, "CRITICAL_FRIEND"))}
        if settings.metrics_port:
            where = (settings.metrics_host, settings.metrics_port, "CRITICAL_FRIEND_METRICS")
            listening["metrics"] = stack.enter_context(_socket(*where))
        yield listening


def _socket(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as wrong:
        raise CannotServe(
            f"Nothing can listen on {host} port {port}: {wrong.strerror}. "
            f"Set {setting}_HOST and {setting}_PORT."
        ) from wrong
