"""The postman makes the calls, and every way in which one can end is written back."""

import asyncio

import pytest
from sqlalchemy import select, update

from bot import postman as postmen
from bot.platform import CannotLook, Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.postman import Postman
from handlers.delivering import sweep
from handlers.message import Account, Happened
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.room import Room
from tests.fakes.house import BEGINS, CHAT, TENANT, account
from tests.fakes.port import Dropped, FakePort


@pytest.fixture
def house(house):
    """A house whose outbox is empty: what its opening queued has gone."""
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    return house


def _queue(house, name, key, **of):
    def unit(session, post):
        person = session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        post.to_person(
            person, "for_person", {"text": key}, key=key, challenge=session.get_one(Challenge, 1), **of
        )

    house.post(unit)


def _queue_to(house, name):
    """Queue a message to somebody, in whichever chat they are."""

    def unit(session, post):
        account = session.scalars(select(PersonAccount).where(PersonAccount.account == name.casefold())).one()
        post.to_person(account.person, "for_person", {"text": f"to {name}"}, key=f"to {name}")

    house.post(unit)


def _move(house, op, name=None, kind="team"):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == kind)).one()
        person = name and session.get_one(PersonAccount, (CHAT, TENANT, name.casefold())).person
        post.to_move(op, room, f"{op} it", person or None)

    house.post(unit)


async def _rest(bot, house):
    """Deliver until there is nothing to do, time passing for what was put off."""
    for _ in range(60):
        if await bot.postman.deliver():
            continue
        wait = await bot.postman.wait()
        if wait is None:
            return
        house.clock.wait(wait)
    raise AssertionError("the postman never rests")


def _state(house, key):
    return house.one(Outgoing, key=key).state


async def test_messages_arrive_in_order_in_the_direct_conversation(bot, house, port):
    for key in ("one", "two", "three"):
        _queue(house, "Helen", key)
    await _rest(bot, house)

    assert port.texts("direct-helen") == ["person: one", "person: two", "person: three"]
    assert [_state(house, key) for key in ("one", "two", "three")] == ["sent"] * 3


