"""The postman over Slack: nothing lost and nothing doubled, whatever Slack does."""

import pytest
from sqlalchemy import select, update

from bot.app import Bot
from bot.hear import Ear
from bot.postman import Postman
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import PersonAccount
from store.room import Room
from store.slot import Posted
from tests.fakes.house import BEGINS, CHAT, TENANT


@pytest.fixture
def house(house, peer, ruth):
    """A house whose outbox is empty, and whose Ruth is in Slack and nowhere else."""

    def unit(session):
        session.execute(update(Outgoing).values(state="sent"))
        known = session.get_one(PersonAccount, (CHAT, TENANT, "ruth"))
        account = PersonAccount(
            platform="slack", tenant=peer.workspace.team, account=ruth.id, person=known.person, name="Ruth",
            seen_at=BEGINS,
        )  # fmt: skip
        session.delete(known)
        session.add(account)

    house.change(unit)
    return house


@pytest.fixture
async def bot(house, platform):
    ear = Ear(house.store, house.desk, house.clock)
    yield Bot(ear=ear, postman=Postman(ear, {platform.name: platform}))
    ear.close()


@pytest.fixture
def room(house, peer, team):
    """The peer team's room, bound to a channel in Slack."""

    def unit(session):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        room.platform, room.tenant, room.address = "slack", peer.workspace.team, team.id

    house.make_room("team")
    house.change(unit)
    return team


def _to_ruth(house, key, text=None, **of):
    def unit(session, post):
        person = session.scalars(select(PersonAccount).where(PersonAccount.platform == "slack")).one().person
        challenge = session.get_one(Challenge, 1)
        post.to_person(person, "for_person", {"text": text or key}, key=key, challenge=challenge, **of)

    house.post(unit)


def _to_team(house, key):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        post.to_room(room, "for_team", {"text": key}, key=key, challenge=session.get_one(Challenge, 1))

    house.post(unit)


async def _rest(bot, house, tries=60):
    for _ in range(tries):
        if await bot.postman.deliver():
            continue
        wait = await bot.postman.wait()
        if wait is None:
            return
        house.clock.wait(wait)
    raise AssertionError("the postman never rests")


def _state(house, key):
    row = house.one(Outgoing, key=key)
    return row.state, row.failure


