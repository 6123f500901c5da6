"""The transport in a strict Teams: every call it knows, in conversations of each kind."""

import pytest

from bot.platform import LineDropped
from bot.teams.transport import Reference, Refusal
from tests.bot.teams.in_teams import connected
from tests.fakes.teams import Peer

HELLO, AGAIN = {"type": "message", "text": "Hello"}, {"type": "message", "text": "Hello again"}


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer


@pytest.fixture
def people(peer):
    names = ("Jo Baker", "Helen Marsh", "Ruth Okafor")
    return [peer.add_person(name, email=f"{name.split()[0].lower()}@programme.example") for name in names]


@pytest.fixture
async def team(peer, people):
    team = peer.add_team("Peer challenges", *people)
    await peer.install_in(team, by=people[0])
    return team


@pytest.fixture
def channel(peer, team):
    return peer.add_channel(team, "Northmere team")


@pytest.fixture
async def transport(peer):
    async with connected(peer) as transport:
        yield transport


def to(peer, conversation):
    return Reference(conversation=conversation, tenant=peer.app.tenant, service_url=peer.service_url)


async def test_thread_is_begun_replied_to_and_edited(peer, people, channel, transport):
    thread, first = await transport.create_thread(to(peer, channel.id), HELLO)
    await transport.send(to(peer, thread), HELLO)
    await transport.update(to(peer, thread), first, AGAIN)

    assert thread == f"{channel.id};messageid={first}"
    shown = [(one.thread, one.plain) for one in peer.messages(people[1], channel)]
    assert shown == [(first, "Hello again"), (first, "Hello")]


async def test_thread_is_begun_from_within_another(peer, people, channel, transport):
    thread, _ = await transport.create_thread(to(peer, channel.id), HELLO)

    other, _ = await transport.create_thread(to(peer, thread), HELLO)
    assert other != thread


@pytest.mark.parametrize("called", ["id", "object_id"])
async def test_personal_chat_is_the_same_by_either_id(peer, people, channel, transport, called):
    chat = await transport.create_personal(to(peer, channel.id), getattr(people[0], called))
    await transport.send(to(peer, chat), HELLO)

    assert chat == peer.direct(people[0]).id
    assert peer.plain(people[0]) == ["Hello"]


async def test_everybody_in_a_channel_is_told_page_by_page(peer, people, channel, transport):
    peer.tenancy.switches.longest_page = 2
    found = await transport.members(to(peer, f"{channel.id};messageid=1"))

    assert [one["email"] for one in found] == [
        f"{name}@programme.example" for name in ("jo", "helen", "ruth")
    ]
    assert len(peer.called("pagedmembers")) == 2


async def test_member_is_told_by_either_id(peer, people, channel, transport):
    jo = people[0]
    found = [await transport.member(to(peer, channel.id), one) for one in (jo.id, jo.object_id)]

    assert [one["id"] for one in found] == [jo.id] * 2


async def test_team_is_told(peer, team, transport):
    assert (await transport.team(to(peer, team.id), team.id))["name"] == "Peer challenges"


async def test_refusal_keeps_the_word_of_teams(peer, people, transport):
    chat = await peer.install(people[0])
    peer.block(people[0])

    with pytest.raises(Refusal) as refused:
        await transport.send(to(peer, chat.id), HELLO)
    assert (refused.value.status, refused.value.code) == (403, "MessageWritesBlocked")


async def test_too_many_says_how_long_to_wait(peer, people, channel, transport):
    peer.unkind.too_many("send", seconds=7)

    with pytest.raises(Refusal) as refused:
        await transport.send(to(peer, channel.id), HELLO)
    assert (refused.value.status, refused.value.seconds) == (429, 7.0)


async def test_line_that_drops_after_teams_accepted_posts_once(peer, people, channel, transport):
    await transport.members(to(peer, channel.id))  # a connection that is open already
    peer.unkind.drop_after("send")

    with pytest.raises(LineDropped):
        await transport.send(to(peer, channel.id), HELLO)
    assert peer.plain(people[0], channel) == ["Hello"]


async def test_token_that_grew_old_is_replaced_before_teams_refuses_it(peer, channel):
    now, peer.tokens.seconds = [1_000_000.0], 60
    async with connected(peer, lambda: now[0]) as transport:
        await transport.send(to(peer, channel.id), HELLO)
        now[0] += 61
        peer.later(61)
        await transport.send(to(peer, channel.id), HELLO)

    assert len(peer.tokens.given) == 2
    assert [one.error for one in peer.called("send")] == [None, None]
