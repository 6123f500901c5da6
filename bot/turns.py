"""One act of an account after the other, in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """A lock for each account that has something in hand; it goes when nobody waits for it any more."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, account: str) -> AsyncIterator[None]:
        """Wait for everything that this account did before."""
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            yield

    def __len__(self) -> int:
        return len(self._locks)