TROUBLES = {
    "the line drops before it arrives": LineDropped(),
    "the line drops after it arrived": Dropped(LineDropped()),
    "too many at once": TooMany(2.0),
    "out of order": NotNow(),
    "a mistake of the chat's library, after it arrived": Dropped(LookupError("a private word")),
    "a mistake of the chat's library": LookupError("a private word"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_message_arrives_once_whatever_happens_on_the_way(bot, house, port, logged, trouble):
    port.fails["post"] = [trouble]
    _queue(house, "Helen", "hello")
    _queue(house, "Helen", "and more")
    await _rest(bot, house)

    assert port.texts() == ["person: hello", "person: and more"]
    assert _state(house, "hello") == "sent"
    assert "a private word" not in logged.getvalue()


@pytest.mark.parametrize("trouble", [LineDropped(), TooMany(1), NotNow()])
async def test_trouble_of_the_chat_is_no_mistake_of_the_bot(bot, house, port, logged, trouble):
    port.fails["post"] = [trouble]
    _queue(house, "Helen", "hello")
    await _rest(bot, house)

    assert logged.getvalue() == ""


async def test_line_that_drops_while_looking_is_no_reason_to_send_twice(bot, house, port):
    port.fails = {"post": [Dropped(LineDropped())], "find": [LineDropped(), NotNow(), TooMany(1)]}
    _queue(house, "Helen", "hello")
    await _rest(bot, house)

    assert port.texts() == ["person: hello"]


async def test_chat_that_cannot_be_asked_leaves_its_message_unknown(bot, house, port):
    port.fails = {"post": [LineDropped()], "find": [CannotLook("nobody may look")]}
    _queue(house, "Helen", "hello")
    await bot.postman.deliver()
    house.clock.wait(1)
    await bot.postman.deliver()

    assert [kind for kind, _ in port.calls] == ["post", "find"]
    assert _state(house, "hello") != "sent"


async def test_patience_that_a_chat_asks_for_is_kept(bot, house, port):
    port.fails["post"] = [TooMany(7.0)]
    _queue(house, "Helen", "hello")
    await bot.postman.deliver()

    assert await bot.postman.wait() == 7.0
    assert not await bot.postman.deliver()


async def test_message_to_somebody_who_is_gone_is_dead(bot, house, port):
    port.fails["post"] = [Gone("account_inactive")]
    _queue(house, "Helen", "hello")
    await _rest(bot, house)

    assert _state(house, "hello") == "dead"
    assert "person: hello" not in port.texts()


async def test_living_card_stands_once_and_shows_the_newest(bot, house, port):
    for key in ("first", "second", "third"):
        _queue(house, "Helen", key, slot="card")
        await _rest(bot, house)

    assert port.texts() == ["person: third"]
    assert [kind for kind, _ in port.calls] == ["post", "edit", "edit"]


async def test_living_card_that_was_deleted_stands_again(bot, house, port):
    _queue(house, "Helen", "first", slot="card")
    await _rest(bot, house)
    port.standing.clear()
    _queue(house, "Helen", "second", slot="card")
    await _rest(bot, house)

    assert port.texts() == ["person: second"]


async def test_call_that_hangs_holds_up_its_own_place_only(bot, house, port, monkeypatch):
    port.hangs = "to helen"
    _queue(house, "Helen", "to helen")
    _queue(house, "Ruth", "to ruth")
    await bot.postman.deliver()
    _queue(house, "Ruth", "more")
    await bot.postman.deliver()

    assert port.texts() == ["person: to ruth", "person: more"]
    assert _state(house, "to helen") == "sending"
    for task in list(bot.postman._in_hand):
        task.cancel()


class _Silent(FakePort):
    """Another chat, in which every message hangs."""

    name = "silent"

    async def post(self, *given):
        self.begun_at.append(given)
        await asyncio.Event().wait()


async def test_chat_that_hangs_takes_no_place_of_another_chat(house, port, ear, monkeypatch):
    monkeypatch.setattr(postmen, "AT_ONCE", 1)
    silent = _Silent()
    house.change(
        lambda session: session.execute(
            update(PersonAccount).where(PersonAccount.account != "jo").values(platform="silent")
        )
    )
    for name in ("Helen", "Ruth", "Jo"):
        _queue_to(house, name)
    postman = Postman(ear, {port.name: port, silent.name: silent})
    await postman.deliver()
    await postman.deliver()
    await postman.finish(0)

    assert (len(silent.begun_at), port.texts()) == (1, ["person: to Jo"])


async def test_call_that_never_ends_is_given_up_and_looked_for(bot, house, port, monkeypatch):
    monkeypatch.setattr(postmen, "CALL_SECONDS", 0.01)
    port.hangs = "hello"
    _queue(house, "Helen", "hello")
    await bot.postman.deliver()

    assert _state(house, "hello") == "uncertain"


@pytest.mark.parametrize("trouble", [LineDropped, asyncio.Event().wait])
async def test_message_whose_way_is_not_found_was_certainly_not_said(bot, house, port, monkeypatch, trouble):
    ways = [trouble]

    async def direct(account):
        if not ways:
            return f"direct-{account}"
        if (met := ways.pop()) is LineDropped:
            raise met
        return await met()

    monkeypatch.setattr(postmen, "FINDING_SECONDS", 0.01)
    monkeypatch.setattr(port, "direct", direct)
    _queue(house, "Helen", "hello")
    await bot.postman.deliver()
    assert _state(house, "hello") == "ready"
    await _rest(bot, house)

    assert [kind for kind, _ in port.calls] == ["post"]
    assert port.texts("direct-helen") == ["person: hello"]


async def test_somebody_is_looked_up_by_email_and_written_to(bot, house, port):
    port.accounts["dana@northmere.example"] = Account(platform=CHAT, tenant=TENANT, id="U7", name="Dana")

    def unit(session, post):
        person = Person(programme_id=1, name="Dana Lee", email="dana@northmere.example", working_days="1")
        session.add(person)
        session.flush()
        post.to_person(person, "for_person", {"text": "hello"}, key="to dana")

    house.post(unit)
    await _rest(bot, house)

    assert port.texts("direct-U7") == ["person: hello"]


async def test_whisper_is_for_one_account_alone(bot, house, port):
    team = house.make_room("team")
    house.says("Ruth", "say here", fields={"text": "hello", "day": "9 nov"}, room=team)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    house.change(lambda session: sweep(session, house.desk, house.clock.now()))
    await _rest(bot, house)
    [(place, text, only_for)] = port.standing.values()

    assert (place, only_for) == (team, "ruth")
    assert text == house.answer("said_back", {"text": "hello", "day": "2026-11-09"}).plain


async def test_whisper_goes_to_the_direct_conversation_where_a_chat_has_none(bot, house, port):
    port.whispers = False
    team = house.make_room("team")
    house.says("Ruth", "say here", fields={"text": "hello", "day": "9 nov"}, room=team)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    house.change(lambda session: sweep(session, house.desk, house.clock.now()))
    await _rest(bot, house)

    assert port.texts(team) == []
    assert len(port.texts("direct-ruth")) == 1


@pytest.mark.parametrize("trouble", [LineDropped(), Dropped(LineDropped()), NotNow()])
async def test_room_is_made_once_and_bound_to_its_address(bot, house, port, trouble):
    house.make_room("team")
    house.change(
        lambda session: session.execute(
            update(Room).where(Room.kind == "team").values(state="wanted", address=None, bound_at=None)
        )
    )
    port.fails["make_room"] = [trouble]
    _move(house, "make_room")
    await _rest(bot, house)
    room = house.one(Room, kind="team")

    assert (room.state, room.address) == ("bound", port.made["make_room it"])


async def test_message_to_a_room_that_is_gone_waits_and_is_said_nowhere_else(bot, house, port):
    team = house.make_room("team")
    house.says("Ruth", "say here", fields={"text": "hello", "day": "9 nov"}, room=team)
    house.change(lambda session: session.execute(update(Outgoing).values(state="sent")))
    house.change(lambda session: sweep(session, house.desk, house.clock.now()))
    port.fails["post"] = [RoomGone("archived")]
    await _rest(bot, house)

    assert house.one(Room, kind="team").state == "lost"
    assert house.one(Outgoing, key="said-1").state == "ready"
    assert [text for text in port.texts() if "hello" in text] == []


async def test_home_that_was_opened_is_shown(bot, house, port):
    opened = Happened(id="opened", at=BEGINS, kind="home_opened", facts={"account": account("Helen")})
    await bot.ear.happened(opened)
    await _rest(bot, house)

    assert "You have no part in a challenge" in port.homes["helen"]
    assert port.texts() == []


@pytest.mark.parametrize("op", ["invite", "remove"])
async def test_move_whose_line_dropped_is_simply_made_again(bot, house, port, op):
    team = house.make_room("team")
    port.fails[op] = [Dropped(LineDropped())]
    _move(house, op, "Ruth")
    await _rest(bot, house)

    assert [kind for kind, _ in port.calls] == [op, op]
    assert ((team, "ruth") in port.inside) is (op == "invite")


async def test_postman_that_fails_goes_on(bot, house, port, logged, monkeypatch):
    monkeypatch.setattr(postmen, "_PATIENCE", 0.01)
    right, failures = bot.postman._claim, [LookupError("a private word")]

    async def claim():
        if failures:
            raise failures.pop()
        return await right()

    monkeypatch.setattr(bot.postman, "_claim", claim)
    _queue(house, "Helen", "hello")
    running = asyncio.create_task(bot.postman.run())
    await asyncio.wait_for(port.posted.wait(), 5)
    running.cancel()

    assert "delivering_broke" in logged.getvalue()
    assert "a private word" not in logged.getvalue()


async def test_postman_is_woken_by_an_answer_that_may_not_stand(bot, house, port):
    running = asyncio.create_task(bot.postman.run())
    said = house.said("Helen", "say here", fields={"text": "hello", "day": "9 nov"})
    await bot.ear.hear(said)
    await bot.ear.not_handed_over(said.id)
    await bot.ear.not_handed_over(said.id)
    await asyncio.wait_for(port.posted.wait(), 0.8)
    await asyncio.sleep(0.05)
    running.cancel()

    assert port.texts("direct-helen") == [
        house.answer("said_back", {"text": "hello", "day": "2026-11-09"}).plain
    ]


async def test_more_messages_than_hands_all_arrive_without_a_rest(bot, house, port, monkeypatch):
    monkeypatch.setattr(postmen, "AT_ONCE", 3)

    def many(session, post):
        for number in range(10):
            person = Person(programme_id=1, name=f"P{number}", working_days="12345")
            session.add(person)
            session.flush()
            session.add(
                PersonAccount(
                    platform=CHAT,
                    tenant=TENANT,
                    account=f"p{number}",
                    person=person,
                    name="P",
                    seen_at=BEGINS,
                )
            )
            post.to_person(person, "for_person", {"text": str(number)}, key=f"to {number}")

    house.post(many)
    bot.ear.woken.set()
    while await bot.postman.deliver():
        continue

    assert len(port.texts()) == 10


async def test_postman_whose_hands_are_full_asks_for_nothing_until_a_call_ends(bot, house, port, monkeypatch):
    monkeypatch.setattr(postmen, "AT_ONCE", 1)
    monkeypatch.setattr(postmen, "_PATIENCE", 0.01)
    asked = []

    def next_retry(*given):
        asked.append(given)
        return house.clock.wall()

    monkeypatch.setattr(postmen, "next_retry", next_retry)
    port.hangs = "to helen"
    _queue(house, "Helen", "to helen")
    running = asyncio.create_task(bot.postman.run())
    await asyncio.sleep(0.3)
    running.cancel()
    for task in list(bot.postman._in_hand):
        task.cancel()

    assert (port.calls, asked) == ([("post", "to helen")], [])


@pytest.mark.parametrize(("alone", "state"), [(True, "uncertain"), (False, "sending")])
async def test_start_beside_others_leaves_them_what_they_have_in_hand(bot, house, monkeypatch, alone, state):
    _queue(house, "Helen", "in hand")
    house.change(lambda session: session.execute(update(Outgoing).values(state="sending")))
    monkeypatch.setattr(type(house.store), "alone", alone)
    await bot.postman.recover()

    assert house.one(Outgoing, key="in hand").state == state


async def test_card_that_was_posted_in_part_is_gone_on_with_where_it_stands(bot, house, port):
    port.fails["post"], port.half = [NotNow()], {"hello": "direct-helen/17"}
    _queue(house, "Helen", "hello")
    await bot.postman.deliver()
    while await bot.postman.deliver():
        continue
    half = house.one(Outgoing, key="hello")
    await _rest(bot, house)

    assert (half.state, half.address) == ("ready", "direct-helen/17")
    assert port.begun_at == [None, "direct-helen/17"]
    assert (_state(house, "hello"), port.texts()) == ("sent", ["person: hello"])
