"""A place gets its messages at the pace of its chat, and a chat that asks for patience is left in peace."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import postman as postmen
from bot.app import Bot
from bot.hear import Ear
from bot.platform import LineDropped, NotNow, TooMany
from bot.postman import Postman
from handlers import claiming
from handlers.call import Outcome
from handlers.claiming import claim
from handlers.recording import record
from store import queue as queues
from store.challenge import Challenge
from store.outbox import Outgoing
from store.pause import Pause
from store.person import PersonAccount
from store.room import Room
from store.slot import Posted
from tests.fakes.house import CHAT, TENANT
from tests.fakes.port import Dropped


@pytest.fixture
def house(house):
    """A house whose outbox is empty: what its opening queued has gone."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def queue(house, *keys, **of):
    """Queue a message for each key: to whom its first word names, or to the team."""

    def unit(session, post):
        challenge = session.get_one(Challenge, 1)
        for key in keys:
            name = key.split()[0]
            if name == "team":
                room = session.scalars(select(Room).where(Room.kind == "team")).one()
                post.to_room(room, "for_team", {"text": key}, key=key, challenge=challenge, **of)
            else:
                person = session.get_one(PersonAccount, (CHAT, TENANT, name)).person
                post.to_person(person, "for_person", {"text": key}, key=key, challenge=challenge, **of)

    house.post(unit)


def move(house, op, name):
    """Queue somebody's way into the team's room."""

    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        person = session.get_one(PersonAccount, (CHAT, TENANT, name)).person
        post.to_move(op, room, f"{op} {name}", person)

    house.post(unit)


async def now(bot):
    """Deliver what can be delivered at this moment."""
    while await bot.postman.deliver():
        continue


def said(port):
    """The keys of what was posted or edited, in order."""
    return [key for kind, key in port.calls if kind in {"post", "edit"}]


async def test_place_gets_one_message_at_a_time_and_holds_up_no_other(bot, house, port):
    port.pace = 1.0
    queue(house, "helen 1", "helen 2", "helen 3", "ruth 1")
    await now(bot)
    at_once, port.calls = said(port), []
    house.clock.wait(0.9)
    await now(bot)
    too_soon = said(port)
    house.clock.wait(0.1)
    await now(bot)

    assert (at_once, too_soon, said(port)) == (["helen 1", "ruth 1"], [], ["helen 2"])


async def test_room_is_a_place_and_its_cards_are_messages(bot, house, port):
    port.pace = 2.0
    house.make_room("team")
    queue(house, "team 1", slot="card")
    await now(bot)
    queue(house, "team 2", slot="card")
    queue(house, "team 3")
    await now(bot)
    before, wait = said(port), await bot.postman.wait()
    house.clock.wait(wait)
    await now(bot)

    assert (before, wait) == (["team 1"], 2.0)
    assert [kind for kind, _ in port.calls] == ["post", "edit"]


async def test_people_are_brought_into_a_room_at_once_whatever_its_pace(bot, house, port):
    port.pace = 60.0
    house.make_room("team")
    queue(house, "team 1")
    move(house, "invite", "helen")
    move(house, "invite", "ruth")
    await now(bot)

    assert [kind for kind, _ in port.calls] == ["post", "invite", "invite"]


async def test_message_that_may_have_arrived_counts_for_the_pace(bot, house, port):
    port.pace = 30.0
    port.fails["post"] = [Dropped(LineDropped())]
    queue(house, "helen 1", "helen 2")
    await now(bot)
    house.clock.wait(1)
    await now(bot)
    soon = said(port)
    house.clock.wait(29)
    await now(bot)
    house.clock.wait(1)
    await now(bot)

    assert (soon, said(port)) == (["helen 1"], ["helen 1", "helen 2"])


async def test_another_process_keeps_the_same_pace(bot, house, port):
    port.pace = 5.0
    queue(house, "helen 1", "helen 2")
    await now(bot)
    ear = Ear(house.store, house.desk, house.clock)
    other = Bot(ear=ear, postman=Postman(ear, {port.name: port}))
    await other.postman.recover()
    await now(other)
    before, wait = said(port), await other.postman.wait()
    house.clock.wait(5)
    await now(other)
    ear.close()

    assert (before, wait, said(port)) == (["helen 1"], 5.0, ["helen 1", "helen 2"])


