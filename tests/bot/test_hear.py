"""The way into the store's thread: one unit after the other, nothing lost between them."""

import asyncio
import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import app, hear
from handlers import jobs
from handlers.message import Happened
from store.challenge import Challenge
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person
from store.scoping import KeyLine
from store.trouble import Away, Busy, Full, InDoubt
from tests.fakes.house import BEGINS

FIELDS = {"text": "hello", "day": "9 nov"}


def _handed_over(house):
    return {row.id: row.handed_over_at for row in house.ask(select(Heard))}


async def test_units_of_work_run_one_after_the_other_in_one_thread(ear):
    seen = []

    def unit(number):
        def work(_session):
            seen.append((number, "begins", threading.get_ident()))
            seen.append((number, "ends", threading.get_ident()))
            return number

        return work

    results = await asyncio.gather(*(ear.work(unit(number)) for number in range(5)))

    assert results == list(range(5))
    assert [step[:2] for step in seen] == [(n, step) for n in range(5) for step in ("begins", "ends")]
    assert {thread for *_, thread in seen} - {threading.get_ident()} == {seen[0][2]}


async def test_same_act_heard_twice_at_once_has_one_effect(ear, house):
    said = house.said("Helen", "say back", fields=FIELDS)
    first, second = await asyncio.gather(ear.hear(said), ear.hear(said))

    assert second == replace(first, again=True)
    assert len(house.ask(select(KeyLine))) == 1


@pytest.mark.parametrize(
    ("text", "fields", "woken", "stirred"),
    [
        ("what now", None, False, False),
        ("say back", FIELDS, False, True),
        ("scoping call", None, True, True),
    ],
)
async def test_answer_wakes_whatever_follows_from_it(ear, house, text, fields, woken, stirred):
    house.says("Jo", "ready in exampleshire")
    house.appoint("Priya", "programme_manager")
    await ear.hear(house.said("Helen", text, fields=fields))

    assert (ear.woken.is_set(), ear.stirred.is_set()) == (woken, stirred)


async def test_changes_are_looked_at_soon_and_a_burst_of_them_once(bot, house, monkeypatch):
    monkeypatch.setattr(app, "BURST_SECONDS", 0.1)
    looks = []

    async def look():
        looks.append([row.text for row in house.ask(select(KeyLine))])
        await bot.tick()

    following = asyncio.create_task(bot.follow(look))
    for text in ("one", "two", "three"):
        await bot.ear.hear(house.said("Helen", "say back", fields={"text": text, "day": "9 nov"}))
    await asyncio.sleep(1)
    following.cancel()

    assert looks[0] == ["one", "two", "three"]
    assert house.one(Challenge, name="Exampleshire").next_due_at != BEGINS
    assert not bot.ear.stirred.is_set()


async def test_tick_ends_although_more_falls_due_meanwhile(bot, house, monkeypatch):
    """Commands that keep coming mark challenges faster than a tick can look at them."""
    moments = []

    def batch(_session, _desk, now):
        moments.append(now)
        house.clock.told += timedelta(seconds=1)
        return len(moments) < 4

    monkeypatch.setattr(app, "tick", batch)
    await bot.tick()

    assert moments == [BEGINS] * 4


