"""The page for Prometheus: figures of what was done and what waits, and nothing about anybody."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from bot import log, postman
from bot.figures import Figures
from bot.platform import Gone, LineDropped, NotNow, TooMany
from store.outbox import Outgoing
from tests.bot.speaking import got, hurry, queue, speaking
from tests.fakes.house import BEGINS

OLDEST = 'critical_friend_oldest_message_seconds{surface="chat"}'


def _messages(state):
    return f'critical_friend_messages{{state="{state}",surface="chat"}}'


@pytest.fixture
def house(house):
    """A house that owes nobody anything."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


@pytest.fixture
async def served(house, monkeypatch):
    monkeypatch.setattr("bot.ready._LOOK_EVERY", 0)
    async with speaking(house) as served:
        yield served


async def figures(served):
    """Every figure of the page, by its name and labels as they stand there."""
    page = (await got(Figures(served.watch, served.readiness).app, "/metrics")).text
    samples = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


async def test_what_waits_is_told_by_chat_and_state_and_since_when(served, house):
    for key in ("one", "two"):
        queue(house, "Helen", key)
    queue(house, "Ruth", "later", not_before=BEGINS + timedelta(days=1))
    house.clock.told = BEGINS + timedelta(minutes=3)
    found = await figures(served)

    assert found[_messages("ready")] == 3
    assert found[OLDEST] == 180


async def test_what_can_never_arrive_is_counted_for_a_month(served, house):
    queue(house, "Helen", "one")
    dead = update(Outgoing).where(Outgoing.key == "one").values(state="dead")
    house.change(lambda session: session.execute(dead))
    told = []
    for days in (29, 30):
        house.clock.told = BEGINS + timedelta(days=days)
        told.append((await figures(served)).get(_messages("dead")))

    assert told == [1, None]


async def test_state_that_nothing_is_in_any_more_is_gone(served, house):
    queue(house, "Helen", "one")
    before = await figures(served)
    house.change(lambda session: session.execute(update(Outgoing).values(state="dead")))
    after = await figures(served)

    told = [
        [name for name in found if name.startswith("critical_friend_messages")] for found in (before, after)
    ]
    assert told == [[_messages("ready")], [_messages("dead")]]


async def test_what_waits_for_a_person_to_bind_a_room_is_not_old(served, house):
    house.make_room("team")
    house.change(
        lambda session: session.execute(text("update room set state = 'wanted' where kind = 'team'"))
    )
    house.change(_to_the_team)
    house.clock.told = BEGINS + timedelta(days=3)
    found = await figures(served)

    assert found[_messages("ready")] == 1
    assert found[OLDEST] == 0


def _to_the_team(session):
    session.execute(
        text(
            "update outgoing set state = 'ready', op = 'post', person_id = null, not_before = queued_at,"
            " room_id = (select id from room where kind = 'team')"
            " where id = (select min(id) from outgoing)"
        )
    )


async def test_chat_that_is_silent_and_a_process_that_is_not_ready_are_told(served):
    served.surfaces[0].silent = "token_revoked"
    await served.watch.look()
    silent = await figures(served)
    served.surfaces[0].silent = None
    await served.watch.look()
    async with served.running():
        well = await figures(served)
        hurry(served)

    names = ('critical_friend_chat_silent{surface="chat"}', "critical_friend_ready")
    assert [[found[name] for name in names] for found in (silent, well)] == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (None, "done"),
        (TooMany(1), "too_many"),
        (LineDropped(), "dropped"),
        (NotNow(), "not_now"),
        (Gone("archived"), "gone"),
        (LookupError("a private word"), "broken"),
    ],
)
async def test_call_to_a_chat_is_counted_by_what_came_of_it(served, house, trouble, outcome):
    served.surfaces[0].platform.fails["post"] = [trouble]
    queue(house, "Helen", "hello")
    before = await figures(served)
    await served.bot.postman.deliver()
    after = await figures(served)

    name = f'critical_friend_call_seconds_count{{op="post",outcome="{outcome}",surface="chat"}}'
    assert after[name] - before.get(name, 0) == 1


async def test_call_that_takes_too_long_is_counted_as_broken_off(served, house, monkeypatch):
    monkeypatch.setattr(postman, "CALL_SECONDS", 0.01)
    served.surfaces[0].platform.hangs = "hello"
    queue(house, "Helen", "hello")
    before = await figures(served)
    await served.bot.postman.deliver()
    after = await figures(served)

    name = 'critical_friend_call_seconds_count{op="post",outcome="broken_off",surface="chat"}'
    assert after[name] - before.get(name, 0) == 1


async def test_tick_is_timed(served):
    before = await figures(served)
    await served.bot.tick()
    after = await figures(served)

    name = 'critical_friend_tick_seconds_count{tick="due"}'
    assert after[name] - before.get(name, 0) == 1


async def test_mistake_that_is_logged_is_counted_and_what_is_only_told_is_not(served, logged):
    before = await figures(served)
    log.structlog.get_logger().error("went_wrong")
    log.structlog.get_logger().warning("went_on")
    after = await figures(served)

    wrong, went_on = (f'critical_friend_mistakes_total{{event="went_{way}"}}' for way in ("wrong", "on"))
    assert (after[wrong] - before.get(wrong, 0), went_on in after) == (1, False)


async def test_without_the_database_the_rest_is_told(served, house):
    house.change(lambda session: session.execute(text("alter table outgoing rename to elsewhere")))
    found = await figures(served)
    house.change(lambda session: session.execute(text("alter table elsewhere rename to outgoing")))

    assert found["critical_friend_ready"] == 0
    assert "critical_friend_process_resident_memory_bytes" in found
    assert _messages("ready") not in found


async def test_figures_are_not_on_the_address_where_chats_are_heard(served):
    assert (await got(served.app, "/metrics")).status_code == 404


async def test_page_is_in_the_form_that_prometheus_asks_for(served):
    app = Figures(served.watch, served.readiness).app
    plain = await got(app, "/metrics")
    wanted = await got(app, "/metrics", Accept="application/openmetrics-text;version=1.0.0")

    kinds = [page.headers["content-type"].partition(";")[0] for page in (plain, wanted)]
    assert kinds == ["text/plain", "application/openmetrics-text"]
    assert wanted.text.endswith("# EOF\n")
