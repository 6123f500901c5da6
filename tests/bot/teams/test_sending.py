"""The postman over Teams: nothing lost and nothing doubled, whatever Teams does."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.app import Bot
from bot.hear import Ear
from bot.postman import Postman
from bot.teams.platform import TeamsPlatform
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.room import Room
from store.slot import Posted
from tests.bot.teams.in_teams import connected
from tests.fakes.house import BEGINS, CHAT, TENANT
from tests.fakes.teams import posts


@pytest.fixture
def house(house, ruth):
    """A house whose outbox is empty, and whose Ruth is in Teams and nowhere else."""

    def unit(session):
        session.execute(update(Outgoing).values(state="sent"))
        known = session.get_one(PersonAccount, (CHAT, TENANT, "ruth"))
        session.add(_account(ruth, known.person))
        session.delete(known)

    house.change(unit)
    return house


def _account(person, of):
    return PersonAccount(
        platform="teams", tenant=person.tenant, account=person.object_id, person=of, name=person.name,
        email=person.email, seen_at=BEGINS,
    )  # fmt: skip


@pytest.fixture
async def bot(house, platform):
    ear = Ear(house.store, house.desk, house.clock)
    await platform.begin(ear)
    yield Bot(ear=ear, postman=Postman(ear, {platform.name: platform}))
    ear.close()


@pytest.fixture
async def another(bot, house, peer):
    """A bot in another process, on the same database."""
    ear = Ear(house.store, house.desk, house.clock)
    async with connected(peer) as transport:
        platform = TeamsPlatform(transport, peer.app.tenant)
        await platform.begin(ear)
        yield Bot(ear=ear, postman=Postman(ear, {platform.name: platform}))
    ear.close()


@pytest.fixture
async def chat(peer, platform, ruth):
    """Ruth's personal chat."""
    return await peer.install(ruth)


@pytest.fixture
def room(house, peer, channel):
    """The peer team's room, bound to a channel in Teams."""

    def unit(session):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        room.platform, room.tenant, room.address = "teams", peer.tenancy.tenant, channel.id

    house.make_room("team")
    house.change(unit)
    return channel


def _to_ruth(house, key, text=None, **of):
    def unit(session, post):
        person = (
            session.scalars(select(PersonAccount).where(PersonAccount.platform == "teams")).first().person
        )
        challenge = session.get_one(Challenge, 1)
        post.to_person(person, "for_person", {"text": text or key}, key=key, challenge=challenge, **of)

    house.post(unit)


def _to_team(house, key, **of):
    def unit(session, post):
        room = session.scalars(select(Room).where(Room.kind == "team")).one()
        challenge = session.get_one(Challenge, 1)
        post.to_room(room, "for_team", {"text": key}, key=key, challenge=challenge, **of)

    house.post(unit)


async def _rest(bot, house, tries=80):
    for _ in range(tries):
        if await bot.postman.deliver():
            continue
        wait = await bot.postman.wait()
        if wait is None:
            return
        house.clock.wait(wait)
    raise AssertionError("the postman never rests")


async def _once(bot, house):
    """Deliver what can be delivered now."""
    while await bot.postman.deliver():
        continue


def _state(house, key):
    row = house.one(Outgoing, key=key)
    return row.state, row.failure


