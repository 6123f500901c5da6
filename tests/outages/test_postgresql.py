"""PostgreSQL goes away, freezes, breaks off and comes back: nothing half done, and nothing to do by hand."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from psycopg import ConnectionInfo
from sqlalchemy import select, text

from handlers.delivering import UNHEARD_AFTER, sweep
from store.heard import Heard
from store.migrations import is_current
from store.outbox import Outgoing
from store.scoping import KeyLine
from store.session import Store

ROOT = Path(__file__).parents[2]
SOON = 6.0
"""Seconds in which everybody is answered, on a machine that has much else to do. Each waits for two."""


def said(house, number):
    return house.said("Helen", "say back", fields={"text": f"number {number}", "day": "9 nov"})


def kept(house):
    return sorted(house.ask(select(KeyLine.text)))


def is_done(house, answer):
    return all(answer.card != house.answer(f"records_{why}") for why in ("away", "busy", "full", "in_doubt"))


async def until_done(ear, house, act):
    """Say it again, as a person or a chat would, until it is done."""
    async with asyncio.timeout(30):
        while not is_done(house, answer := await ear.hear(act)):  # noqa: ASYNC110 - nobody tells when it is back
            await asyncio.sleep(0.1)
    return answer


# Gone


async def test_everybody_is_told_soon_that_nothing_was_saved_and_nobody_after_it_is_back(
    cluster, house, ear, logged
):
    cluster.stop()
    begun = time.monotonic()
    try:
        answers = await asyncio.gather(*(ear.hear(said(house, number)) for number in range(20)))
        told_after = time.monotonic() - begun
    finally:
        cluster.start()
    act = said(house, 99)
    await until_done(ear, house, act)

    assert [answer.card for answer in answers] == [house.answer("records_away")] * 20
    assert told_after < SOON
    assert kept(house) == ["number 99"]
    assert '"event": "not_saved"' in logged.getvalue()


async def test_short_interruption_is_not_noticed(cluster, house, ear):
    cluster.stop("fast")
    back = asyncio.create_task(asyncio.to_thread(cluster.start))
    answer = await ear.hear(said(house, 1))
    await back

    assert is_done(house, answer)
    assert kept(house) == ["number 1"]


async def test_restarts_under_load_lose_nothing_and_double_nothing(cluster, house, ear):
    acts = [said(house, number) for number in range(60)]

    async def says(number):
        await asyncio.sleep(number * 0.05)
        return is_done(house, await ear.hear(acts[number])), await until_done(ear, house, acts[number])

    saying = asyncio.gather(*(says(number) for number in range(len(acts))))
    for mode in ("immediate", "fast"):
        await asyncio.sleep(0.8)
        await asyncio.to_thread(cluster.stop, mode)
        await asyncio.to_thread(cluster.start)
    at_once, _ = zip(*await saying, strict=True)

    assert kept(house) == sorted(f"number {number}" for number in range(len(acts)))
    assert any(at_once)


# Frozen


async def test_server_that_freezes_is_given_up_and_works_again_when_it_thaws(far, far_ear, proxy):
    assert is_done(far, await far_ear.hear(said(far, 1)))
    proxy.silent = True
    begun = time.monotonic()
    answers = await asyncio.gather(*(far_ear.hear(said(far, number)) for number in range(2, 12)))
    told_after = time.monotonic() - begun
    proxy.silent = False
    await until_done(far_ear, far, said(far, 99))

    assert [answer.card for answer in answers] == [far.answer("records_away")] * 10
    assert told_after < SOON
    assert kept(far) == ["number 1", "number 99"]


def _python(script, *arguments, **pipes):
    return subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT, text=True, **pipes)


_FREEZES = """
import sys
from sqlalchemy import text
from store.session import Store
store = Store(sys.argv[1])
tries = []
def unit(session):
    tries.append(1)
    session.execute(text("UPDATE programme SET name = name || '!'"))
    if len(tries) == 1:
        print("holds the lock", flush=True)
        sys.stdin.readline()
