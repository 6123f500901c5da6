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
from bench.memory import resident
from bench.table import Row, show
from bot.slack.manifest import manifest
from tests.fakes.slack import Peer

_TIMES = 5
_OFTEN = 0.01


async def rows() -> list[Row]:
    """The bot as it is served in Slack, beside bare Bolt in a process of its own."""
    with TemporaryDirectory() as folder:
        url = programme.database(Path(folder))
        programme.claimed(url)
        async with Peer(manifest=manifest("https://bot.example")) as peer:
            settings = {**commands.settings(peer), "DATABASE_URL": url, "CRITICAL_FRIEND_DATA": folder}
            ours = [await _started(["-m", "bot", "serve"], "/readyz", settings) for _ in range(_TIMES)]
        bare = [await _started(["-m", "bench.serve", "floor", folder], "/floor", {}) for _ in range(_TIMES)]
    took, weighs = (median(one[which] for one in ours) for which in (0, 1))
    floor_took, floor_weighs = (median(one[which] for one in bare) for which in (0, 1))
    return [
        show(Row(name="start until ready", figure=took, unit="s", floor=floor_took, most=2, of="figure")),
        show(Row(name="memory then", figure=weighs, unit="MB", floor=floor_weighs, most=200, of="figure")),
    ]


async def _started(command: list[str], page: str, settings: dict[str, str]) -> tuple[float, float]:
    """Seconds until a process answers at a page, whatever it says but 503; and its megabytes then."""
    port, began = free_port(), time.perf_counter()
    last = [str(port)] if "bench.serve" in command else []
    async with _process([*command, *last], {**settings, "CRITICAL_FRIEND_PORT": str(port)}) as process:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            while not await _answers(client, page):
                assert process.returncode is None, "it did not start"
                await asyncio.sleep(_OFTEN)
        return time.perf_counter() - began, resident(process.pid)


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
