"""The store's thread: one unit of work after the other, what people wait for before what follows from it."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import PriorityQueue
from threading import Thread
from typing import Any, TypeVar

from store.trouble import Away

Result = TypeVar("Result")

PATIENCE = 0.25
"""Seconds for which work that nobody waits for lets other work go first."""


class StoreThread:
    """Runs work in a thread of its own, in the order in which it was wanted but for `later` work."""

    def __init__(self) -> None:
        self._wanted: PriorityQueue[tuple[float, int, _Work | None]] = PriorityQueue()
        self._numbers = itertools.count()
        self._begun: float | None = None
        self._closed = False
        self._thread = Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Result], *, later: bool = False) -> "Future[Result]":
        """Have work done as soon as what is before it is done. `later`: others go first for a while."""
        if self._closed:
            raise RuntimeError("the store's thread has ended")
        done: Future[Result] = Future()
        self._put(time.monotonic() + (PATIENCE if later else 0), (done, [work], later))
        return done

    def give_up(self, seconds: float) -> bool:
        """Where what is in hand is stuck for so long, fail what people wait for behind it: it never begins.

        Raises Away for them. True: somebody still waits.
        """
        waiting = [wanted for _, _, wanted in list(self._wanted.queue) if wanted and not wanted[2]]
        begun = self._begun
        if begun is None or time.monotonic() < begun + seconds:
            return bool(waiting) or begun is not None
        for done, left, _ in waiting:
            if _taken(left) and done.set_running_or_notify_cancel():
                done.set_exception(Away("stuck"))
        return True

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
            done, left, _ = wanted
            work = _taken(left)
            if work and done.set_running_or_notify_cancel():
                self._begun = time.monotonic()
                _do(done, work)
                self._begun = None


_Work = tuple["Future[Any]", list[Callable[[], Any]], bool]
"""What is to be done, until somebody takes it; and whether it is for later."""


def _taken(left: list[Callable[[], Any]]) -> Callable[[], Any] | None:
    """What is to be done, for the first who asks."""
    try:
        return left.pop()
    except IndexError:
        return None


def _do(done: "Future[Any]", work: Callable[[], Any]) -> None:
    try:
        done.set_result(work())
    except BaseException as trouble:
        done.set_exception(trouble)
