"""One app in a process of its own: `python -m bench.serve floor|room|slack|connector|sink FOLDER PORT`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from bot import log


@asynccontextmanager
async def _floor(folder: Path) -> AsyncIterator[Starlette]:
    from bench import floor  # noqa: PLC0415 - the bot's process must not weigh what it does not use

    yield floor.app(folder)


@asynccontextmanager
async def _room(folder: Path) -> AsyncIterator[Starlette]:
    from bench import room  # noqa: PLC0415 - as above

    async with room.house(folder) as app:
        yield app


@asynccontextmanager
async def _slack(folder: Path) -> AsyncIterator[Starlette]:
    from bench import slack  # noqa: PLC0415 - as above

    async with slack.house(folder) as app:
        yield app


@asynccontextmanager
async def _connector(folder: Path) -> AsyncIterator[Starlette]:
    from bench import connector  # noqa: PLC0415 - as above

    yield connector.app(folder)


@asynccontextmanager
async def _sink(folder: Path) -> AsyncIterator[Starlette]:
    from bench import sink  # noqa: PLC0415 - as above

    yield sink.app(folder)


_APPS = {"floor": _floor, "room": _room, "slack": _slack, "connector": _connector, "sink": _sink}


async def main(which: str, folder: str, port: str) -> None:
    """Serve until the process is ended."""
    log.configure()
    async with _APPS[which](Path(folder)) as app:
        config = uvicorn.Config(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
