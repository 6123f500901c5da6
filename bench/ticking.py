"""What a tick costs when nothing is due."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench import programme
from bench.table import Row, show
from bot.app import desk
from bot.settings import Settings
from handlers.desk import Desk
from handlers.jobs import tick

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
_FEW, _MANY = 100, 10_000
_TIMES = 30


async def rows() -> list[Row]:
    """A tick over many idle challenges, beside one over few."""
    at_hand = desk(Settings(), frozenset())
    few, many = _idle(_FEW, at_hand), _idle(_MANY, at_hand)
    return [
        show(Row(name=f"tick over {_FEW} idle challenges", figure=few, unit="ms")),
        show(Row(name=f"tick over {_MANY} idle challenges", figure=many, unit="ms", floor=few, most=1.2)),
    ]


def _idle(challenges: int, at_hand: Desk) -> float:
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
