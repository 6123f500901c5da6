"""People in Slack are who they are: asked for one by one, remembered, never known by a display name."""

import asyncio

import pytest

from bot.platform import Gone, LineDropped
from bot.slack import people as peoples
from bot.slack.people import Home, member
from handlers.message import Account
from tests.fakes.slack import users

HOME = Home(team="T0", enterprise="E0")


@pytest.fixture
def people(platform):
    return platform.people


def _account(peer, user, **other):
    found = {"tenant": peer.workspace.team, "name": user.name, "email": user.email}
    return Account(platform="slack", id=user.id, **found | other)


async def test_somebody_is_asked_for_once_and_remembered(people, peer, ruth):
    first, second = await people.account(ruth.id), await people.account(ruth.id)

    assert first == second == _account(peer, ruth)
    assert len(peer.called("users.info")) == 1


@pytest.mark.parametrize("guest", ["multi", "single"])
async def test_guest_of_the_workspace_counts_like_a_member(people, peer, guest):
    dana = peer.add_person("Dana Reed", email="dana@northmere.example", guest=guest)

    assert await people.account(dana.id) == _account(peer, dana)


async def test_stranger_belongs_to_their_own_workspace(people, peer):
    helen = peer.add_person("Helen Marsh", email="helen@exampleshire.example", team="T0OTHER")

    assert await people.account(helen.id) == _account(peer, helen, tenant="T0OTHER")


async def test_app_is_nobody(people, peer):
    assert await people.account(peer.add_bot("Another app").id) is None
    assert await people.account(peer.app.bot.id) is None


def test_slackbot_is_nobody():
    assert not member({"id": "USLACKBOT", "team_id": "T0", "is_bot": False}, HOME).human


def test_address_that_was_not_confirmed_is_not_taken():
    user = {"id": "U1", "team_id": "T0", "is_email_confirmed": False, "profile": {"email": "a@b.example"}}

    assert member(user, HOME).account == Account(platform="slack", tenant="T0", id="U1", name="U1")


@pytest.mark.parametrize(
    ("told", "tenant"),
    [
        ({"team_id": "T0"}, "T0"),
        ({"team_id": "E0"}, "T0"),
        ({"team_id": "T1", "enterprise_user": {"id": "W1", "teams": ["T1", "T0"]}}, "T0"),
        ({"enterprise_user": {"id": "W1", "teams": ["T0"]}}, "T0"),
        ({"team_id": "T1", "enterprise_user": {"id": "W1", "teams": ["T1", "T2"]}}, "T1"),
        ({"team_id": "E1"}, "E1"),
        ({"team_id": "T1", "is_stranger": True, "enterprise_user": {"teams": ["T0"]}}, "T1"),
        ({"team_id": "E0", "is_stranger": True}, ""),
        ({}, ""),
    ],
)
def test_workspace_of_somebody_in_an_enterprise_organisation(told, tenant):
    assert member({"id": "U1", **told}, HOME).account.tenant == tenant


def test_workspace_in_no_organisation_takes_nobody_without_one_for_its_own():
    assert member({"id": "U1"}, Home(team="T0")).account.tenant == ""


async def test_id_of_nobody_is_gone(people):
    with pytest.raises(Gone):
        await people.account("U0NOBODY")


async def test_somebody_is_looked_up_by_address(platform, peer, ruth):
    assert await platform.look_up("ruth@northmere.example") == _account(peer, ruth)
    assert await platform.look_up("nobody@northmere.example") is None


async def test_somebody_deactivated_is_not_found_by_address(platform, peer, ruth):
    await peer.deactivate(ruth)

    assert await platform.look_up("ruth@northmere.example") is None


async def test_direct_conversation_is_opened_once(platform, peer, ruth):
    first, second = await platform.direct(ruth.id), await platform.direct(ruth.id)

    assert first == second == peer.direct(ruth).id
    assert len(peer.called("conversations.open")) == 1


async def test_nobody_deactivated_is_written_to(platform, peer, ruth):
    await platform.direct(ruth.id)
    gone = await peer.deactivate(ruth)
    platform.people.changed(users.public(peer.workspace, gone, email=False))

    with pytest.raises(Gone) as why:
        await platform.direct(ruth.id)
    assert why.value.reason == "This person's account is deactivated."


async def test_app_cannot_be_written_to(platform, peer):
    with pytest.raises(Gone):
        await platform.direct(peer.add_bot("Another app").id)


async def test_new_name_is_known_from_the_event_that_tells_it(people, peer, ruth):
    await people.account(ruth.id)
    renamed = await peer.change(ruth, name="Ruth Adeyemi")
    told = people.changed(users.public(peer.workspace, renamed, email=True))

    assert told.account == _account(peer, renamed)
    assert await people.account(ruth.id) == _account(peer, renamed)
    assert len(peer.called("users.info")) == 1


async def test_change_that_does_not_tell_the_address_is_asked_about(people, peer, ruth):
    await people.account(ruth.id)
    moved = await peer.change(ruth, email="ruth@elsewhere.example")
    people.changed(users.public(peer.workspace, moved, email=False))

    assert (await people.account(ruth.id)).email == "ruth@elsewhere.example"


async def test_change_of_somebody_never_met_is_not_remembered(people, peer, ruth):
    people.changed(users.public(peer.workspace, ruth, email=True))

    assert await people.account(ruth.id) == _account(peer, ruth)
    assert len(peer.called("users.info")) == 1


async def test_change_that_slack_told_another_process_is_known_a_while_later(people, peer, ruth):
    seconds = [0.0]
    people._now = lambda: seconds[0]
    await people.direct(ruth.id)
    renamed = await peer.change(ruth, name="Ruth Adeyemi")
    before = await people.account(ruth.id)
    seconds[0] = peoples.REMEMBERED
    after = [await people.account(ruth.id) for _ in range(2)]
    await people.direct(ruth.id)

    assert (before.name, after) == ("Ruth Okafor", [_account(peer, renamed)] * 2)
    assert (len(peer.called("users.info")), len(peer.called("conversations.open"))) == (2, 1)


async def test_somebody_who_was_known_is_known_while_slack_is_out_of_order(people, peer, ruth):
    seconds = [0.0]
    people._now = lambda: seconds[0]
    known = await people.account(ruth.id)
    seconds[0] = peoples.REMEMBERED
    peer.unkind.status("users.info", times=None)

    assert await people.account(ruth.id) == known
    with pytest.raises(LineDropped):
        await people.account(peer.add_person("Dana Reed").id)


async def test_few_are_asked_for_at_once(people, peer, monkeypatch):
    asked, most, call = [], [], people._line.call

    async def counted(method, **arguments):
        asked.append(method)
        most.append(len(asked))
        answer = await call(method, **arguments)
        asked.pop()
        return answer

    monkeypatch.setattr(people._line, "call", counted)
    await asyncio.gather(*(people.get(peer.add_person(f"Peer {number}").id) for number in range(30)))

    assert max(most) == 8


async def test_only_so_many_are_remembered(people, peer, ruth, monkeypatch):
    monkeypatch.setattr(peoples, "_MOST", 2)
    others = [peer.add_person(f"Peer {number}") for number in range(2)]
    for user in (ruth, *others, ruth):
        await people.account(user.id)

    assert len(peer.called("users.info")) == 4


async def test_members_are_people_only_and_nobody_is_listed(platform, peer, ruth, team):
    dana = peer.add_person("Dana Reed")
    await peer.join(dana, team)

    assert await platform.members(team.id) == (_account(peer, ruth), _account(peer, dana))
    assert peer.called("users.list") == []