async def test_place_that_is_refused_waits_and_no_other_does(bot, house, port):
    port.fails["post"] = [TooMany(7.0)]
    queue(house, "helen 1")
    await now(bot)
    queue(house, "helen 2", "ruth 1")
    await now(bot)

    assert port.texts() == ["person: ruth 1"]
    assert await bot.postman.wait() == 7.0


async def test_newer_card_does_not_go_round_what_its_place_was_refused(bot, house, port):
    port.fails["post"] = [TooMany(7.0)]
    queue(house, "helen 1", slot="card")
    await now(bot)
    queue(house, "helen 2", slot="card")
    await now(bot)
    before = said(port)
    house.clock.wait(7)
    await now(bot)

    assert (before, said(port)) == (["helen 1"], ["helen 1", "helen 2"])


async def test_chat_that_refuses_everybody_is_left_in_peace_but_for_other_calls(bot, house, port):
    house.make_room("team")
    port.fails["post"] = [TooMany(20.0, everywhere=True)]
    queue(house, "helen 1")
    await now(bot)
    queue(house, "helen 2", "ruth 1", "team 1")
    move(house, "invite", "ruth")
    await now(bot)
    before = list(port.calls)
    house.clock.wait(20)
    await now(bot)

    assert before == [("post", "helen 1")]
    assert sorted(port.calls[1:]) == [
        ("invite", "ruth"), ("post", "helen 1"), ("post", "helen 2"), ("post", "ruth 1"), ("post", "team 1"),
    ]  # fmt: skip


async def test_people_are_brought_in_while_a_chat_takes_no_messages(bot, house, port):
    house.make_room("team")
    port.fails["post"] = [TooMany(20.0, everywhere=True)]
    queue(house, "helen 1")
    await now(bot)
    move(house, "invite", "ruth")
    await now(bot)

    assert port.calls == [("post", "helen 1"), ("invite", "ruth")]


async def test_two_places_refused_at_once_are_taken_for_the_whole_chat(bot, house, port):
    house.make_room("team")
    port.fails["post"] = [TooMany(20.0), TooMany(30.0)]
    queue(house, "helen 1", "ruth 1")
    await now(bot)
    queue(house, "team 1")
    await now(bot)
    tried = said(port)
    house.clock.wait(30)
    await now(bot)

    assert tried == ["helen 1", "ruth 1"]
    assert sorted(port.texts()) == ["person: helen 1", "person: ruth 1", "team: team 1"]


async def test_two_places_refused_one_after_the_other_are_not(bot, house, port):
    port.fails["post"] = [TooMany(5.0)]
    queue(house, "helen 1")
    await now(bot)
    house.clock.wait(5)
    await now(bot)
    port.fails["post"] = [TooMany(5.0)]
    queue(house, "ruth 1")
    await now(bot)

    assert port.texts() == ["person: helen 1"]
    assert _pauses_of_calls(house) == []


def _pauses_of_calls(house):

    return house.change(
        lambda session: list(session.scalars(select(Pause.of).where(Pause.of.like("call:%"))))
    )


async def test_way_to_people_that_is_refused_holds_up_no_room(bot, house, port, monkeypatch):
    house.make_room("team")
    ways = [TooMany(9.0, everywhere=True)]

    async def direct(account):
        if ways:
            raise ways.pop()
        return f"direct-{account}"

    monkeypatch.setattr(port, "direct", direct)
    queue(house, "helen 1")
    await now(bot)
    queue(house, "ruth 1", "team 1")
    await now(bot)
    before = said(port)
    house.clock.wait(9)
    await now(bot)

    assert (before, sorted(said(port))) == (["team 1"], ["helen 1", "ruth 1", "team 1"])


def _refuse(house, op, seconds=30):
    pause = Pause(of=f"call:{CHAT}:{op}", platform=CHAT, refused=True)
    pause.until = house.clock.wall() + timedelta(seconds=seconds)
    house.change(lambda session: session.add(pause))


def _claimed(house, limit):
    """The keys of what is taken in hand."""
    clock = house.clock
    return house.change(
        lambda session: [
            call.key for call in claim(session, house.desk, clock.now(), clock.wall(), {CHAT: limit})
        ]
    )


