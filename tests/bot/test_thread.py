"""The store's thread: in order, what somebody waits for first, and nothing waits for ever."""

import threading
import time

import pytest

from bot import thread
from bot.thread import StoreThread
from store.trouble import Away


@pytest.fixture
def busy():
    """A thread that is held up until the event is set."""
    store, begun, go_on = StoreThread(), threading.Event(), threading.Event()

    def hold_up():
        begun.set()
        go_on.wait()

    store.submit(hold_up)
    begun.wait()
    yield store, go_on
    go_on.set()
    store.close()


def test_what_somebody_waits_for_goes_before_what_follows(busy):
    store, go_on = busy
    done = []
    for name, later in (("follows", True), ("asked", False), ("follows too", True), ("asked too", False)):
        store.submit(lambda name=name: done.append(name), later=later)
    go_on.set()
    store.close()

    assert done == ["asked", "asked too", "follows", "follows too"]


def test_what_follows_has_its_turn_after_a_while(busy, monkeypatch):
    monkeypatch.setattr(thread, "PATIENCE", 0.01)
    store, go_on = busy
    done = []
    store.submit(lambda: done.append("follows"), later=True)
    time.sleep(0.02)
    store.submit(lambda: done.append("asked"))
    go_on.set()
    store.close()

    assert done == ["follows", "asked"]


def test_work_that_fails_tells_who_wanted_it_and_holds_up_nothing(busy):
    store, go_on = busy

    def fails():
        raise LookupError("a mistake")

    failed, right = store.submit(fails), store.submit(lambda: 2)
    go_on.set()

    with pytest.raises(LookupError, match="a mistake"):
        failed.result(1)
    assert right.result(1) == 2


def test_work_that_nobody_wants_any_more_is_left_undone(busy):
    store, go_on = busy
    done = []
    store.submit(lambda: done.append(1)).cancel()
    go_on.set()
    store.close()

    assert done == []


def test_nobody_waits_behind_work_that_is_stuck(busy):
    store, go_on = busy
    done = []
    asked, follows = store.submit(lambda: done.append("asked")), store.submit(
        lambda: done.append("follows"), later=True
    )  # fmt: skip
    early, late = store.give_up(60), store.give_up(0)

    with pytest.raises(Away, match="stuck"):
        asked.result(1)
    go_on.set()
    follows.result(1)
    store.close()
    assert (early, late, done) == (True, True, ["follows"])


def test_thread_with_nothing_in_hand_has_nobody_waiting():
    store = StoreThread()
    store.submit(lambda: None).result(1)
    store.close()

    assert store.give_up(0) is False


def test_thread_that_ended_takes_no_work():
    store = StoreThread()
    store.close()

    with pytest.raises(RuntimeError):
        store.submit(lambda: None)