TROUBLES = {
    "too many": lambda unkind: unkind.too_many("send", seconds=7),
    "storm": lambda unkind: unkind.too_many("send", seconds=2, times=20),
    "precondition failed": lambda unkind: unkind.status("send", status=412),
    "bad gateway": lambda unkind: unkind.status("send", status=502),
    "unavailable": lambda unkind: unkind.status("send", status=503),
    "gateway too slow": lambda unkind: unkind.status("send", status=504),
    "token refused": lambda unkind: unkind.token_refused("send"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_message_arrives_once_whatever_teams_refuses(bot, house, peer, ruth, chat, trouble):
    trouble(peer.unkind)
    _to_ruth(house, "hello")
    _to_ruth(house, "and more")
    await _rest(bot, house)

    assert peer.plain(ruth) == ["person: hello", "person: and more"]
    assert _state(house, "hello") == ("sent", None)


async def test_message_waits_while_no_token_can_be_had(bot, house, peer, ruth, chat):
    peer.unkind.login_down(times=None)
    _to_ruth(house, "hello")
    await _once(bot, house)

    assert (peer.plain(ruth), _state(house, "hello")) == ([], ("ready", None))


@pytest.mark.parametrize("part", [1, 2])
async def test_long_card_stands_once_with_all_its_messages_in_order(bot, house, peer, ruth, chat, part):
    peer.unkind.too_many("send", when=lambda _: len(peer.called("send")) == part)
    _to_ruth(house, "hello", "x\n" * 1000)
    await _rest(bot, house)

    assert len(peer.plain(ruth)) == 3
    assert house.one(Outgoing, key="hello").address == " ".join(
        [chat.id, *(one.id for one in peer.messages(ruth))]
    )


async def test_message_that_may_have_arrived_is_not_sent_again(bot, house, peer, ruth, chat):
    peer.unkind.drop_after("send")
    _to_ruth(house, "hello")
    await _once(bot, house)
    house.clock.wait(60)
    await _once(bot, house)

    assert peer.plain(ruth).count("person: hello") == 1
    assert _state(house, "hello") == ("unsure", None)


@pytest.mark.parametrize("how", ["drop_after", "drop_before"])
async def test_living_card_whose_change_may_have_arrived_is_simply_changed_again(
    bot, house, peer, ruth, room, how
):
    for key in ("first", "second"):
        _to_team(house, key, slot="card")
        await _rest(bot, house)
        getattr(peer.unkind, how)("update")

    assert peer.plain(ruth, room) == ["team: second"]
    assert _state(house, "second") == ("sent", None)


@pytest.mark.parametrize("slot", [None, "card"])
async def test_long_card_that_one_process_posted_in_part_is_completed_by_another(
    bot, another, house, peer, ruth, chat, slot
):
    """The second of its messages is refused, and whoever was at it is not there any more."""
    sent = len(peer.called("send"))
    peer.unkind.too_many("send", seconds=7, when=lambda _: len(peer.called("send")) == sent + 1)
    _to_ruth(house, "long", "x\n" * 1000, slot=slot)
    await _once(bot, house)
    begun = house.one(Outgoing, key="long").address
    house.clock.wait(8)
    await _rest(another, house)
    stand = [shown.id for shown in peer.messages(ruth)]

    assert begun == f"{chat.id} {stand[0]}"
    assert (len(stand), house.one(Outgoing, key="long").address) == (3, " ".join([chat.id, *stand]))


async def test_living_card_that_grew_in_part_is_completed_by_another_process(
    bot, another, house, peer, ruth, chat
):
    _to_ruth(house, "short", slot="card")
    await _rest(bot, house)
    sent = len(peer.called("send"))
    peer.unkind.too_many("send", seconds=7, when=lambda _: len(peer.called("send")) == sent + 1)
    _to_ruth(house, "long", "x\n" * 1000, slot="card")
    await _once(bot, house)
    house.clock.wait(8)
    await _rest(another, house)
    stand = [shown.id for shown in peer.messages(ruth)]

    assert (len(stand), house.one(Posted, slot="card").address) == (3, " ".join([chat.id, *stand]))


async def test_living_card_that_somebody_deleted_stands_again(bot, house, peer, ruth, room):
    _to_team(house, "first", slot="card")
    await _rest(bot, house)
    posts.remove(peer.tenancy, peer.messages(ruth, room)[-1].post)
    _to_team(house, "second", slot="card")
    await _rest(bot, house)
    shown = peer.messages(ruth, room)[-1]

    assert peer.plain(ruth, room) == ["team: second"]
    assert house.one(Posted, slot="card").address == f"{room.id};messageid={shown.id} {shown.id}"


@pytest.mark.parametrize("how", ["status", "drop_after", "drop_before"])
@pytest.mark.parametrize("method", ["member", "create"])
async def test_message_to_whom_the_way_was_not_found_is_not_doubted(
    bot, house, peer, ruth, team, method, how
):
    """Nothing was said while somebody's chat was looked for."""
    getattr(peer.unkind, how)(method, **{"status": 500} if how == "status" else {})
    _to_ruth(house, "hello")
    await _rest(bot, house)

    assert peer.plain(ruth) == ["person: hello"]
    assert _state(house, "hello") == ("sent", None)


async def test_token_that_is_no_good_loses_nothing(bot, house, peer, ruth, chat, logged):
    peer.revoke()
    _to_ruth(house, "hello")
    for _ in range(12):
        await _once(bot, house)
        house.clock.wait(600)
    waits = _state(house, "hello")
    peer.app.dead = None
    await _rest(bot, house)

    assert (waits, _state(house, "hello")) == (("ready", None), ("sent", None))
    assert peer.plain(ruth) == ["person: hello"]
    assert logged.getvalue().count("teams_token_refused") == 1


async def test_archived_room_is_lost_and_gets_what_waited_when_it_is_back(
    bot, house, peer, platform, ruth, team, room
):
    team.archived = True
    _to_team(house, "for the team")
    await _rest(bot, house)
    lost = house.one(Room, kind="team").state, _state(house, "for the team")
    team.archived = False
    house.change(lambda session: session.execute(update(Room).values(state="bound")))
    await _rest(bot, house)

    assert lost == ("lost", ("ready", None))
    assert peer.plain(ruth, room) == ["team: for the team"]


async def test_message_to_somebody_who_blocked_the_app_is_passed_on_by_hand_and_so_is_the_next(
    bot, house, peer, ruth, team, chat
):
    peer.block(ruth)
    for key in ("one", "two"):
        _to_ruth(house, key)
        await _rest(bot, house)

    assert [_state(house, key)[0] for key in ("one", "two")] == ["by_hand", "by_hand"]
    assert house.one(PersonAccount, account=ruth.object_id).state == "not_added"
    assert len(peer.called("send")) == 1


async def test_message_to_somebody_met_in_a_team_begins_their_chat(bot, house, peer, ruth, team):
    _to_ruth(house, "hello")
    await _rest(bot, house)

    assert peer.plain(ruth) == ["person: hello"]


async def test_bot_speaks_first_after_a_restart(bot, house, peer, platform, ruth, chat):
    again = TeamsPlatform(platform.calls.transport, platform.tenant)
    await again.begin(bot.ear)
    _to_ruth(house, "hello")
    await _rest(Bot(ear=bot.ear, postman=Postman(bot.ear, {again.name: again})), house)

    assert peer.plain(ruth) == ["person: hello"]


async def test_somebody_is_looked_up_by_email_in_the_team_and_written_to(bot, house, peer, jo, team):
    def unit(session, post):
        person = Person(programme_id=1, name="Jo Baker", email=jo.email, working_days="12345")
        session.add(person)
        session.flush()
        post.to_person(person, "for_person", {"text": "hello"}, key="to jo")

    house.desk = bot.ear.desk = _trusting(bot.ear.desk, peer.tenancy.tenant)
    house.post(unit)
    await _rest(bot, house)

    assert peer.plain(jo) == ["person: hello"]


def _trusting(desk, tenant):
    return replace(desk, trusted=desk.trusted | {("teams", tenant)})


async def test_storm_holds_nobodys_message_back_for_ever(bot, house, peer, team):
    people = [peer.add_person(f"P{number}", email=f"p{number}@northmere.example") for number in range(20)]
    for one in people:
        await peer.join(one, team)

    def unit(session, post):
        for number, one in enumerate(people):
            person = Person(programme_id=1, name=one.name, working_days="12345")
            session.add(_account(one, person))
            session.flush()
            post.to_person(person, "for_person", {"text": str(number)}, key=f"to {number}")

    house.post(unit)
    for method in ("send", "create", "member"):
        peer.unkind.too_many(method, seconds=3, times=30)
    await _rest(bot, house, tries=400)

    assert [peer.plain(one) for one in people] == [[f"person: {number}"] for number in range(20)]


async def test_strict_chat_gets_its_messages_at_teams_pace(bot, house, peer, ruth, chat, room):
    for method in ("send", "create"):
        place = {"place": lambda args: args["conversation"], "wall": house.clock.wall}
        peer.unkind.strict(method, seconds=2, **place)
    for number in range(4):
        _to_ruth(house, f"ruth {number}")
        _to_team(house, f"team {number}")
    begun = house.clock.wall()
    await _rest(bot, house)

    assert peer.plain(ruth, chat) == [f"person: ruth {number}" for number in range(4)]
    assert (peer.unkind.refused, (house.clock.wall() - begun).seconds) == (0, 6)


async def test_bot_that_keeps_no_pace_would_be_refused_in_teams(bot, house, peer, platform, ruth, chat):
    place = {"place": lambda args: args["conversation"], "wall": house.clock.wall}
    peer.unkind.strict("send", seconds=2, **place)
    platform.pace = 0
    for number in range(4):
        _to_ruth(house, f"ruth {number}")
    await _rest(bot, house)

    assert peer.plain(ruth, chat) == [f"person: ruth {number}" for number in range(4)]
    assert peer.unkind.refused > 0
