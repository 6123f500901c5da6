"""A real bot process that can be killed and started again on the same files.

It is forked from a process in which nothing has happened but that everything is imported: it starts in
no time. That the bot starts from its command line is tried where it is killed in Slack.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from tests.fakes import database
from tests.fakes.loopback import free_port, plain_web
from tests.kill.mortal import live

ROOT = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["tests.kill.mortal", "tests.kill.mortal_served", "tests.fakes.teams_stage.house", "tests.storm.life"]
)
POINTS = (
    "before the commit",
    "committed but not answered",
    "accepted but not recorded",
    "in the middle of a tick",
)


class Mortal:
    """`critical-friend demo` on a folder, from nothing."""

    alive = "/room/people"
    """What answers as soon as the bot is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.armed = folder / "armed"
        self.url = database.fresh(folder)
        self.environment = {"DATABASE_URL": self.url}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: ForkServerProcess | None = None

    def life(self) -> Callable[[], None]:
        """What the process does."""
        options = ["--port", str(self.port), "--folder", str(self.folder), "--begin", "nothing"]
        return partial(live, self.armed, ["demo", *options])

    async def start(self) -> None:
        born = (self.life(), self.environment, self.folder / "log.txt")
        self._process = FORKS.Process(target=_born, args=born, daemon=True)
        await asyncio.to_thread(self._process.start)
        async with plain_web(self.address) as client:
            for _ in range(600):
                try:
                    (await client.get(self.alive)).raise_for_status()
                except httpx.TransportError:
                    assert self._process.is_alive(), (self.folder / "log.txt").read_text()
                    await asyncio.sleep(0.02)
                else:
                    return
        raise AssertionError("it does not start")

    def arm(self, point: str) -> None:
        self.armed.write_text(point)

    def disarm(self) -> None:
        self.armed.unlink(missing_ok=True)

    @property
    def dead(self) -> bool:
        return self._process is None or not self._process.is_alive()

    def wait_for_death(self) -> None:
        assert self._process
        self._process.join(5)
        assert self.dead

    async def live_on(self) -> None:
        """Start again as often as it dies, until cancelled."""
        while True:
            await asyncio.sleep(0.05)
            if self.dead:
                await self.start()

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()


def _born(life: Callable[[], None], environment: dict[str, str], log: Path) -> None:
    """Live as a process of its own would: in the project's folder, with all that is said in a file."""
    os.chdir(ROOT)
    os.environ.update(environment)
    with log.open("a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    life()


@contextmanager
def mortal(folder: Path, kind: type[Mortal] = Mortal, **of) -> Iterator[Mortal]:
    folder.mkdir(parents=True, exist_ok=True)
    process = kind(folder, **of)
    try:
        yield process
    finally:
        process.end()