async def test_change_in_a_challenge_that_is_due_already_is_looked_at_too(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    ear.stirred.clear()
    await ear.hear(house.said("Helen", "say back", fields={"text": "once more", "day": "9 nov"}))

    assert ear.stirred.is_set()


async def test_look_that_fails_is_taken_again(bot, house, monkeypatch, logged):
    monkeypatch.setattr(app, "BURST_SECONDS", 0)
    monkeypatch.setattr(app, "PATIENCE_SECONDS", 0)
    looks = []

    async def look():
        looks.append(1)
        if len(looks) == 1:
            raise LookupError

    bot.ear.stirred.set()
    following = asyncio.create_task(bot.follow(look))
    await asyncio.sleep(0.05)
    following.cancel()

    assert len(looks) == 2
    assert "following_broke" in logged.getvalue()


async def test_store_that_breaks_is_answered_with_a_reference_that_the_log_has(ear, house, logged):
    answer = await ear.hear(house.said("Helen", "break a rule thresholds-are-private"))
    [line] = [json.loads(line) for line in logged.getvalue().splitlines() if line.startswith("{")]

    assert line["event"] == "store_broke"
    assert answer.card == house.answer("broken", {"reference": line["reference"]})
    assert "thresholds-are-private" not in logged.getvalue()
    assert house.ask(select(KeyLine)) == []
    assert b"thresholds-are-private" not in house.bytes()


@pytest.mark.parametrize("trouble", [Away("57P01"), Busy("55P03"), Full("53100")])
async def test_database_in_trouble_is_answered_in_plain_words_and_logged_by_its_code(
    ear, house, logged, monkeypatch, trouble
):
    def work(_unit):
        raise trouble

    monkeypatch.setattr(ear.store, "work", work)
    answer = await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    monkeypatch.undo()
    [line] = [json.loads(line) for line in logged.getvalue().splitlines()]

    assert "Nothing was saved" in answer.card.plain
    assert (line["event"], line["trouble"], line["code"]) == (
        "not_saved", type(trouble).__name__, str(trouble)
    )  # fmt: skip


async def test_answer_in_doubt_is_not_written_down_as_the_one_that_stands(ear, house, monkeypatch):
    said = house.said("Helen", "say back", fields=FIELDS)
    real = ear.store.work

    def work(unit):
        real(unit)
        raise InDoubt("57P01")

    monkeypatch.setattr(ear.store, "work", work)
    in_doubt = await ear.hear(said)
    monkeypatch.undo()
    await ear.handed_over(in_doubt.said)
    await ear.work(lambda _session: None)

    assert len(house.ask(select(KeyLine))) == 1
    assert _handed_over(house)[said.id] is None


async def test_nobody_waits_for_long_behind_a_unit_of_work_that_is_stuck(ear, house, monkeypatch):
    monkeypatch.setattr(hear, "STUCK", 0.05)
    monkeypatch.setattr(hear, "_LOOK", 0.02)
    go_on = threading.Event()
    stuck = asyncio.create_task(ear.work(lambda _session: go_on.wait()))
    await asyncio.sleep(0.3)
    answer = await asyncio.wait_for(ear.hear(house.said("Helen", "say back", fields=FIELDS)), 5)
    go_on.set()
    await stuck

    assert answer.card == house.answer("records_away")
    assert house.ask(select(KeyLine)) == []


async def test_answer_that_stands_is_marked_with_the_next_unit_of_work(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")
    await ear.work(lambda _session: None)

    assert _handed_over(house) == {"said-1": BEGINS}


async def test_answer_that_stands_is_marked_soon_where_no_work_follows(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")
    await asyncio.sleep(0.1)
    await asyncio.sleep(0.05)

    assert _handed_over(house) == {"said-1": BEGINS}


async def test_mark_of_a_unit_that_failed_is_made_by_the_next(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")

    def fails(_session):
        raise LookupError

    await asyncio.gather(ear.work_at_once(fails), return_exceptions=True)
    lost = _handed_over(house)
    await ear.work(lambda _session: None)

    assert (lost, _handed_over(house)) == ({"said-1": None}, {"said-1": BEGINS})


async def test_mark_is_made_before_work_that_nobody_waits_for_and_that_may_break_off(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")

    def fails(_session):
        raise LookupError

    await asyncio.gather(ear.work(fails), return_exceptions=True)

    assert _handed_over(house) == {"said-1": BEGINS}


async def test_mark_is_not_lost_at_the_end(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")
    ear.close()

    assert _handed_over(house) == {"said-1": BEGINS}


async def test_answer_that_stood_before_somebody_was_refused_is_written_down_once_more(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    first = house.ask(select(Heard.id))[0]
    await ear.handed_over(first)
    await ear.hear(house.said("Helen", "no such thing"))

    assert _handed_over(house)[first] == BEGINS


async def test_answer_that_stood_already_is_not_brought(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.handed_over("said-1")
    await ear.not_handed_over("said-1")

    assert _handed_over(house) == {"said-1": BEGINS}
    assert house.ask(select(Outgoing).where(Outgoing.key == "said-1")) == []


async def test_answer_that_stands_in_part_is_brought_from_there(ear, house):
    await ear.hear(house.said("Helen", "say back", fields=FIELDS))
    await ear.not_handed_over("said-1", seconds=3, begun="direct-helen 17")
    row = house.one(Outgoing, key="said-1")

    assert (row.state, row.address) == ("ready", "direct-helen 17")


async def test_happening_has_its_effect_and_wakes_the_postman(ear, house):
    seen = []

    def noted(session, post, what):
        seen.append(what)
        post.to_person(session.get_one(Person, 1), "for_person", {}, key="noted")

    house.desk.happenings["noted"] = noted
    try:
        await ear.happened(Happened(id="n-1", at=BEGINS, kind="noted", facts={"what": 3}))
    finally:
        del house.desk.happenings["noted"]

    assert (seen, ear.woken.is_set()) == ([3], True)


async def test_command_is_answered_between_the_small_batches_of_a_tick(bot, house, monkeypatch):
    """5,000 due messages are as many small units of work as it takes; a command waits for one of them."""

    def many(session):
        [one] = session.scalars(select(Challenge))
        session.add_all(
            Challenge(
                programme_id=1, slug=f"c{n}", name=f"C{n}", format=one.format, zone=one.zone, nation="ENG",
                opened_at=BEGINS, agenda_done_at=BEGINS,
            )
            for n in range(6 * jobs.BATCH - 1)
        )  # fmt: skip

    house.change(many)
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=BEGINS)))
    units = []
    right = jobs.due_challenges

    def counted(session, now, limit):
        found = right(session, now, limit)
        units.append(len(found))
        return found

    monkeypatch.setattr(jobs, "due_challenges", counted)
    ticking = asyncio.create_task(bot.tick())
    await asyncio.sleep(0)
    await bot.ear.hear(house.said("Helen", "say back", fields=FIELDS))
    before = len(units)
    await ticking

    assert max(units) <= jobs.BATCH
    assert sum(units) == 6 * jobs.BATCH
    assert before <= 3 < len(units)
