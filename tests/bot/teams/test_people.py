"""People in Teams are who they are: asked where they are met, remembered, never known by a display name."""

import asyncio
from dataclasses import replace

import pytest

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.teams import people as peoples
from bot.teams.conversations import Conversation
from bot.teams.people import People, member
from handlers.message import Account
from tests.fakes.teams import ELSEWHERE

INVITED = "a_b.example#EXT#@here.example"
HERE = Conversation(
    address="19:1@thread.tacv2", tenant="here", kind="channel", service_url="https://x.example"
)


@pytest.fixture
def time():
    """Seconds, by hand."""
    return [0.0]


@pytest.fixture
def people(platform, time):
    return People(platform.calls, platform.references, frozenset({platform.tenant}), lambda: time[0])


@pytest.fixture
def where(platform, channel):
    """The channel, as the bot knows it."""
    return platform.references.at(channel.id)


def _account(person, **other):
    found = {"id": person.object_id, "tenant": person.tenant, "name": person.name, "email": person.email}
    return Account(platform="teams", **found | other)


async def test_somebody_is_asked_for_once_by_either_id_and_remembered(people, peer, where, ruth):
    found = [await people.account(where, name) for name in (ruth.object_id, ruth.id, ruth.object_id)]

    assert found == [_account(ruth)] * 3
    assert len(peer.called("member")) == 1


@pytest.mark.parametrize("trouble", ["drop_before", "drop_after", "token_refused"])
async def test_somebody_is_asked_for_once_more_at_once_where_the_line_drops(
    people, peer, where, ruth, trouble
):
    getattr(peer.unkind, trouble)("member")

    assert await people.account(where, ruth.object_id) == _account(ruth)
    assert len(peer.called("member")) == 2


async def test_somebody_is_asked_for_again_after_a_while(people, peer, where, ruth, time):
    before = await people.account(where, ruth.object_id)
    ruth = await peer.change(ruth, name="Ruth Ade", email="ruth.ade@northmere.example")
    time[0] += peoples.REMEMBERED
    after = await people.account(where, ruth.object_id)

    assert (before.email, after) == ("ruth@northmere.example", _account(ruth))


@pytest.mark.parametrize("trouble", [{"status": 503}, {"status": 429}, {"status": 500}])
async def test_what_was_known_will_do_while_teams_does_not_answer(people, peer, where, ruth, time, trouble):
    await people.account(where, ruth.object_id)
    time[0] += peoples.REMEMBERED
    peer.unkind.status("member", **trouble)

    assert await people.account(where, ruth.object_id) == _account(ruth)


async def test_somebody_new_is_nobody_yet_while_teams_does_not_answer(people, peer, where, ruth):
    peer.unkind.status("member", status=503, times=2)
    with pytest.raises(NotNow):
        await people.account(where, ruth.object_id)
    peer.unkind.too_many("member", seconds=7)
    with pytest.raises(TooMany):
        await people.account(where, ruth.object_id)


async def test_guest_counts_like_a_member(people, peer, where, team):
    helen = peer.add_person("Helen Marsh", email="helen@exampleshire.example", guest=True)
    await peer.join(helen, team)

    assert await people.account(where, helen.object_id) == _account(helen)


async def test_stranger_belongs_to_their_own_tenant(people, peer, where, team):
    sam = peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)
    await peer.join(sam, team)

    assert await people.account(where, sam.object_id) == _account(sam, tenant=ELSEWHERE)


async def test_anonymous_person_is_a_guest_of_whom_nothing_is_known(people, peer, where, team):
    anon = peer.add_person("Jo Baker (Guest)", anonymous=True)
    await peer.join(anon, team)

    assert await people.account(where, anon.id) == _account(anon, id=anon.id, tenant="", guest=True)


async def test_bot_is_nobody(peer, where):
    assert member({"id": f"28:{peer.app.id}", "name": "Critical Friend"}, where) is None


