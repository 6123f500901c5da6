"""Requests against a server in another process, for a while and no more than so many."""

import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

Request = Callable[[int], tuple[str, bytes, dict[str, str]]]
"""From the number of a request to its path, body and headers."""

ROOT = Path(__file__).parent.parent
SECONDS, MOST = 3.0, 6000
_WARM_UP = 40


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Requests a second, and how long one took, in milliseconds."""

    per_second: float
    p50: float
    p99: float


@contextlib.asynccontextmanager
async def serving(which: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[tuple[str, int]]:
    """The address of a server while it runs, and its process id. `settings` for its environment."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "bench.serve", which, folder, str(port)]
        said = Path(folder) / "log.txt"
        with said.open("w") as log:
            process = subprocess.Popen(  # noqa: S603, ASYNC220
                command, cwd=ROOT, env={**os.environ, **(settings or {})}, stderr=log
            )
        try:
            await _until_open(port, process, said)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait()


def _check_alive(process: "subprocess.Popen[bytes]", said: Path) -> None:
    if process.poll() is not None:
        raise RuntimeError(f"the server did not start: {said.read_text()}")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def _until_open(port: int, process: "subprocess.Popen[bytes]", said: Path) -> None:
    for _ in range(600):
        _check_alive(process, said)
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("the server did not open its port within 30 seconds")


async def load(bases: Sequence[str], request: Request, at_once: int) -> Measured:
    """Send requests to these addresses in turn, `at_once` of them in flight, each answered with 200."""
    numbers = itertools.count()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as client:
        soon = time.perf_counter() + SECONDS
        await _until(client, bases, request, numbers, until=soon, most=_WARM_UP)
        began = time.perf_counter()
        clients = [
            _until(client, bases, request, numbers, until=began + SECONDS, most=MOST // at_once)
            for _ in range(at_once)
        ]
        took = sorted(itertools.chain(*await asyncio.gather(*clients)))
        return Measured(per_second=len(took) / (time.perf_counter() - began), **spread(took))


async def _until(
    client: aiohttp.ClientSession, bases: Sequence[str], request: Request, numbers: "itertools.count[int]", *,
    until: float, most: int,
) -> list[float]:  # fmt: skip
    took: list[float] = []
    while len(took) < most and time.perf_counter() < until:
        number = next(numbers)
        path, body, headers = request(number)
        began = time.perf_counter()
        async with client.post(bases[number % len(bases)] + path, data=body, headers=headers) as response:
            answer = await response.read()
        took.append(time.perf_counter() - began)
        assert response.status == 200, answer
        assert answer, "an answer that comes later is not measured"
    return took


def spread(took: list[float]) -> dict[str, float]:
    """The middle and the slowest of a hundred, in milliseconds, of sorted seconds."""
    return {"p50": 1000 * took[len(took) // 2], "p99": 1000 * took[min(len(took) - 1, len(took) * 99 // 100)]}
