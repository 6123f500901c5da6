"""A real bot process that can be killed and started again on the same files."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
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
        self.environment: dict[str, str] = {}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        """What follows `python -m`."""
        options = ["--port", str(self.port), "--folder", str(self.folder), "--begin", "nothing"]
        return ["tests.kill.mortal", str(self.armed), "demo", *options]

    async def start(self) -> None:
        with (self.folder / "log.txt").open("a") as log:
            self._process = await asyncio.to_thread(
                subprocess.Popen, [sys.executable, "-m", *self.command()],
                cwd=ROOT, env=os.environ | self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        async with httpx.AsyncClient(base_url=self.address) as client:
            for _ in range(600):
                try:
                    (await client.get(self.alive)).raise_for_status()
                except httpx.TransportError:
                    assert self._process.poll() is None, (self.folder / "log.txt").read_text()
                    await asyncio.sleep(0.05)
                else:
                    return
        raise AssertionError("it does not start")

    def arm(self, point: str) -> None:
        self.armed.write_text(point)

    def disarm(self) -> None:
        self.armed.unlink(missing_ok=True)

    @property
    def dead(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def wait_for_death(self) -> None:
        assert self._process
        self._process.wait(timeout=5)

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
        if self._process:
            self._process.wait()


@contextmanager
def mortal(folder: Path, kind: type[Mortal] = Mortal, **of) -> Iterator[Mortal]:
    folder.mkdir(parents=True, exist_ok=True)
    process = kind(folder, **of)
    try:
        yield process
    finally:
        process.end()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
