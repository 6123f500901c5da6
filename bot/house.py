"""The bot with the chats it serves: begun, run and put away together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog
from starlette.applications import Starlette

from bot import stock
from bot.app import Bot, build
from bot.clock import Clock
from bot.ending import Ending
from bot.metered import metered
from bot.platform import Platform
from bot.ready import Readiness
from bot.surface import Surface
from bot.watch import Watch
from handlers.desk import Desk
from store.session import Store

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class House:
    """The bot with its surfaces: `bot` has the ear, the postman and the tick, `app` is served."""

    bot: Bot
    surfaces: tuple[Surface, ...]
    platforms: Mapping[str, Platform]
    watch: Watch
    readiness: Readiness
    app: Starlette
    ending: Ending = field(default_factory=Ending)

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Hear what people say; nothing is delivered and nothing falls due by itself."""
        async with contextlib.AsyncExitStack() as open_surfaces:
            for surface in self.surfaces:
                await surface.start(self.bot.ear)
                open_surfaces.push_async_callback(self._silence, surface)
            yield

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Settle what an earlier process left, then hear, deliver and do what is due, until the end.

        At the end nothing new is taken in hand, and what is gets the seconds that the ending leaves.
        """
        await self.bot.postman.recover()
        try:
            async with self.hearing():
                wakes = self.bot.scheduler()
                wakes.start()
                at_work = await self._begin()
                try:
                    yield
                finally:
                    wakes.shutdown(wait=False)
                    await self._take_nothing_new(at_work)
        finally:
            await self.bot.postman.finish(self.ending.left())

    async def _begin(self) -> Mapping[str, "asyncio.Task[None]"]:
        """What runs as long as the process does, by name."""
        ear = self.bot.ear
        unseen = await stock.doubt(ear, self.platforms)
        work = {
            "rooms": stock.keep_taking(ear, self.platforms),
            "postman": self.bot.postman.run(),
            "watch": self.watch.keep_looking(),
            "following": self.bot.follow(self.bot.tick),
        }
        self.readiness.at_work = {name: asyncio.create_task(one, name=name) for name, one in work.items()}
        for task in self.readiness.at_work.values():
            task.add_done_callback(self._ended)
        looking = asyncio.create_task(stock.look_through(ear, self.platforms, unseen))
        return {**self.readiness.at_work, "first_look": looking}

    async def _take_nothing_new(self, at_work: Mapping[str, "asyncio.Task[None]"]) -> None:
        self.ending.begin()
        self.bot.postman.end()
        for name, task in at_work.items():
            if name != "postman":  # it has rows to give back
                task.cancel()
        _, late = await asyncio.wait(at_work.values(), timeout=self.ending.left())
        for task in late:
            task.cancel()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Tell loudly when something ended that runs as long as the process does: /healthz says so too."""
        if not task.cancelled() and not self.ending.begun:
            log.error("work_ended", work=task.get_name(), exc_info=task.exception())

    async def _silence(self, surface: Surface) -> None:
        await surface.stop(self.ending.left())


def house(store: Store, at_hand: Desk, surfaces: Sequence[Surface], clock: Clock) -> House:
    """Put a house together. Call from within the event loop that will run it; close its ear at the end.

    The surfaces' own tenants are trusted besides those that the desk names.
    """
    trusted = at_hand.trusted.union(*(surface.trusted for surface in surfaces))
    platforms = {surface.platform.name: metered(surface.platform) for surface in surfaces}
    bot = build(store, replace(at_hand, trusted=trusted), clock, platforms)
    watch = Watch(bot.ear, surfaces)
    readiness = Readiness(bot, watch)
    routes = [*readiness.routes, *(route for surface in surfaces for route in surface.routes)]
    return House(
        bot=bot, surfaces=tuple(surfaces), platforms=platforms, watch=watch, readiness=readiness,
        app=Starlette(routes=routes),
    )  # fmt: skip
