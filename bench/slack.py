"""The bot as it serves a real Slack: its own app, over HTTP. The local Slack is in another process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from bot import serve
from bot.app import desk
from bot.clock import Clock
from bot.house import house as of
from bot.settings import Settings
from store.session import Store


@asynccontextmanager
async def house(_: Path) -> AsyncIterator[Starlette]:
    """The app that `critical-friend serve` serves, delivering and ticking as usual.

    Its database has a programme in it already.
    """
    settings = Settings()
    store = Store(settings.database_url)
    async with serve.opened(settings) as surfaces:
        served = of(store, desk(settings, frozenset()), surfaces, Clock())
        async with served.running():
            yield served.app
        served.bot.ear.close()
    store.close()