async def test_somebody_who_is_not_there_is_nobody(people, peer, where):
    dana = peer.add_person("Dana Reed", email="dana@northmere.example")
    with pytest.raises(Gone, match="no such person"):
        await people.account(where, dana.object_id)

    assert await people.known(where, dana.object_id) is None


@pytest.mark.parametrize(
    ("told", "email"),
    [
        ({"email": "a@b.example", "userPrincipalName": "c@d.example"}, "a@b.example"),
        ({"userPrincipalName": "c@d.example"}, None),
        ({"userPrincipalName": INVITED}, None),
        ({"name": "a@b.example"}, None),
        ({}, None),
    ],
)
def test_address_is_never_a_name_nor_what_somebody_signs_in_with(told, email):
    assert member({"id": "29:1", "aadObjectId": "1", **told}, HERE).account.email == email


@pytest.mark.parametrize(
    ("told", "tenant"),
    [
        ({"tenantId": "HERE"}, "here"),
        ({"tenantId": "there"}, "there"),
        ({"tenantId": "there", "userRole": "guest"}, "there"),
        ({"tenantId": "there", "userPrincipalName": INVITED}, "there"),
        ({"tenantId": "there", "userRole": "guest", "userPrincipalName": "c@d.example"}, "there"),
        ({"tenantId": "there", "userRole": "guest", "userPrincipalName": INVITED}, "here"),
        ({"userRole": "guest", "userPrincipalName": INVITED.lower()}, "here"),
        ({"tenantId": "here", "userRole": "anonymous"}, ""),
        ({"userRole": "user"}, ""),
        ({"userRole": "guest"}, ""),
        ({}, ""),
    ],
)
def test_tenant_is_somebodys_own_and_of_a_guest_the_one_that_invited_them(told, tenant):
    assert member({"id": "29:1", "aadObjectId": "1", **told}, HERE).account.tenant == tenant


async def test_everybody_on_every_page_of_a_roster_is_met_and_remembered(people, peer, where, jo, ruth):
    peer.tenancy.switches.longest_page = 1
    found = [one.account for one in await people.roster(where)]

    assert found == [_account(jo), _account(ruth)]
    assert await people.account(where, ruth.object_id) == _account(ruth)
    assert (len(peer.called("pagedmembers")), len(peer.called("member"))) == (2, 0)


# By an address


async def test_address_is_found_whatever_its_case_and_each_team_is_asked_now_and_then(
    people, peer, team, ruth, time
):
    found = [await people.with_email(one) for one in ("Ruth@Northmere.example", "nobody@northmere.example")]
    asked = len(peer.called("pagedmembers"))
    time[0] += peoples.ROSTER_REMEMBERED
    await people.with_email("nobody@northmere.example")

    assert found == [_account(ruth), None]
    assert (asked, len(peer.called("pagedmembers"))) == (1, 2)


async def test_many_people_looked_up_at_once_are_one_look_through_a_team(people, peer, team, ruth):
    found = await asyncio.gather(*(people.with_email(ruth.email) for _ in range(20)))

    assert found == [_account(ruth)] * 20
    assert len(peer.called("pagedmembers")) == 1


async def test_team_is_looked_through_once_for_all_its_channels(people, peer, team, channel):
    await people.with_email("nobody@northmere.example")

    assert [one.conversation for one in peer.called("pagedmembers")] == [team.id]


async def test_somebody_only_in_a_group_chat_or_a_personal_chat_is_found(people, peer, platform, jo):
    dana = peer.add_person("Dana Reed", email="dana@northmere.example")
    sam = peer.add_person("Sam Cole", email="sam@northmere.example")
    await peer.install_in(peer.add_chat("Sponsors", jo, dana), by=jo)
    await peer.install(sam)

    assert [await people.with_email(one.email) for one in (dana, sam)] == [_account(dana), _account(sam)]


async def test_anonymous_person_is_found_by_no_address(people, peer, team, monkeypatch):
    anon = peer.add_person("Anon", anonymous=True)
    await peer.join(anon, team)
    real = peoples.member
    monkeypatch.setattr(peoples, "member", lambda user, of: _with_email(real(user, of)))

    assert await people.with_email("anon@x.example") is None


