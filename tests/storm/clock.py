"""The clocks of several processes: people's is told to all of them at once, the machine's runs fast."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import app, handover, postman, stock
from bot.clock import Clock

FAST = 15.0
"""Seconds that pass for the machine in one of ours: a lease of a minute ends after four seconds."""
_TICK = 0.25
_SECONDS = (
    (app, "BURST_SECONDS"), (app, "PATIENCE_SECONDS"), (handover, "SECONDS"), (postman, "CALL_SECONDS"),
    (postman, "FINDING_SECONDS"), (postman, "_PATIENCE"), (stock, "AGAIN_AFTER"), (stock, "LOOK_SECONDS"),
)  # fmt: skip
"""What the bot waits for in real time: all of it in the same proportion to a lease."""


@dataclass(frozen=True, kw_only=True)
class SharedClock(Clock):
    """People's clock stands in a file. The machines' began together, and one may be `ahead` of another."""

    file: Path
    since: float
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.at(time.time()), UTC) + self.ahead

    def at(self, ours: float) -> float:
        """What the machine's clock shows when ours does this, both in seconds since 1970."""
        return self.since + (ours - self.since) * FAST

    def tell(self, moment: datetime) -> None:
        """Show all of them another moment from now on; nobody ever reads half of it."""
        new = self.file.with_suffix(".new")
        new.write_text(moment.astimezone(UTC).isoformat())
        new.replace(self.file)

    def of(self, seconds: float) -> "SharedClock":
        """The same on a machine whose clock is ahead by so many seconds, or behind."""
        return replace(self, ahead=timedelta(seconds=seconds))


def begun(file: Path, moment: datetime) -> SharedClock:
    """Clocks that begin now, at a moment of people's."""
    clock = SharedClock(file=file, since=time.time())
    clock.tell(moment)
    return clock


def hurry() -> None:
    """Let this process wait for shorter times, as the machine's clock runs fast."""
    for module, name in _SECONDS:
        setattr(module, name, getattr(module, name) / FAST)
    app.EVERY_SECONDS = _TICK
    stock.PATIENCE = tuple(seconds / FAST for seconds in stock.PATIENCE)