def test_rows_behind_a_refused_kind_of_call_hold_up_no_room(house, monkeypatch):
    monkeypatch.setattr(claiming, "_LOOKED_AT", 2)
    house.make_room("team")
    _refuse(house, "direct")
    queue(house, "helen 1", "ruth 1", "team 1")

    assert _claimed(house, 2) == ["team 1"]


@pytest.mark.parametrize("op", ["post", "find"])
def test_kind_of_call_that_is_refused_is_asked_for_once_however_much_waits(house, monkeypatch, op):
    asked = []

    def next_of_each(*given):
        asked.append(given)
        return queues.next_of_each(*given)

    house.make_room("team")
    queue(house, "helen 1", "ruth 1", "team 1")
    if op == "find":
        house.change(lambda session: session.execute(update(Outgoing).values(state="uncertain")))
    _refuse(house, op)
    monkeypatch.setattr(claiming, "next_of_each", next_of_each)

    assert (_claimed(house, 1), len(asked)) == ([], 1)


def test_refused_kind_of_call_holds_up_no_card_that_stands(house):
    queue(house, "helen 1", "helen 2", slot="helen")
    first = house.one(Outgoing, key="helen 1").id
    house.change(
        lambda session: session.add(Posted(slot="helen", platform=CHAT, address="there", outgoing_id=first))
    )
    queue(house, "ruth 1")
    _refuse(house, "post")

    assert _claimed(house, 5) == ["helen 2"]


async def test_postman_waits_for_the_end_of_a_refused_kind_of_call(bot, house, port):
    _refuse(house, "post", seconds=12)
    queue(house, "helen 1")
    await now(bot)
    before, wait = said(port), await bot.postman.wait()
    house.clock.wait(wait)
    await now(bot)

    assert (before, wait, said(port)) == ([], 12.0, ["helen 1"])


async def test_patience_is_no_failed_attempt(bot, house, port):
    port.fails["post"] = [*(TooMany(1.0) for _ in range(20)), *(LookupError("ours") for _ in range(3))]
    queue(house, "helen 1")
    for _ in range(80):
        await now(bot)
        house.clock.wait(600)

    assert house.one(Outgoing, key="helen 1").state == "sent"


async def test_chat_that_is_out_of_order_is_asked_again_every_few_minutes(bot, house, port):
    port.fails["post"] = [NotNow() for _ in range(12)]
    queue(house, "helen 1")
    waits = []
    while await bot.postman.deliver():
        await now(bot)
        waits.append(await bot.postman.wait() or 0)
        house.clock.wait(waits[-1])

    assert waits == [*sorted(waits[:-1]), 0]
    assert max(waits) == 600


async def test_outcome_is_written_once_the_store_is_there_again(bot, house, logged, monkeypatch):
    right, failures = postmen.record, [OSError("a private word") for _ in range(3)]

    def record(*told):
        if failures:
            raise failures.pop()
        right(*told)

    monkeypatch.setattr(postmen, "_PATIENCE", 0.001)
    monkeypatch.setattr(postmen, "record", record)
    queue(house, "helen 1")
    await now(bot)

    assert house.one(Outgoing, key="helen 1").state == "sent"
    assert logged.getvalue().count("outcome_not_written") == 3
    assert "a private word" not in logged.getvalue()


def test_late_word_of_a_process_whose_lease_is_over_counts_only_when_it_succeeded(house):
    def claimed():
        clock = house.clock
        [call] = house.change(
            lambda session: claim(session, house.desk, clock.now(), clock.wall(), {CHAT: 5})
        )
        return call

    def tells(call, kind):
        outcome = Outcome(call=call, kind=kind, address="there", reason="gone")
        clock = house.clock
        house.change(lambda session: record(session, house.desk, outcome, clock.now(), clock.wall()))
        return house.one(Outgoing, key="helen 1").state

    queue(house, "helen 1")
    frozen = claimed()
    house.clock.machine += timedelta(seconds=61)
    looking = claimed()

    assert (frozen.op, looking.op, looking.attempt) == ("post", "find", 2)
    assert tells(frozen, "never") == "sending"
    assert tells(looking, "later") == "uncertain"
    assert tells(frozen, "done") == "sent"