store.work(unit)
print(len(tries), flush=True)
"""


async def test_process_that_freezes_in_a_unit_of_work_holds_the_others_up_for_seconds_only(
    cluster, name, house, ear
):
    before = house.ask(text("SELECT name FROM programme"))
    frozen = _python(_FREEZES, cluster.url(name), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert frozen.stdout.readline() == "holds the lock\n"
        os.kill(frozen.pid, signal.SIGSTOP)
        held_up = await ear.hear(said(house, 1))
        await until_done(ear, house, said(house, 2))
        os.kill(frozen.pid, signal.SIGCONT)
        tries = frozen.communicate("go on\n", timeout=30)[0]
    finally:
        frozen.kill()
        frozen.communicate()

    assert held_up.card == house.answer("records_busy")
    assert kept(house) == ["number 2"]
    assert tries == "2\n"
    assert house.ask(text("SELECT name FROM programme")) == [f"{before[0]}!"]


# Broken off


@pytest.mark.parametrize("breaks", ["before", "after"])
async def test_commit_that_nobody_saw_the_end_of_has_one_effect_and_one_answer(far, far_ear, proxy, breaks):
    proxy.breaks = breaks
    act = said(far, 1)
    first = await far_ear.hear(act)
    again = await far_ear.hear(act)

    assert kept(far) == ["number 1"]
    assert (is_done(far, first), first.card) == (True, again.card)


@pytest.mark.parametrize("breaks", ["before", "after"])
def test_unit_of_work_is_run_again_only_if_it_was_not_committed(far, proxy, breaks):
    runs = []

    def unit(session):
        runs.append(1)
        session.execute(text("UPDATE programme SET name = name || '!'"))

    [before] = far.ask(text("SELECT name FROM programme"))
    proxy.breaks = breaks
    far.store.work(unit)

    assert len(runs) == {"before": 2, "after": 1}[breaks]
    assert far.ask(text("SELECT name FROM programme")) == [f"{before}!"]


def test_unit_of_work_whose_session_is_ended_halfway_is_run_again(cluster, house):
    runs = []

    def unit(session):
        with session.begin_nested():
            session.execute(text("UPDATE programme SET name = name || '!'"))
            runs.append(session.scalar(text("SELECT pg_backend_pid()")))
            if len(runs) == 1:
                cluster.run(f"SELECT pg_terminate_backend({runs[0]})")
            session.execute(text("UPDATE programme SET name = name || '?'"))

    [before] = house.ask(text("SELECT name FROM programme"))
    house.store.work(unit)

    assert house.ask(text("SELECT name FROM programme")) == [f"{before}!?"]
    assert len(set(runs)) == 2


async def test_answer_follows_where_nobody_could_tell_whether_it_was_saved(far, far_ear, proxy, house):
    proxy.breaks = "for good"
    act = said(far, 1)
    answer = await far_ear.hear(act)
    await far_ear.handed_over(answer.said)
    proxy.silent = False
    await until_done(far_ear, far, said(far, 2))
    later = house.clock.now() + UNHEARD_AFTER
    house.change(lambda session: sweep(session, house.desk, later))

    assert answer.card == house.answer("records_in_doubt")
    assert kept(house) == ["number 1", "number 2"]
    assert len(house.ask(select(Outgoing).where(Outgoing.key == act.id))) == 1


# Several processes, and nothing that stays


_MIGRATES = """
import sys
from store.migrations import upgrade
from store.session import Store
upgrade(Store(sys.argv[1]).engine)
"""


def test_schema_is_brought_up_to_date_by_several_processes_at_once(cluster):
    name = cluster.create()
    at_it = [_python(_MIGRATES, cluster.url(name)) for _ in range(3)]
    ended = [process.wait(60) for process in at_it]
    store = Store(cluster.url(name))
    current = is_current(store.engine)
    store.close()
    cluster.drop(name)

    assert (ended, current) == ([0, 0, 0], True)


def _prepared(store):
    for _ in range(20):
        store.work(lambda session: session.execute(select(Heard.id)).all())
    with store.engine.raw_connection() as connection:
        kept = connection.cursor().execute("SELECT statement FROM pg_prepared_statements").fetchall()
    store.close()
    return ["FROM heard" in statement for (statement,) in kept]


def test_what_is_asked_often_is_prepared_by_the_server_itself(cluster, name):
    assert _prepared(Store(cluster.url(name))) == [True]


def test_transaction_leaves_nothing_behind_in_its_session(cluster, name, monkeypatch):
    """PgBouncer hands a session to somebody else after each transaction. It tells of no process."""
    monkeypatch.setattr(ConnectionInfo, "backend_pid", 0)
    assert _prepared(Store(cluster.url(name))) == []

    store = Store(cluster.url(name))
    store.work(lambda session: session.execute(select(Heard.id)).all())
    with store.engine.raw_connection() as connection:
        cursor = connection.cursor()
        left = [
            cursor.execute(f"SHOW {setting}").fetchone()[0]
            for setting in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        ]
        locks = cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()[0]
    store.close()

    assert (left, locks) == (["0", "0", "0"], 0)


WRITERS, EACH = 3, 40
_COUNTS = """
import sys
from store.programme import Programme
from store.session import Store
store = Store(sys.argv[1])
def count_up(session):
    programme = session.get_one(Programme, 1)
    programme.name = str(int(programme.name) + 1)
for _ in range(int(sys.argv[2])):
    store.work(count_up)
"""


def test_processes_that_count_up_together_lose_nothing(cluster, name):
    store = Store(cluster.url(name))
    store.work(lambda session: session.execute(text("UPDATE programme SET name = '0'")))
    counting = [_python(_COUNTS, cluster.url(name), str(EACH)) for _ in range(WRITERS)]
    ended = [process.wait(60) for process in counting]
    counted = store.work(lambda session: session.scalar(text("SELECT name FROM programme")))
    store.close()

    assert (ended, counted) == ([0] * WRITERS, str(WRITERS * EACH))
