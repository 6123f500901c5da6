"""Teams as a platform: whom the bot can write to and who is in a room; and what Teams lets no bot do."""

from dataclasses import replace

import pytest

from bot.hear import Ear
from bot.platform import CannotLook, Gone, NotNow, RoomGone, TooMany
from bot.teams import personal
from handlers.message import Account
from store.person import Person, PersonAccount
from tests.fakes.house import BEGINS
from tests.fakes.teams import ELSEWHERE

NO_APP = "The app is not installed for this person in Teams."


@pytest.fixture
async def ear(platform, house):
    ear = Ear(house.store, house.desk, house.clock)
    await platform.begin(ear)
    yield ear
    ear.close()


@pytest.fixture
def told(ear, monkeypatch):
    """What the platform tells of accounts, by kind."""
    found = []

    async def happened(event):
        found.append((event.kind, event.facts["account"]))

    monkeypatch.setattr(ear, "happened", happened)
    return found


@pytest.fixture
def known(house, ruth):
    """Ruth's account as the store keeps it."""

    def unit(session):
        person = Person(programme_id=1, name="Ruth Okafor", email=ruth.email, working_days="12345")
        account = PersonAccount(
            platform="teams", tenant=ruth.tenant, account=ruth.object_id, person=person, name=ruth.name,
            email=ruth.email, seen_at=BEGINS,
        )  # fmt: skip
        session.add(account)

    house.change(unit)
    return Account(platform="teams", tenant=ruth.tenant, id=ruth.object_id, name=ruth.name, email=ruth.email)


# Who can be written to


async def test_whoever_installed_the_app_is_written_to_without_asking_teams(platform, peer, ruth):
    chat = await peer.install(ruth)

    assert await platform.direct(ruth.object_id) == chat.id
    assert peer.called("create") == []


async def test_member_of_a_team_is_written_to_before_they_ever_were(platform, peer, ruth, team, card):
    address = await platform.direct(ruth.object_id)
    again = await platform.direct(ruth.object_id)
    await platform.post(address, card("Hello"), "key")

    assert (again, peer.plain(ruth)) == (address, ["Hello"])
    assert len(peer.called("create")) == 1


async def test_personal_chat_is_known_again_after_a_restart(platform, peer, ruth, ear):
    chat = await peer.install(ruth)
    later = type(platform)(platform.calls.transport, platform.tenant)
    await later.begin(ear)

    assert await later.direct(ruth.object_id) == chat.id


async def test_place_in_which_somebody_was_met_is_tried_before_others(platform, peer, jo, ruth, team):
    for number in range(3):
        await peer.install_in(peer.add_chat(f"Chat {number}", jo), by=jo)
    await platform.people.with_email(ruth.email)
    asked = len(peer.calls)
    await platform.direct(ruth.object_id)

    assert [one.method for one in peer.calls[asked:]] == ["member", "create"]


async def test_somebody_whom_the_bot_meets_nowhere_cannot_be_written_to(platform, peer, ruth):
    with pytest.raises(Gone, match=NO_APP):
        await platform.direct(ruth.object_id)


async def test_somebody_who_uninstalled_the_app_is_told_once_and_not_tried_again(
    platform, peer, ruth, team, known, told, card
):
    chat = await peer.install(ruth)
    peer.unkind.stop()
    chat.bot, chat.removed = False, True
    with pytest.raises(Gone, match=NO_APP):
        await platform.post(chat.id, card("Hello"), "key")
    asked = len(peer.calls)
    with pytest.raises(Gone, match=NO_APP):
        await platform.direct(ruth.object_id)

    assert told[0] == ("uninstalled", known)
    assert len(peer.calls) == asked


async def test_somebody_who_blocked_the_app_is_out_of_reach_until_they_are_heard_from(
    platform, peer, ruth, known, told, card
):
    chat = await peer.install(ruth)
    peer.block(ruth)
    with pytest.raises(Gone, match="This person blocked the app in Teams"):
        await platform.post(chat.id, card("Hello"), "key")
    gone = (await platform.references.personal(ruth.object_id)).gone
    peer.block(ruth, blocked=False)
    await peer.say(ruth, chat, "hello")

    assert (gone, told) == (True, [("uninstalled", known)])
    assert await platform.direct(ruth.object_id) == chat.id


async def test_somebody_known_to_be_out_of_reach_is_not_told_again(
    platform, peer, house, ruth, known, told, card
):
    def over(session):
        session.get_one(PersonAccount, ("teams", ruth.tenant, ruth.object_id)).reachable = False

    house.change(over)
    with pytest.raises(Gone):
        await platform.direct(ruth.object_id)

    assert told == []


async def test_somebody_met_nowhere_is_looked_for_again_after_a_while(platform, peer, jo, ruth, monkeypatch):
    time = [0.0]
    monkeypatch.setattr(platform.personal, "_now", lambda: time[0])
    with pytest.raises(Gone):
        await platform.direct(ruth.object_id)
    await peer.install_in(peer.add_team("New", jo, ruth), by=jo)
    with pytest.raises(Gone):
        await platform.direct(ruth.object_id)
    time[0] += personal._TRIED_AGAIN_AFTER

    assert await platform.direct(ruth.object_id) == peer.direct(ruth).id


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(TooMany, {"status": 429}), (NotNow, {"status": 503}), (NotNow, {"status": 500})],
)
@pytest.mark.parametrize("method", ["member", "create"])
async def test_trouble_on_the_way_to_somebody_is_not_theirs(
    platform, peer, ruth, team, told, error, trouble, method
):
    peer.unkind.status(method, **trouble, times=None)
    with pytest.raises(error):
        await platform.direct(ruth.object_id)
    peer.unkind.stop()

    assert await platform.direct(ruth.object_id) == peer.direct(ruth).id
    assert told == []


