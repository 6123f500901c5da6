"""The bot as it serves a real Slack: its own app, over HTTP. The local Slack is in another process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette

from bench import programme
from bot import serve
from bot.app import desk
from bot.clock import Clock
from bot.settings import Settings


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[Starlette]:
    """The app that `critical-friend serve` serves, delivering and ticking as usual."""
    settings = Settings()
    store, clock = programme.store(folder), Clock()
    due = clock.now() + timedelta(days=400)
    store.work(lambda session: programme.furnish(session, programme.CHALLENGES, clock.now(), due))
    async with serve.opened(settings) as surfaces:
        served = serve.house(store, desk(settings, frozenset()), surfaces, clock)
        async with served.running():
            yield served.app
        served.bot.ear.close()
    store.close()
