"""Whether the process is alive, and whether it can do its work: what a load balancer is told."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot.ready import STUCK_AFTER
from store.outbox import Outgoing
from tests.bot.speaking import got, hurry, queue, speaking
from tests.fakes.house import BEGINS


@pytest.fixture
def house(house):
    """A house that owes nobody anything: what its opening queued has gone."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


@pytest.fixture
async def served(house, monkeypatch):
    monkeypatch.setattr("bot.ready._LOOK_EVERY", 0)
    async with speaking(house) as served:
        yield served


async def ask(served, path):
    response = await got(served.app, path)
    return response.status_code, response.json()


def told(*, trouble=None, chats=None, oldest=0):
    trouble = trouble or {}
    found = {"ready": not trouble, "trouble": trouble, "chats": chats or {}, "oldest_message_seconds": oldest}
    return (503 if trouble else 200, found)


async def test_process_that_does_its_work_is_alive_and_ready(served):
    async with served.running():
        assert [await ask(served, path) for path in ("/healthz", "/readyz")] == [(200, {"ok": True}), told()]


async def test_process_that_has_not_begun_is_not_ready(served):
    assert await ask(served, "/readyz") == told(trouble={"postman": "not_running"})


async def test_postman_that_ended_is_seen_in_both_and_logged(served, monkeypatch, logged):
    async def falls_over():
        raise SystemError

    monkeypatch.setattr(served.bot.postman, "run", falls_over)
    async with served.running():
        await asyncio.wait([served.readiness.at_work["postman"]])
        seen = [await ask(served, path) for path in ("/healthz", "/readyz")]

    assert seen == [
        (503, {"ok": False, "trouble": {"postman": "ended"}}),
        told(trouble={"postman": "not_running"}),
    ]
    [line] = [json.loads(line) for line in logged.getvalue().splitlines() if "work_ended" in line]
    assert (line["work"], line["error"]) == ("postman", "SystemError")


async def test_postman_that_finds_out_nothing_is_stuck(served, house, monkeypatch):
    async def hangs():
        await asyncio.Event().wait()

    async with served.running():
        await ask(served, "/readyz")
        monkeypatch.setattr(served.bot.postman, "_claim", hangs)
        served.bot.ear.woken.set()
        await asyncio.sleep(0.05)
        house.clock.wait(STUCK_AFTER.total_seconds() + 1)
        seen = [await ask(served, path) for path in ("/healthz", "/readyz")]
        monkeypatch.undo()
        hurry(served)

    assert seen == [(200, {"ok": True}), told(trouble={"postman": "stuck"})]


async def test_database_that_does_not_answer_is_told_soon_and_the_process_is_alive(served, monkeypatch):
    async def never(_unit):
        await asyncio.Event().wait()

    async with served.running():
        monkeypatch.setattr("bot.ready.PATIENCE", 0.05)
        with monkeypatch.context() as patched:
            patched.setattr(served.bot.ear, "work", never)
            seen = [await ask(served, path) for path in ("/healthz", "/readyz")]
        hurry(served)

    assert seen == [(200, {"ok": True}), told(trouble={"database": "no_answer"})]


async def test_database_that_breaks_is_told_by_the_kind_of_its_error(served, house):
    async with served.running():
        house.change(lambda session: session.execute(text("alter table outgoing rename to elsewhere")))
        seen = await ask(served, "/readyz")
        house.change(lambda session: session.execute(text("alter table elsewhere rename to outgoing")))

    assert (seen[0], list(seen[1]["trouble"])) == (503, ["database"])
    assert "elsewhere" not in str(seen)


async def test_database_of_another_schema_is_told_and_nothing_more_is_asked_of_it(served, house):
    house.change(lambda session: session.execute(text("update alembic_version set version_num = '9999'")))
    async with served.running():
        assert await ask(served, "/readyz") == told(trouble={"schema": "another"})


async def test_silent_chat_is_told_and_the_process_stays_ready(served):
    served.surfaces[0].silent = "token_revoked"
    await served.watch.look()
    async with served.running():
        assert await ask(served, "/readyz") == told(chats={"chat": "token_revoked"})


async def test_age_of_the_oldest_message_that_should_be_there_is_told(served, house):
    served.surfaces[0].platform.hangs = "early"
    for key in ("early", "another"):
        queue(house, "Helen", key)
    house.clock.told = BEGINS + timedelta(minutes=20)
    async with served.running():
        seen = await ask(served, "/readyz")
        hurry(served)

    assert seen == told(oldest=1200)


async def test_many_who_ask_are_told_what_was_found_once(served, monkeypatch):
    monkeypatch.setattr("bot.ready._LOOK_EVERY", 60)
    async with served.running():
        found = await asyncio.gather(*(served.readiness.look() for _ in range(20)))

    assert len({id(one) for one in found}) == 1


async def test_many_who_ask_while_the_database_is_silent_wait_for_one_look(served, monkeypatch):
    looks = []

    async def never(unit):
        looks.append(unit)
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.ready.PATIENCE", 0.2)
    monkeypatch.setattr("bot.ready._LOOK_EVERY", 0.1)
    monkeypatch.setattr(served.bot.ear, "work", never)
    found = await asyncio.gather(*(served.readiness.look() for _ in range(6)))

    assert len(looks) == 1
    assert [one.trouble["database"] for one in found] == 6 * ["no_answer"]
