"""One life of one bot process: the real house at work, from the moment it is born until it is killed."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn

from bot import log, serve
from bot.settings import Settings
from store.session import Store
from tests.conftest import at_hand
from tests.storm.clock import SharedClock, hurry

ROOT = Path(__file__).parents[2]

at_hand()  # the words and shapes are read before anybody is born


@dataclass(frozen=True, kw_only=True)
class Born:
    """What a process is told at its birth. `name`: who it is to the database, for the witness."""

    name: str
    environment: Mapping[str, str]
    folder: Path
    port: int
    clock: SharedClock


def live(born: Born) -> None:
    """Live as a process of its own would: with all that is said in a file."""
    os.chdir(ROOT)
    os.environ.update(born.environment)
    os.environ["PGAPPNAME"] = born.name
    with (born.folder / "log.txt").open("a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    log.configure()
    hurry()
    asyncio.run(_work(born))


async def _work(born: Born) -> None:
    settings = Settings()
    desk = replace(at_hand(), trusted=settings.trusted_tenants)
    store = Store(settings.database_url)
    async with serve.opened(settings) as surfaces:
        house = serve.house(store, desk, surfaces, born.clock)
        async with house.running():
            config = uvicorn.Config(house.app, port=born.port, log_config=None, lifespan="off")
            await uvicorn.Server(config).serve()
