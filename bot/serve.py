"""`critical-friend serve`: the bot in the chats that are set up, over one store and one web address."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import uvicorn
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import stock
from bot.app import Bot, build, desk
from bot.clock import Clock
from bot.database import for_one, real_store
from bot.settings import Settings
from bot.slack import surface as slack
from bot.surface import CannotServe, Surface
from bot.teams import surface as teams
from bot.watch import Watch
from handlers.dispatch import Desk
from store.session import Store

NO_CHAT = (
    "No chat is set up. For Slack, set SLACK_BOT_TOKEN and either SLACK_APP_TOKEN (Socket Mode) "
    "or SLACK_SIGNING_SECRET (HTTP). For Teams, set MicrosoftAppId, MicrosoftAppTenantId and "
    "MicrosoftAppPassword. To try it in Teams' stead on this machine alone, without any account, see "
    "docs/playground.md."
)
PATIENCE = 10
"""Seconds in which answers in hand may be finished at the end."""

_HEALTH_PATIENCE = 2


@dataclass(frozen=True, kw_only=True)
class House:
    """The bot with its surfaces: `bot` has the ear, the postman and the tick, `app` is served."""

    bot: Bot
    surfaces: tuple[Surface, ...]
    watch: Watch
    app: Starlette

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Hear what people say; nothing is delivered and nothing falls due by itself."""
        async with contextlib.AsyncExitStack() as open_surfaces:
            for surface in self.surfaces:
                await surface.start(self.bot.ear)
                open_surfaces.push_async_callback(surface.stop)
            yield

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Settle what an earlier process left, then hear, deliver and do what is due, until the end."""
        await self.bot.postman.recover()
        async with self.hearing():
            wakes = self.bot.scheduler()
            wakes.start()
            platforms = {surface.platform.name: surface.platform for surface in self.surfaces}
            unseen = await stock.doubt(self.bot.ear, platforms)
            at_work = [
                asyncio.create_task(stock.look_through(self.bot.ear, platforms, unseen)),
                asyncio.create_task(stock.keep_taking(self.bot.ear, platforms)),
                asyncio.create_task(self.bot.postman.run()),
                asyncio.create_task(self.watch.keep_looking()),
                asyncio.create_task(self.bot.follow(self.bot.tick)),
            ]
            try:
                yield
            finally:
                wakes.shutdown(wait=False)
                for task in at_work:
                    task.cancel()
                await asyncio.wait(at_work)
                await self.bot.postman.finish(PATIENCE)


def house(store: Store, at_hand: Desk, surfaces: Sequence[Surface], clock: Clock) -> House:
    """Put a house together. Call from within the event loop that will run it; close its ear at the end.

    The surfaces' own tenants are trusted besides those that the desk names.
    """
    trusted = at_hand.trusted.union(*(surface.trusted for surface in surfaces))
    platforms = {surface.platform.name: surface.platform for surface in surfaces}
    bot = build(store, replace(at_hand, trusted=trusted), clock, platforms)
    routes = [route for surface in surfaces for route in surface.routes]
    watch = Watch(bot.ear, surfaces)
    app = Starlette(routes=[Route("/healthz", _health(bot, watch), methods=["GET"]), *routes])
    return House(bot=bot, surfaces=tuple(surfaces), watch=watch, app=app)


async def serve(settings: Settings) -> None:
    """Serve until the process is told to end. Raises CannotServe."""
    if not any(chat.is_set_up(settings) for chat in (slack, teams)):
        raise CannotServe(NO_CHAT)
    at_hand = desk(settings, settings.trusted_tenants)
    store = real_store(settings)
    with for_one(settings):
        await _serve(settings, at_hand, store)


async def _serve(settings: Settings, at_hand: Desk, store: Store) -> None:
    async with opened(settings) as found:
        served = house(store, at_hand, found, Clock())
        try:
            with _socket(settings) as listening:
                async with served.running():
                    await _server(served.app).serve(sockets=[listening])
        finally:
            served.bot.ear.close()
            store.close()


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


def _health(bot: Bot, watch: Watch) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that says whether the store answers soon, and each chat did when it was last looked at."""

    async def answer(_: Request) -> Response:
        troubles = dict(watch.troubles)
        try:
            async with asyncio.timeout(_HEALTH_PATIENCE):
                await bot.ear.work(_look)
        except Exception as trouble:
            troubles["store"] = type(trouble).__name__
        if troubles:
            return JSONResponse({"ok": False, "trouble": troubles}, status_code=503)
        return JSONResponse({"ok": True})

    return answer


def _look(session: Session) -> None:
    session.execute(select(1))


class _Server(uvicorn.Server):
    """Ends as it is told, and leaves the rest of the house to be put away after it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM and SIGINT. Uvicorn's own way ends the process before the house is put away."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _server(app: Starlette) -> _Server:
    return _Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=PATIENCE))


def _socket(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as wrong:
        raise CannotServe(
            f"Nothing can listen on {settings.host} port {settings.port}: {wrong.strerror}. "
            "Set CRITICAL_FRIEND_HOST and CRITICAL_FRIEND_PORT."
        ) from wrong
