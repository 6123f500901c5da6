"""What a bot does by itself: how often, and that nobody waits for it."""

from datetime import timedelta

from sqlalchemy import select

from bot.app import PURGE_AFTER, build
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
