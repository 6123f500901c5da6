"""How long `critical-friend serve` takes until it is ready, and what it weighs then."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp

from bench import commands, programme
from bench.load import ROOT, free_port
from bench.memory import processor, resident
from bench.table import Row, show
from bot.slack.manifest import manifest
from tests.fakes.slack import Peer

_TIMES = 5
_OFTEN = 0.01

Begun = tuple[float, float, float]
"""Seconds until it was ready, seconds for which a processor worked on that, and megabytes then."""
_TOOK, _WORKED, _WEIGHS = range(3)


async def rows() -> list[Row]:
    """The bot as it is served in Slack, beside bare Bolt in a process of its own."""
    with TemporaryDirectory() as folder:
        url = programme.database(Path(folder))
        programme.claimed(url)
        async with Peer(manifest=manifest("https://bot.example")) as peer:
            settings = {**commands.settings(peer), "DATABASE_URL": url, "CRITICAL_FRIEND_DATA": folder}
            ours = [await _started(["-m", "bot", "serve"], "/readyz", settings) for _ in range(_TIMES)]
        bare = [await _started(["-m", "bench.serve", "floor", folder], "/floor", {}) for _ in range(_TIMES)]
    return [
        _row("start until ready", "s", _TOOK, ours, bare, 2),
        _row("of which a processor worked", "s", _WORKED, ours, bare),
        _row("memory then", "MB", _WEIGHS, ours, bare, 200),
    ]


def _row(
    name: str, unit: str, which: int, ours: list[Begun], bare: list[Begun], most: float | None = None
) -> Row:
    figure, floor = (median(one[which] for one in begun) for begun in (ours, bare))
    return show(Row(name=name, figure=figure, unit=unit, floor=floor, most=most, of="figure"))


async def _started(command: list[str], page: str, settings: dict[str, str]) -> Begun:
    """A process until it answers at a page, whatever it says but 503."""
    port, began = free_port(), time.perf_counter()
    last = [str(port)] if "bench.serve" in command else []
    async with _process([*command, *last], {**settings, "CRITICAL_FRIEND_PORT": str(port)}) as process:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            while not await _answers(client, page):
                assert process.returncode is None, "it did not start"
                await asyncio.sleep(_OFTEN)
        return time.perf_counter() - began, processor(process.pid), resident(process.pid)


@contextlib.asynccontextmanager
async def _process(command: list[str], settings: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {**os.environ, **settings}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=env, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: aiohttp.ClientSession, page: str) -> bool:
    with contextlib.suppress(aiohttp.ClientConnectionError):
        async with client.get(page) as response:
            return response.status != 503
    return False
