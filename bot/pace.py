"""The pace of a rehearsal: its clock stands until it is moved; what is due on the way happens in order."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.app import Bot
from bot.clock import RehearsalClock
from handlers.jobs import next_moment
from handlers.programme import found_programme
from store.programme import RehearsalClock as ToldTime
from store.programme import the_programme

BEGINS = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
CLAIM_CODE = "rehearsal"
_STEPS = 10_000


def begin(session: Session) -> datetime:
    """What time a rehearsal is at; a new one gets its programme and its clock."""
    told = session.get(ToldTime, 1)
    if told is None:
        if the_programme(session) is not None:
            raise RuntimeError("This database belongs to a real programme: a rehearsal needs its own folder.")
        told = ToldTime(id=1, now=BEGINS)
        session.add(told)
        found_programme(session, CLAIM_CODE)
    return told.now


class Pace:
    """Lets a bot with a rehearsal's clock rest and move on, one at a time."""

    def __init__(self, bot: Bot, clock: RehearsalClock) -> None:
        self._bot = bot
        self._clock = clock
        self._lock = asyncio.Lock()
        self._rested: int | None = None

    async def rest(self) -> None:
        """Return when the outbox is empty and nothing more is due."""
        async with self._lock:
            await self._rest()

    async def move_to(self, moment: datetime) -> None:
        """Move the clock forward; everything due on the way happens, in order and at its own time."""
        async with self._lock:
            for _ in range(_STEPS):
                due = await self.next_moment()
                if due is None or due > moment:
                    break
                await self._tell(max(due, self._clock.now()))
                await self._rest()
            await self._tell(max(moment, self._clock.now()))
            await self._rest()

    async def next_moment(self) -> datetime | None:
        """When something is next due."""
        now = self._clock.now()
        return await self._bot.ear.work(lambda session: next_moment(session, now))

    @asynccontextmanager
    async def halted(self) -> AsyncIterator[None]:
        """Nothing is delivered and nothing falls due meanwhile."""
        async with self._lock:
            yield
            self._rested = None

    async def _tell(self, moment: datetime) -> None:
        def unit(session: Session) -> None:
            session.get_one(ToldTime, 1).now = moment

        await self._bot.ear.work(unit)
        self._clock.tell(moment)
        self._rested = None

    async def _rest(self) -> None:
        """Tick and deliver until neither has anything more to do; a retry's moment is waited for.

        Where all was at rest, it still is: unless somebody spoke, something happened or the clock moved.
        """
        for _ in range(_STEPS):
            heard = self._bot.ear.heard
            if heard == self._rested:
                return
            await self._bot.tick()
            if not await self._delivered():
                wait = await self._bot.postman.wait()
                if wait is None:
                    self._rested = heard
                    return
                await self._clock.sleep(wait)

    async def _delivered(self) -> bool:
        """Deliver all that can be; False where there was nothing."""
        for rounds in itertools.count():
            self._bot.ear.woken.clear()
            if not await self._bot.postman.deliver():
                return rounds > 0
        raise AssertionError("unreachable")