def _with_email(found):
    return replace(found, account=replace(found.account, email="anon@x.example", guest=True))


async def test_team_that_is_gone_is_passed_over(people, peer, team, jo, ruth):
    gone = peer.add_team("Another", jo)
    await peer.install_in(gone, by=jo)
    gone.deleted = True

    assert await people.with_email(ruth.email) == _account(ruth)
    assert peer.called("pagedmembers")[0].conversation == gone.id


async def test_trouble_while_looking_through_a_team_is_no_no(people, peer, team, ruth):
    peer.unkind.too_many("pagedmembers", seconds=7)
    with pytest.raises(TooMany):
        await people.with_email(ruth.email)

    assert await people.with_email(ruth.email) == _account(ruth)


@pytest.fixture
async def broken(people, peer, team, jo):
    """A group chat that is looked through before any team, and is out of order."""
    chat = peer.add_chat("Sponsors", jo)
    await peer.install_in(chat, by=jo)
    return lambda call: chat.id in str(call)


@pytest.mark.parametrize(
    ("trouble", "of"),
    [("status", {"status": 500}), ("too_many", {"seconds": 30}), ("slow", {"seconds": 30})],
)
async def test_place_that_is_out_of_order_hides_nobody_in_another(
    people, peer, ruth, broken, monkeypatch, trouble, of
):
    monkeypatch.setattr(peoples, "PLACE_SECONDS", 0.3)
    getattr(peer.unkind, trouble)("pagedmembers", times=None, when=broken, **of)

    assert await people.with_email(ruth.email) == _account(ruth)
    with pytest.raises((LineDropped, NotNow, TooMany)):
        await people.with_email("nobody@northmere.example")


async def test_place_that_is_out_of_order_is_looked_through_last_for_a_while(
    people, peer, platform, ruth, broken, time
):
    peer.unkind.too_many("pagedmembers", times=None, when=broken)
    for _ in range(3):
        await people.with_email(ruth.email)
    asked = len(peer.called("pagedmembers"))
    time[0] += peoples.ROSTER_REMEMBERED
    await people.with_email(ruth.email)

    assert (asked, len(peer.called("pagedmembers"))) == (2, 4)


async def test_many_people_looked_up_at_once_wait_once_for_a_place_that_hangs(
    platform, peer, broken, monkeypatch
):
    people = People(platform.calls, platform.references, frozenset({platform.tenant}))
    monkeypatch.setattr(peoples, "PLACE_SECONDS", 0.2)
    tried = []
    peer.unkind.slow(
        "pagedmembers", seconds=30, times=None, when=lambda call: broken(call) and not tried.append(call)
    )
    look_ups = (people.with_email(f"nobody-{number}@northmere.example") for number in range(20))
    found = await asyncio.gather(*look_ups, return_exceptions=True)

    assert ({type(one) for one in found}, len(tried)) == ({NotNow}, 1)


async def test_stranger_who_shows_somebodys_address_hides_nobody(people, peer, team, jo, ruth):
    fake = peer.add_person("Ruth Okafor", email=ruth.email, tenant=ELSEWHERE)
    await peer.install_in(peer.add_chat("Sponsors", jo, fake), by=jo)

    assert await people.with_email(ruth.email) == _account(ruth)


async def test_somebody_of_a_tenant_whose_addresses_are_believed_is_found(platform, peer, team):
    people = People(platform.calls, platform.references, frozenset({platform.tenant, ELSEWHERE}))
    sam = peer.add_person("Sam", email="sam@else.example", tenant=ELSEWHERE)
    await peer.join(sam, team)

    assert await people.with_email(sam.email) == _account(sam, tenant=ELSEWHERE)


async def test_most_people_are_remembered_and_the_oldest_forgotten(
    people, peer, where, jo, ruth, monkeypatch
):
    monkeypatch.setattr(peoples, "_MOST", 2)
    for one in (jo, ruth, jo):
        await people.account(where, one.object_id)

    assert len(peer.called("member")) == 3
