"""What keeps the bot from working in Slack is seen from outside, and told where people read it."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from bot.watch import TOLD_AFTER
from store.room import Room
from tests.bot.slack.served import in_slack


@pytest.fixture
async def socket(house):
    async with in_slack(house, by_socket=True) as found:
        yield found


async def _chats(slack):
    transport = httpx.ASGITransport(app=slack.served.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        return (await client.get("/readyz")).json()["chats"]


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_token_that_was_revoked_is_seen_from_outside(slack, word):
    slack.peer.unkind.error(word, times=None)
    await slack.served.watch.look()
    revoked = await _chats(slack)
    slack.peer.unkind.stop()
    await slack.served.watch.look()

    assert (revoked, await _chats(slack)) == ({"slack": word}, {})


async def test_slack_that_does_not_answer_is_seen_and_one_that_asks_for_patience_is_well(slack):
    seen = []
    for trouble in ("drop_before", "too_many"):
        getattr(slack.peer.unkind, trouble)("auth.test", times=1)
        seen.append(await slack.surface.trouble())

    assert seen == ["no_answer", None]


async def test_connection_that_is_lost_is_seen(socket):
    socket.peer.unkind.error("invalid_auth", "apps.connections.open", times=None)
    await socket.peer.sockets.cut()
    async with asyncio.timeout(5):
        while await socket.surface.trouble() is None:  # noqa: ASYNC110 - nobody tells when it is lost
            await asyncio.sleep(0.05)

    assert await socket.surface.trouble() == "socket_closed"


async def test_programme_reads_of_a_long_silence_when_slack_lets_the_bot_in_again(slack):
    channel = slack.peer.add_channel("programme", slack.jo)
    await slack.peer.invite_app(channel, by=slack.jo)
    slack.house.change(lambda session: _moved(session, slack, channel))
    slack.peer.unkind.error("token_revoked", times=None)
    await slack.served.watch.look()
    slack.house.clock.wait(TOLD_AFTER.total_seconds())
    await slack.served.watch.look()
    await slack.deliver()
    meanwhile = _silences(slack, channel)
    slack.peer.unkind.stop()
    slack.house.clock.wait(600)
    await slack.served.watch.look()
    await slack.deliver()

    assert meanwhile == []
    [told] = _silences(slack, channel)
    assert told.startswith("From Monday 6 July at 9am on, Slack did not let me in.")


def _silences(slack, channel):
    return [text for text in slack.peer.plain(slack.jo, channel) if "did not let me in" in text]


def _moved(session, slack, channel):
    """The programme's room is this channel."""
    room = session.scalars(select(Room).where(Room.kind == "programme")).one()
    room.platform, room.tenant, room.address = "slack", slack.peer.workspace.team, channel.id
