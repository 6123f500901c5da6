"""A rehearsal's clock for tests: nobody waits for a retry."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.clock import RehearsalClock


class PatientClock(RehearsalClock):
    """The machine's clock runs on when somebody waits, instead of letting them wait.

    `waits` are the seconds they waited; `while_waiting` is called before each. `while_passing` is told how
    many seconds were skipped in all.
    """

    def __init__(self, told: datetime) -> None:
        super().__init__(told)
        self._skipped = timedelta()
        self.waits: list[float] = []
        self.while_waiting: Callable[[], object] = lambda: None
        self.while_passing: Callable[[float], object] = lambda _seconds: None

    def wall(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    def passes(self, seconds: float) -> None:
        """Let time pass for the machine alone."""
        self._skipped += timedelta(seconds=seconds)
        self.while_passing(self._skipped.total_seconds())

    async def sleep(self, seconds: float) -> None:
        """Pass on at once; a wait of no time would be asked for again for ever."""
        self.waits.append(seconds)
        self.while_waiting()
        self.passes(max(seconds, 0.001))
        await asyncio.sleep(0)
