"""SIGKILL, again and again: at so many of all that happens, drawn by lot, and a moment after it."""

import asyncio
import random
import time
from collections.abc import Iterable
from contextlib import asynccontextmanager
from typing import Any

from tests.fakes.slack import Peer
from tests.storm.fleet import Fleet, Process

WRITES = frozenset(
    {
        "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.publish", "pins.add",
        "conversations.create", "conversations.invite", "response_url",
    }
)  # fmt: skip
_WITHIN = (0.0, 0.004, 0.04, 0.4)
"""Seconds, at most, after something happened: in the middle of what follows at once, or of anything else."""
_LONGEST_DEATH = 0.2


class Happenings:
    """Counts what passes between the peer and the bot: what is delivered, and what is accepted."""

    def __init__(self) -> None:
        self.number = 0
        self._told = asyncio.Event()

    def happened(self) -> None:
        """Count one more."""
        self.number += 1
        self._told.set()

    async def reach(self, number: int) -> None:
        """Wait for so many."""
        while self.number < number:
            self._told.clear()
            await self._told.wait()


class Calls(list[Any]):
    """The peer's list of calls; what it accepts is counted."""

    def __init__(self, calls: Iterable[Any], happenings: Happenings) -> None:
        super().__init__(calls)
        self._happenings = happenings

    def append(self, call: Any) -> None:
        super().append(call)
        if call.method in WRITES and call.error is None:
            self._happenings.happened()


def counted(peer: Peer) -> Happenings:
    """What passes between this peer and the bot from now on."""
    happenings = Happenings()
    peer.server.calls = Calls(peer.server.calls, happenings)
    deliver = peer.deliverer._once

    async def delivered(kind, payload, attempt=0, reason=""):
        if not attempt:
            happenings.happened()
        return await deliver(kind, payload, attempt, reason)

    peer.deliverer._once = delivered
    return happenings


class Killer:
    """Kills so many times, spread over `among` happenings. `killed`: who died, and when."""

    def __init__(self, fleet: Fleet, happenings: Happenings, kills: int, among: int, seed: int) -> None:
        self._fleet = fleet
        self._happenings = happenings
        self._lot = random.Random(seed)  # noqa: S311
        self._at = sorted(self._lot.randint(1, max(1, among)) for _ in range(kills))
        self._births: set[asyncio.Task[None]] = set()
        self.killed: dict[str, float] = {}

    async def work(self) -> None:
        """Kill until all kills are done, and everybody is alive again."""
        for number in self._at:
            await self._happenings.reach(number)
            await asyncio.sleep(self._lot.uniform(0, self._lot.choice(_WITHIN)))
            await self._kill(await self._victim())
        await asyncio.gather(*self._births)

    async def _victim(self) -> Process:
        """One that lives, by lot; the only one of them may have to be waited for."""
        while not (alive := [one for one in self._fleet.processes if one.alive]):
            await asyncio.wait(self._births, return_when=asyncio.FIRST_COMPLETED)
        return self._lot.choice(alive)

    async def _kill(self, process: Process) -> None:
        await process.kill()
        self.killed[process.name] = time.time()
        birth = asyncio.create_task(self._revive(process, self._lot.uniform(0, _LONGEST_DEATH)))
        self._births.add(birth)
        birth.add_done_callback(self._births.discard)

    async def _revive(self, process: Process, after: float) -> None:
        await asyncio.sleep(after)
        await process.start()


@asynccontextmanager
async def at_large(killer: Killer):
    """The killer at work; whoever plays on waits for the last kill at the end."""
    work = asyncio.create_task(killer.work())
    try:
        yield work
    finally:
        work.cancel()
        await asyncio.wait([work])