TROUBLES = {
    "the line drops after Slack accepted": lambda unkind: unkind.drop_after("chat.postMessage"),
    "the line drops before": lambda unkind: unkind.drop_before("chat.postMessage"),
    "too many at once": lambda unkind: unkind.too_many("chat.postMessage"),
    "a gateway breaks": lambda unkind: unkind.status("chat.postMessage", status=502),
    "Slack breaks": lambda unkind: unkind.error("fatal_error", "chat.postMessage"),
    "opening the direct conversation drops": lambda unkind: unkind.drop_after("conversations.open"),
    "asking who it is drops": lambda unkind: unkind.drop_after("users.info"),
    "and looking drops too": lambda unkind: (
        unkind.drop_after("chat.postMessage"), unkind.drop_after("conversations.history", times=3)
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_message_stands_once_whatever_slack_does(bot, house, peer, ruth, trouble):
    trouble(peer.unkind)
    _to_ruth(house, "hello")
    _to_ruth(house, "and more")
    await _rest(bot, house)

    assert peer.plain(ruth) == ["person: hello", "person: and more"]
    assert _state(house, "hello") == ("sent", None)


async def test_retry_after_becomes_the_next_try_and_nobody_sleeps(bot, house, peer, ruth):
    peer.unkind.too_many("chat.postMessage", seconds=30)
    _to_ruth(house, "hello")
    await bot.postman.deliver()

    assert await bot.postman.wait() == 30
    assert (house.one(Outgoing, key="hello").retry_at - house.clock.wall()).seconds == 30
    assert len(peer.called("chat.postMessage")) == 1


@pytest.mark.parametrize("how", ["drop_after", "drop_before", "too_many"])
async def test_long_card_stands_once_with_all_its_messages(bot, house, peer, ruth, how):
    second = {"when": lambda args: args["metadata"]["event_payload"]["part"] == 2}
    getattr(peer.unkind, how)("chat.postMessage", **second)
    _to_ruth(house, "hello", "x " * 5000)
    await _rest(bot, house)
    parts = [shown.metadata["event_payload"]["key"] for shown in peer.messages(ruth)]

    assert parts == ["hello", "hello/2", "hello/3"]
    assert _state(house, "hello") == ("sent", None)


async def test_living_card_that_grows_is_known_by_all_its_messages(bot, house, peer, ruth):
    for key, text in (("first", "short"), ("second", "x " * 5000), ("third", "short again")):
        _to_ruth(house, key, text, slot="card")
        await _rest(bot, house)
    [shown] = peer.messages(ruth)

    assert shown.plain == "person: short again"
    assert house.one(Posted, slot="card").address == f"{shown.channel}:{shown.ts}"


async def test_revoked_token_loses_nothing(bot, house, peer, ruth, logged):
    peer.revoke()
    _to_ruth(house, "hello")
    for _ in range(12):
        while await bot.postman.deliver():
            continue
        house.clock.wait(600)
    waits = _state(house, "hello")
    peer.app.dead = None
    await _rest(bot, house)

    assert (waits, _state(house, "hello")) == (("ready", None), ("sent", None))
    assert peer.plain(ruth) == ["person: hello"]
    assert logged.getvalue().count("token_revoked") == 1


async def test_archived_room_is_lost_and_gets_what_waited_when_it_is_back(bot, house, peer, ruth, room):
    await peer.archive(ruth, room)
    _to_team(house, "for the team")
    await _rest(bot, house)
    lost = house.one(Room, kind="team").state, _state(house, "for the team")
    await peer.unarchive(ruth, room)
    house.change(lambda session: session.execute(update(Room).values(state="bound")))
    await _rest(bot, house)

    assert lost == ("lost", ("ready", None))
    assert peer.plain(ruth, room) == ["team: for the team"]


async def test_message_to_somebody_deactivated_is_dead_and_the_programme_is_told(bot, house, peer, ruth):
    await peer.deactivate(ruth)
    _to_ruth(house, "hello")
    await _rest(bot, house)

    assert _state(house, "hello") == ("dead", "This person's account is deactivated.")
    assert house.one(Outgoing, template="not_done").facts["who"] == "Ruth"


@pytest.mark.parametrize("method", ["conversations.create", "conversations.setPurpose"])
@pytest.mark.parametrize("how", ["drop_after", "drop_before", "too_many"])
async def test_room_is_made_once_and_bound(bot, house, peer, room, method, how):
    def unit(session, post):
        wanted = session.scalars(select(Room).where(Room.kind == "team")).one()
        wanted.state, wanted.address = "wanted", None
        post.to_move("make_room", wanted, "room:team:exampleshire:1")

    getattr(peer.unkind, how)(method)
    house.post(unit)
    await _rest(bot, house)
    bots = [one.id for one in peer.workspace.channels.values() if one.creator == peer.app.bot.id]
    bound = house.one(Room, kind="team")

    assert (bound.state, [bound.address]) == ("bound", [one for one in bots if one.startswith("C")])


async def test_answer_for_the_asker_in_a_room_is_brought_to_the_direct_conversation(
    bot, house, peer, ruth, room
):
    def unit(session):
        row = session.scalars(select(Outgoing).where(Outgoing.key == "hello")).one()
        row.room_id = session.scalars(select(Room).where(Room.kind == "team")).one().id
        row.state = "uncertain"

    _to_ruth(house, "hello")
    house.change(unit)
    await _rest(bot, house)

    assert (peer.plain(ruth, room), peer.plain(ruth, peer.direct(ruth))) == ([], ["person: hello"])


async def test_strict_channel_gets_its_messages_at_slacks_pace(bot, house, peer, ruth, room):
    for method in ("chat.postMessage", "chat.update"):
        peer.unkind.strict(method, seconds=1, place=lambda args: args["channel"], wall=house.clock.wall)
    for number in range(4):
        _to_team(house, f"team {number}")
        _to_ruth(house, f"ruth {number}")
    begun = house.clock.wall()
    await _rest(bot, house)

    assert peer.plain(ruth, room) == [f"team: team {number}" for number in range(4)]
    assert peer.plain(ruth, peer.direct(ruth)) == [f"person: ruth {number}" for number in range(4)]
    assert (peer.unkind.refused, (house.clock.wall() - begun).seconds) == (0, 3)


async def test_bot_that_keeps_no_pace_would_be_refused_and_lose_nothing(bot, house, peer, platform, ruth):
    place = {"place": lambda args: args["channel"], "wall": house.clock.wall}
    peer.unkind.strict("chat.postMessage", seconds=1, **place)
    platform.pace = 0
    for number in range(4):
        _to_ruth(house, f"ruth {number}")
    await _rest(bot, house)

    assert peer.plain(ruth) == [f"person: ruth {number}" for number in range(4)]
    assert peer.unkind.refused > 0


async def test_limit_of_one_method_holds_back_that_method_only(bot, house, peer, ruth, room):
    peer.unkind.too_many("chat.update", seconds=30)
    _to_ruth(house, "card", slot="card")
    await _rest(bot, house)
    _to_ruth(house, "newer card", slot="card")
    await bot.postman.deliver()
    _to_team(house, "team 1")
    while await bot.postman.deliver():
        continue

    assert peer.plain(ruth, room) == ["team: team 1"]
    assert peer.plain(ruth, peer.direct(ruth)) == ["person: card"]


async def test_limit_of_the_workspace_holds_back_every_channel(bot, house, peer, ruth, room):
    peer.unkind.error("message_limit_exceeded", "chat.postMessage")
    _to_ruth(house, "ruth 1")
    await bot.postman.deliver()
    _to_team(house, "team 1")
    while await bot.postman.deliver():
        continue

    assert (len(peer.called("chat.postMessage")), await bot.postman.wait()) == (1, 30)
