"""What time it is: the only place that asks. A rehearsal's clock stands still until it is moved."""

import asyncio
from datetime import UTC, datetime


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """What time it is for the people of a challenge, aware and in UTC."""
        return self.wall()

    def wall(self) -> datetime:
        """What time it is for the machine: retries and leases pass by this one, even in a rehearsal."""
        return datetime.now(UTC)


class RehearsalClock(Clock):
    """A clock that shows what it was told."""

    def __init__(self, told: datetime) -> None:
        self._told = told.astimezone(UTC)

    def now(self) -> datetime:
        """What the clock was last told."""
        return self._told

    def tell(self, moment: datetime) -> None:
        """Show another moment from now on."""
        self._told = moment.astimezone(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for a retry; a second at most, as there may be something to do earlier."""
        await asyncio.sleep(min(seconds, 1.0))
