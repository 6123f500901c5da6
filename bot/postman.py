"""The postman: takes outbox rows in hand, makes the calls, and writes back what came of them."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import structlog

from bot.calling import is_for_direct, kind_of, made
from bot.hear import Ear
from bot.outage import mistake
from bot.platform import Gone, LineDropped, NotNow, Platform, TooMany
from handlers.call import Call, Outcome
from handlers.claiming import LEASE, claim
from handlers.delivering import recover
from handlers.recording import record
from store.queue import next_retry

log = structlog.get_logger()

AT_ONCE = 50
"""The most calls under way in each chat: one that is slow has no place of another's."""
CALL_SECONDS = 30
FINDING_SECONDS = 20
"""For the way to somebody, before anything is said to them. Together below the lease of a row."""

_PATIENCE = 1.0
_SAID = {"post", "edit"}
_MAY_STAND = {"done", "uncertain", "broken"}

Platforms: TypeAlias = Mapping[str, Platform]


class Postman:
    """Delivers for every chat that is there. A call that hangs holds up its own place only, a chat itself.

    `looked_at`: when it last found out what there is to do, by the machine's clock.
    """

    def __init__(self, ear: Ear, platforms: Platforms) -> None:
        self._ear = ear
        self._platforms = platforms
        self._in_hand: dict[asyncio.Task[None], str] = {}  # and its chat
        self._limits: set[asyncio.Timeout] = set()
        self._ended = False
        self._looked_at = self.looked_at = ear.clock.wall()

    async def recover(self) -> None:
        """After a start: settle what an earlier process left in hand, unless others may just be at it.

        Beside others, what is in hand is taken over when its lease ends, and the tick looks for answers.
        """
        if not self._ear.store.alone:
            return
        now = self._ear.clock.now()
        await self._ear.work(lambda session: recover(session, self._ear.desk, now))

    async def run(self) -> None:
        """Deliver until the end; woken by new work, or by time."""
        while not self._ended:
            self._ear.woken.clear()
            try:
                if not await self.deliver():
                    await _woken_or_later(self._ear.woken, await self._pause())
            except Exception as trouble:
                mistake("delivering_broke", trouble)
                await asyncio.sleep(_PATIENCE)

    async def deliver(self) -> bool:
        """Take in hand what can be, and wait for one call to end; False when there was nothing to do.

        It waits no longer than until something that was put off can be tried.
        """
        busy, new = bool(self._in_hand), await self._claim()
        for call in new:
            task = asyncio.create_task(self._carry_out(call))
            self._in_hand[task] = call.platform
            task.add_done_callback(self._in_hand.pop)
        if not self._in_hand:
            return busy
        woken = asyncio.create_task(self._ear.woken.wait())
        seconds = _PATIENCE if new else await self._pause()
        await asyncio.wait({*self._in_hand, woken}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        return True

    def end(self) -> None:
        """Take nothing more in hand; what is just being claimed is given back."""
        self._ended = True
        self._ear.woken.set()

    async def finish(self, seconds: float) -> None:
        """Let the calls in hand end. One that takes longer is broken off, and written down as uncertain."""
        await self._ends(seconds)
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(0)
        await self._ends(_PATIENCE)
        for task in self._in_hand:  # the store does not answer: the lease will end
            task.cancel()

    async def _ends(self, seconds: float) -> None:
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=seconds)

    async def wait(self) -> float | None:
        """Seconds until a call that was put off can be tried again; None when none was."""
        now = self._ear.clock.now()
        retry = await self._ear.work(lambda session: next_retry(session, now, self._looked_at))
        return max(0.0, (retry - self._ear.clock.wall()).total_seconds()) if retry else None

    async def _pause(self) -> float:
        """Seconds after which there may be something to do, though nobody said so.

        While its hands are full it asks nobody: what could be tried again would only be asked for anew.
        """
        if not any(self._free().values()):
            return _PATIENCE
        wait = await self.wait()
        return _PATIENCE if wait is None else min(wait, _PATIENCE)

    def _free(self) -> dict[str, int]:
        """How many more calls each chat may have under way."""
        under_way = Counter(self._in_hand.values())
        return {name: AT_ONCE - under_way[name] for name in self._platforms}

    async def _claim(self) -> list[Call]:
        free = self._free()
        if not any(free.values()):
            return []
        clock, desk = self._ear.clock, self._ear.desk
        now, self._looked_at = clock.now(), clock.wall()
        calls = await self._ear.work(lambda session: claim(session, desk, now, self._looked_at, free))
        self.looked_at = self._looked_at
        if self._ended:
            for call in calls:
                await self._written(Outcome(call=call, kind="not_begun"))
            return []
        return calls

    async def _carry_out(self, call: Call) -> None:
        """Make one call and write back what came of it, at once: the next may never end."""
        outcome, platform = await self._make(call), self._platforms[call.platform]
        if call.op in _SAID and outcome.address is None:
            outcome = replace(outcome, address=platform.begun(call.key))
        if call.op in _SAID and outcome.kind in _MAY_STAND:
            outcome = replace(outcome, rest=platform.pace)
        await self._write_back(outcome)

    async def _write_back(self, outcome: Outcome) -> None:
        """Write down what came of a call; where the store cannot, again until the row's lease is over."""
        over, pause = self._ear.clock.wall() + LEASE, _PATIENCE
        while not await self._written(outcome) and self._ear.clock.wall() < over:
            await asyncio.sleep(pause)
            pause *= 2

    async def _written(self, outcome: Outcome) -> bool:
        desk, now, wall = self._ear.desk, self._ear.clock.now(), self._ear.clock.wall()
        try:
            await self._ear.work(lambda session: record(session, desk, outcome, now, wall))
        except Exception as trouble:
            mistake("outcome_not_written", trouble, row=outcome.call.row)
            return False
        return True

    async def _make(self, call: Call) -> Outcome:
        """Make one call; every way it can end is an outcome."""
        platform = self._platforms[call.platform]
        refused = "direct"
        try:
            place, refused = await self._place(platform, call), call.op
            async with self._within(CALL_SECONDS):
                return await made(platform, call, place)
        except TooMany as wait:
            every = refused if wait.everywhere else ""
            return Outcome(call=call, kind="later", seconds=wait.seconds, refused=every)
        except NotNow:
            return Outcome(call=call, kind="later")
        except (LineDropped, TimeoutError):
            return Outcome(call=call, kind="uncertain")
        except Gone as gone:
            return Outcome(call=call, kind=kind_of(gone), reason=gone.reason)
        except Exception:
            log.exception("call_broke", row=call.row, op=call.op)
            return Outcome(call=call, kind="broken")

    async def _place(self, platform: Platform, call: Call) -> str | None:
        """Where a card goes; one for a person, to them alone there or to the direct conversation.

        Raises NotNow where the way there is not found: nothing was said yet.
        """
        if not is_for_direct(platform, call):
            return call.place
        try:
            async with self._within(FINDING_SECONDS):
                return await platform.direct(str(call.account))
        except (LineDropped, TimeoutError) as trouble:
            raise NotNow from trouble

    @contextlib.asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Break off what takes longer, or is still under way at the end. Raises TimeoutError."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)


async def _woken_or_later(woken: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), seconds)
