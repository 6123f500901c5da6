"""What a bot does by itself: how often, and that nobody waits for it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import app
from bot.app import PURGE_AFTER, PURGE_TRIES, build
from handlers import purging
from store.finding import Finding
from store.form_in_hand import LASTS, FormInHand
from store.heard import Heard
from tests.fakes.house import BEGINS


async def test_bot_ticks_looks_at_itself_and_forgets_by_itself(house):
    bot = build(house.store, house.desk, house.clock, {})
    wakes = {job.id: (str(job.trigger), getattr(job, "next_run_time", None)) for job in _jobs(bot)}
    bot.ear.close()

    assert wakes == {
        "tick": ("interval[0:00:15]", None),
        "audit": ("interval[0:05:00]", None),
        "purge": ("cron[hour='3', minute='17']", BEGINS + PURGE_AFTER),
    }


def _jobs(bot):
    return bot.scheduler().get_jobs()


async def test_night_goes_through_everything_though_there_is_more_than_one_batch(house):
    rows = [
        Heard(id=f"h{number}", at=BEGINS, outcome="done", handed_over_at=BEGINS, answer={"template": "x"})
        for number in range(250)
    ]
    house.change(lambda session: session.add_all(rows))
    house.clock.told = BEGINS + timedelta(days=60)
    bot = build(house.store, house.desk, house.clock, {})
    await bot.purge()
    bot.ear.close()

    assert house.ask(select(Heard.id).where(Heard.id.startswith("h"))) == []


async def test_step_of_the_night_that_is_held_up_is_told_and_the_others_are_done(house, monkeypatch):
    tries = []

    def held_up(_session, before, _after):
        tries.append(before)
        raise OperationalError("UPDATE", {}, Exception("canceling statement due to statement timeout"))

    def done(session, _before, _after):
        session.add(Heard(id="done", at=BEGINS, outcome="done"))
        return purging.Batch(rows=1)

    monkeypatch.setattr(purging, "_WORDS", (held_up, done))
    monkeypatch.setattr(app, "PURGE_PAUSE", 0)
    bot = build(house.store, house.desk, house.clock, {})
    await bot.purge()
    bot.ear.close()

    assert len(tries) >= PURGE_TRIES
    assert [(row.kind, row.facts) for row in house.ask(select(Finding))] == [
        ("forgetting_failed", {"what": "held_up"})
    ]
    assert house.ask(select(Heard.id)) == ["done"]


async def test_night_goes_on_when_the_database_is_back(house, monkeypatch):
    bot = build(house.store, house.desk, house.clock, {})
    real, hitches = bot.ear.work, iter(range(2 * PURGE_TRIES))

    async def away(unit):
        if next(hitches, None) is not None:
            raise ConnectionError
        return await real(unit)

    monkeypatch.setattr(bot.ear, "work", away)
    monkeypatch.setattr(app, "PURGE_PAUSE", 0)
    await bot.purge()
    bot.ear.close()

    assert [row.facts for row in house.ask(select(Finding))] == [{"what": "empty_answers"}]


async def test_tick_forgets_forms_that_were_left(house):
    form = {"account": "U1", "place": {}, "url": None, "pages": [], "answers": [[0, {"fields": {"a": "b"}}]]}
    for name, touched_at in (("left", BEGINS), ("in hand", BEGINS + timedelta(minutes=1))):
        row = FormInHand(name=name, touched_at=touched_at, **form)
        house.change(lambda session, row=row: session.add(row))
    house.clock.told = house.clock.machine = BEGINS + LASTS + timedelta(seconds=15)
    bot = build(house.store, house.desk, house.clock, {})
    await bot.tick()
    bot.ear.close()

    assert house.ask(select(FormInHand.name)) == ["in hand"]
