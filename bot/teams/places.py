"""Teams and chats asked one after the other: one that is out of order keeps nobody from being found."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.teams.conversations import Conversation

PATIENCE: Final = 5.0
"""Seconds for each place."""

_LAST_FOR: Final = 300.0
"""Seconds for which a place that was out of order is asked after all others."""

Found = TypeVar("Found")


class Places:
    """Remembers which places were out of order lately. `now` gives seconds, from whenever."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._out_of_order: dict[str, float] = {}

    async def first(
        self, places: Iterable[Conversation], ask: Callable[[Conversation], Awaitable[Found | None]]
    ) -> Found | None:
        """What the first place has that has anything; Gone is nothing.

        Raises the first trouble where nothing was found: it may be there.
        """
        trouble: Exception | None = None
        for place in self._in_order(places):
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await ask(place)
            except Gone:
                continue
            except (LineDropped, NotNow, TooMany, TimeoutError) as error:
                self._out_of_order[place.address] = self._now()
                trouble = trouble or error
                continue
            if found is not None:
                return found
        if trouble:
            raise NotNow if isinstance(trouble, TimeoutError) else trouble
        return None

    def _in_order(self, places: Iterable[Conversation]) -> list[Conversation]:
        now, kept = self._now(), self._out_of_order
        self._out_of_order = {place: since for place, since in kept.items() if now - since < _LAST_FOR}
        return sorted(places, key=lambda place: place.address in self._out_of_order)