@pytest.mark.parametrize("method", ["member", "create"])
async def test_somebody_is_written_to_though_another_place_is_out_of_order(
    platform, peer, jo, ruth, team, method
):
    chat = peer.add_chat("Chat", jo, ruth)
    await peer.install_in(chat, by=jo)
    asked = []
    peer.unkind.status(method, status=500, when=lambda of: not asked and (asked.append(of) or True))
    address = await platform.direct(ruth.object_id)

    assert (address, len(asked)) == (peer.direct(ruth).id, 1)


async def test_whoever_was_out_of_reach_is_remembered_for_a_while_only(platform, monkeypatch):
    time = [0.0]
    monkeypatch.setattr(platform.personal, "_now", lambda: time[0])
    for number in range(5):
        await platform.personal.out_of_reach(f"e{number}")
        time[0] += personal._TRIED_AGAIN_AFTER

    assert len(platform.personal._in_vain) == 1


# Who is found by an address


async def test_address_leads_to_an_account_in_a_team(platform, ruth, team):
    found = await platform.look_up(ruth.email.upper())

    assert (found.id, found.tenant) == (ruth.object_id, ruth.tenant)
    assert await platform.look_up("nobody@northmere.example") is None


async def test_somebody_who_cannot_be_written_to_is_found_by_no_address(platform, peer, ruth, team, card):
    chat = await peer.install(ruth)
    peer.block(ruth)
    with pytest.raises(Gone):
        await platform.post(chat.id, card("Hello"), "key")

    assert await platform.look_up(ruth.email) is None


# Who is in a room


async def test_members_of_a_channel_are_people_from_all_pages(platform, peer, jo, ruth, team, channel):
    sam = peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)
    await peer.join(sam, team)
    peer.tenancy.switches.longest_page = 1
    found = await platform.members(channel.id)

    assert [(one.name, one.tenant) for one in found] == [(one.name, one.tenant) for one in (jo, ruth, sam)]


async def test_members_of_a_group_chat_are_told(platform, peer, jo, ruth):
    chat = peer.add_chat("Sponsors", jo, ruth)
    await peer.install_in(chat, by=jo)

    assert [one.id for one in await platform.members(chat.id)] == [jo.object_id, ruth.object_id]


async def test_room_from_which_the_bot_was_taken_or_that_was_deleted_is_gone(platform, peer, team, channel):
    team.bot = False
    with pytest.raises(RoomGone, match="removed"):
        await platform.members(channel.id)
    peer.forget(channel)
    with pytest.raises(RoomGone, match="deleted"):
        await platform.members(channel.id)


async def test_room_that_the_bot_could_not_post_to_for_a_moment_is_no_archived_one(
    platform, peer, team, channel, card
):
    team.bot = False
    with pytest.raises(RoomGone, match="removed"):
        await platform.post(channel.id, card("Hello"), "key")
    team.bot = True

    assert len(await platform.members(channel.id)) == 2


async def test_archived_team_is_gone_though_its_members_are_told_until_it_is_back(
    platform, peer, team, channel, card
):
    team.archived = True
    with pytest.raises(RoomGone):
        await platform.post(channel.id, card("Hello"), "key")
    with pytest.raises(RoomGone, match="archived"):
        await platform.members(channel.id)
    team.archived = False
    await platform.references.keep(replace(platform.references.at(channel.id), gone=False))

    assert len(await platform.members(channel.id)) == 2


# What Teams lets no bot do


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda it: it.pin("x 1"), "pin a message"),
        (lambda it: it.make_room("Team", "", "key"), "make a channel"),
        (lambda it: it.invite("x", "ruth"), "bring somebody into"),
        (lambda it: it.remove("x", "ruth"), "take somebody out"),
        (lambda it: it.home("ruth", None, "key"), "no page of somebody's own"),
        (lambda it: it.post("x", None, "key", only_for="ruth"), "only one person sees"),
    ],
)
async def test_what_teams_lets_no_bot_do_can_never_work_and_says_why(platform, peer, call, why):
    with pytest.raises(Gone, match=why):
        await call(platform)

    assert peer.calls == []


@pytest.mark.parametrize("call", [lambda it: it.find("key", "x"), lambda it: it.find_room("key", "Team")])
async def test_bot_cannot_look_what_it_posted(platform, call):
    with pytest.raises(CannotLook):
        await call(platform)


async def test_token_that_is_no_good_makes_everything_wait_and_is_said_once(
    platform, peer, ruth, card, logged
):
    chat = await peer.install(ruth)
    peer.revoke()
    for key in ("one", "two"):
        with pytest.raises(NotNow):
            await platform.post(chat.id, card("Hello"), key)

    assert logged.getvalue().count("teams_token_refused") == 1
    assert platform.references.at(chat.id).gone is False


async def test_token_never_goes_where_a_kept_address_that_is_not_microsofts_leads(platform, peer, ruth, card):
    chat = await peer.install(ruth)
    known = platform.references.at(chat.id)
    await platform.references.keep(replace(known, service_url="https://elsewhere.example/teams/"))
    with pytest.raises(NotNow):
        await platform.post(chat.id, card("Hello"), "key")

    assert peer.called("login") == []
