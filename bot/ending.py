"""The end of the process: told once, what is in hand is finished; told twice, it ends at once."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger()

PATIENCE: Final = 7.0
"""Seconds from being told until everything in hand must be finished or broken off."""

_LAST: Final = 2.5
"""Seconds for what hangs even then, such as a database that does not answer; it is left to itself."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """`tell` begins it, as SIGTERM and SIGINT do once `listen` was called."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._then: list[Callable[[], object]] = []

    def listen(self, then: Callable[[], object]) -> None:
        """Begin at the first signal, and call `then`. The second ends the process in the system's own way."""
        loop = asyncio.get_running_loop()
        self._then.append(then)
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._signalled)

    def begin(self) -> None:
        """What is in hand has so many seconds from now on; once begun, they run."""
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + PATIENCE

    @property
    def begun(self) -> bool:
        """Whether the process was told to end."""
        return self._until is not None

    def left(self) -> float:
        """Seconds that are left for what is in hand; all of them before it has begun."""
        if self._until is None:
            return PATIENCE
        return max(0.0, self._until - asyncio.get_running_loop().time())

    def _signalled(self) -> None:
        log.info("ending")
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        self.begin()
        _leave_after(PATIENCE + _LAST)
        for then in self._then:
            then()


def _leave_after(seconds: float) -> None:
    """End the process then, whatever hangs: nothing that is not committed is kept, and no row is in hand."""
    late = threading.Timer(seconds, _leave)
    late.daemon = True
    late.start()


def _leave() -> None:
    log.error("ended_before_everything_was_finished")
    os._exit(1)
