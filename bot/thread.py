"""The store's thread: one unit of work after the other, what people wait for before what follows from it."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import PriorityQueue
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")

PATIENCE = 0.25
"""Seconds for which work that nobody waits for lets other work go first."""


class StoreThread:
    """Runs work in a thread of its own, in the order in which it was wanted but for `later` work."""

    def __init__(self) -> None:
        self._wanted: PriorityQueue[tuple[float, int, _Work | None]] = PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._thread = Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Result], *, later: bool = False) -> "Future[Result]":
        """Have work done as soon as what is before it is done. `later`: others go first for a while."""
        if self._closed:
            raise RuntimeError("the store's thread has ended")
        done: Future[Result] = Future()
        self._put(time.monotonic() + (PATIENCE if later else 0), (done, work))
        return done

    def close(self) -> None:
        """Finish all that was wanted, and end."""
        self._closed = True
        self._put(float("inf"), None)
        self._thread.join()

    def _put(self, due: float, work: "_Work | None") -> None:
        self._wanted.put((due, next(self._numbers), work))

    def _run(self) -> None:
        while True:
            _, _, wanted = self._wanted.get()
            if wanted is None:
                return
            done, work = wanted
            if done.set_running_or_notify_cancel():
                _do(done, work)


_Work = tuple["Future[Any]", Callable[[], Any]]


def _do(done: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        done.set_result(work())
    except BaseException as trouble:
        done.set_exception(trouble)
