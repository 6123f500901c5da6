"""What is on its way to a bot: work that goes on when nobody waits for it any more."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.unkind import Repeat


@dataclass(kw_only=True)
class Carrier:
    """Runs deliveries, and knows when none is running."""

    _running: set["asyncio.Task[Any]"] = field(default_factory=set)

    def soon(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin something now, and come back at once."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def copies(
        self, repeats: list[Repeat], again: Callable[[int], Coroutine[Any, Any, Any]]
    ) -> "list[asyncio.Task[Any]]":
        """Deliveries of the same thing that begin while the first is still running."""
        number = sum(one.copies for one in repeats if one.during)
        return [self.soon(_after(0.002 * attempt, again, attempt)) for attempt in range(1, number + 1)]

    async def rest(self) -> None:
        """Wait until nothing is on its way any more, what outlasted the chat's patience included."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def stop(self) -> None:
        """Give up on whatever is on its way."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


async def _after(seconds: float, again: Callable[[int], Coroutine[Any, Any, Any]], attempt: int) -> Any:
    await asyncio.sleep(seconds)
    return await again(attempt)
