"""What a tick costs when nothing is due, and how long a command waits while a great deal is."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench import programme
from bench.load import spread
from bot.app import build, desk
from bot.clock import RehearsalClock
from bot.settings import Settings
from handlers.dispatch import Desk
from handlers.jobs import tick
from handlers.message import Place, Said

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
_TIMES = 30
_BETWEEN = 0.02


def idle(challenges: int, at_hand: Desk) -> float:
    """Milliseconds of one tick over so many challenges with nothing due."""
    with tempfile.TemporaryDirectory() as folder:
        store = programme.store(Path(folder))
        due = NOW + timedelta(days=400)
        store.work(lambda session: programme.furnish(session, challenges, NOW, due))
        store.work(lambda session: programme.let_in(session, range(1, challenges + 1), NOW))
        took = []
        for _ in range(_TIMES):
            began = time.perf_counter()
            store.work(lambda session: tick(session, at_hand, NOW))
            took.append(time.perf_counter() - began)
        store.close()
        return 1000 * median(took)


async def wait_while_busy(challenges: int, at_hand: Desk) -> dict[str, float]:
    """How long a command takes, in milliseconds, while so many challenges fall due at once."""
    with tempfile.TemporaryDirectory() as folder:
        store = programme.store(Path(folder))
        store.work(lambda session: programme.furnish(session, challenges, NOW, NOW))
        store.work(lambda session: programme.let_in(session, range(1, challenges + 1), NOW))
        bot = build(store, at_hand, RehearsalClock(NOW), {})
        ticking = asyncio.create_task(bot.tick())
        took = []
        while not ticking.done():
            began = time.perf_counter()
            await bot.ear.hear(_status(len(took), challenges))
            took.append(time.perf_counter() - began)
            await asyncio.sleep(_BETWEEN)
        await ticking
        bot.ear.close()
        store.close()
        return {**spread(sorted(took)), "most": 1000 * max(took), "commands": float(len(took))}


def at_hand() -> Desk:
    """Everything the handlers need, read once."""
    return desk(Settings(), frozenset())


def _status(number: int, challenges: int) -> Said:
    by = programme.account("sponsor", number % challenges + 1)
    place = Place(platform=by.platform, tenant=by.tenant, address=by.id, direct=True)
    return Said(id=f"busy:{number}", at=NOW, by=by, place=place, text="status")
