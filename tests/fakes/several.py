"""Several bots on one database, as if each were a process: a chat's requests reach them by turns."""

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from bot.pace import Pace
from bot.settings import Settings
from tests.fakes.staging import ZONE, Opened, Served, served


class ByTurns:
    """An ASGI app that hands each request to the next of several, as a load balancer does."""

    def __init__(self, apps: Sequence[Any]) -> None:
        self._next = itertools.cycle(apps)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await next(self._next)(scope, receive, send)


class Together:
    """The pace of several bots: what follows, and what is due, is done by each of them in its turn."""

    def __init__(self, bots: Sequence[Served]) -> None:
        self._bots = bots
        self._first = itertools.count()

    async def answered(self) -> None:
        """Come back when every act that any of them heard is answered."""
        for bot in self._bots:
            await bot.pace.answered()

    async def rest(self) -> None:
        """Let them do what there is to do; what the first of them does is done for the others."""
        await self.answered()
        for pace in self._paces():
            await pace.rest()

    async def move_to(self, moment: datetime) -> None:
        """Let one of them do everything that is due on the way."""
        await self.rest()
        await next(self._paces()).move_to(moment.replace(tzinfo=ZONE))

    def _paces(self) -> Iterator[Pace]:
        """Each of them, another one first each time; nobody takes it that all is still at rest."""
        first = next(self._first) % len(self._bots)
        for bot in (*self._bots[first:], *self._bots[:first]):
            yield Pace(bot.house.bot, bot.clock)


@asynccontextmanager
async def several(number: int, settings: Settings, opened: Opened) -> AsyncIterator[tuple[Served, ...]]:
    """So many bots on one database, of one clock, which hear."""
    async with AsyncExitStack() as stack:
        bots: list[Served] = []
        for _ in range(number):
            clock = bots[0].clock if bots else None
            bots.append(await stack.enter_async_context(served(settings, opened, clock)))
            await stack.enter_async_context(bots[-1].house.hearing())
        yield tuple(bots)
