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
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

Request = Callable[[int], tuple[str, bytes, dict[str, str]]]
"""From the number of a request to its path, body and headers."""

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
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-m", "bench.serve", which, folder, str(port)]
        process = subprocess.Popen(  # noqa: S603, ASYNC220
            command, cwd=Path(__file__).parent.parent, env={**os.environ, **(settings or {})}
        )
        try:
            await _until_open(port, process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait()


async def _until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError("the server did not open its port within 30 seconds")


async def load(base: str, request: Request, at_once: int) -> Measured:
    """Send requests, `at_once` of them in flight, each answered with 200."""
    connector = aiohttp.TCPConnector(limit=at_once)
    numbers = itertools.count()
    async with aiohttp.ClientSession(base, connector=connector) as client:
        await _until(client, request, numbers, until=time.perf_counter() + SECONDS, most=_WARM_UP)
        began = time.perf_counter()
        clients = [
            _until(client, request, numbers, until=began + SECONDS, most=MOST // at_once)
            for _ in range(at_once)
        ]
        took = sorted(itertools.chain(*await asyncio.gather(*clients)))
        return Measured(per_second=len(took) / (time.perf_counter() - began), **spread(took))


async def _until(
    client: aiohttp.ClientSession, request: Request, numbers: "itertools.count[int]", until: float, most: int
) -> list[float]:
    took: list[float] = []
    while len(took) < most and time.perf_counter() < until:
        path, body, headers = request(next(numbers))
        began = time.perf_counter()
        async with client.post(path, data=body, headers=headers) as response:
            answer = await response.read()
        took.append(time.perf_counter() - began)
        assert response.status == 200, answer
        assert answer, "an answer that comes later is not measured"
    return took


def spread(took: list[float]) -> dict[str, float]:
    """The middle and the slowest of a hundred, in milliseconds, of sorted seconds."""
    return {"p50": 1000 * took[len(took) // 2], "p99": 1000 * took[min(len(took) - 1, len(took) * 99 // 100)]}
