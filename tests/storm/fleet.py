"""The processes of one bot, and the balancer in front of them; each may be dead just now."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from typing import TypeAlias

import httpx

from tests.fakes.loopback import free_port
from tests.kill.process import FORKS
from tests.storm.life import Born, live

Birth: TypeAlias = Callable[[int, str, int], Born]
"""What the process of this number, with this name and port, is told."""


class Process:
    """One of them: killed, and born again under another name."""

    def __init__(self, number: int, birth: Birth) -> None:
        self.number = number
        self.port = free_port()
        self.lives = 0
        self._born = self._killed = 0
        self._birth = birth
        self._process: ForkServerProcess | None = None

    @property
    def name(self) -> str:
        """Who it is at present, or is just being born as."""
        return f"storm-{self.number}.{self.lives}"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def gave_up(self) -> bool:
        """Whether it ended, and nobody killed it."""
        return self._process is not None and not self._process.is_alive() and self._killed < self._born

    async def start(self) -> None:
        """Be born."""
        self.lives += 1
        told = self._birth(self.number, self.name, self.port)
        process = FORKS.Process(target=live, args=(told,), daemon=True)
        await asyncio.to_thread(process.start)
        self._process, self._born = process, self.lives

    async def listens(self) -> None:
        """Wait until it can be reached."""
        for _ in range(3000):
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.name} does not start")

    async def kill(self) -> None:
        """SIGKILL, wherever it is."""
        if self._process:
            self._killed = self._born
            self._process.kill()
            await asyncio.to_thread(self._process.join)


class Fleet:
    """All of them. `gave_up` names those that ended by themselves, and were started again."""

    def __init__(self, number: int, birth: Birth) -> None:
        self.processes = [Process(one + 1, birth) for one in range(number)]
        self.gave_up: list[str] = []

    async def supervise(self) -> None:
        """Start again whatever ended by itself, as an operator's machine does."""
        while True:
            for one in self.processes:
                if one.gave_up:
                    self.gave_up.append(one.name)
                    await one.start()
            await asyncio.sleep(0.1)

    async def end(self) -> None:
        """Kill all that live."""
        await asyncio.gather(*(one.kill() for one in self.processes))


@asynccontextmanager
async def at_work(number: int, birth: Birth) -> AsyncIterator[Fleet]:
    """So many processes, all of them listening."""
    fleet = Fleet(number, birth)
    supervising = asyncio.create_task(fleet.supervise())
    try:
        await asyncio.gather(*(one.start() for one in fleet.processes))
        await asyncio.gather(*(one.listens() for one in fleet.processes))
        yield fleet
    finally:
        supervising.cancel()
        await asyncio.wait([supervising])
        await fleet.end()


class Balancer(httpx.AsyncBaseTransport):
    """Hands each request to one of the processes, chosen by lot; to another where nobody answers the door."""

    def __init__(self, fleet: Fleet, lot: random.Random) -> None:
        self._fleet = fleet
        self._lot = lot
        self._ways = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        doors = [one.port for one in self._fleet.processes]
        self._lot.shuffle(doors)
        for port in doors[:-1]:
            with contextlib.suppress(httpx.ConnectError):
                return await self._by(request, port)
        return await self._by(request, doors[-1])

    async def aclose(self) -> None:
        await self._ways.aclose()

    async def _by(self, request: httpx.Request, port: int) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
        return await self._ways.handle_async_request(request)
