"""Every way in which a call to Slack can end is one of the port's; nothing is tried again by the SDK."""

import aiohttp
import pytest

from bot.platform import LineDropped, NotNow, TooMany
from bot.slack import client
from bot.slack.client import NotAllowed, Refusal, patience


@pytest.fixture
def line(platform):
    return platform.line


async def _post(line, channel):
    return await line.call("chat.postMessage", channel=channel.id, text="hello")


def _tries(peer):
    return [called.error for called in peer.called("chat.postMessage")]


async def test_call_that_went_well_returns_what_slack_answered(line, team, peer, ruth):
    answer = await _post(line, team)

    assert answer["channel"] == team.id
    assert peer.plain(ruth) == ["hello"]


async def test_connection_dropped_after_slack_accepted_is_not_tried_again(line, team, peer, ruth):
    peer.unkind.drop_after("chat.postMessage")
    with pytest.raises(LineDropped):
        await _post(line, team)

    assert _tries(peer) == [None]
    assert peer.plain(ruth) == ["hello"]


async def test_connection_dropped_before_is_not_tried_again_either(line, team, peer, ruth):
    peer.unkind.drop_before("chat.postMessage")
    with pytest.raises(LineDropped):
        await _post(line, team)

    assert (_tries(peer), peer.plain(ruth)) == (["dropped"], [])


async def test_patience_that_slack_asks_for_is_told_and_not_slept(line, team, peer, ruth):
    peer.unkind.too_many("chat.postMessage", seconds=30)
    with pytest.raises(TooMany) as refused:
        await _post(line, team)

    assert refused.value.seconds == 30
    assert (len(_tries(peer)), peer.plain(ruth)) == (1, [])


async def test_patience_without_a_number_is_half_a_minute(line, team, peer):
    peer.unkind.error("message_limit_exceeded")
    with pytest.raises(TooMany) as refused:
        await _post(line, team)

    assert refused.value.seconds == 30


@pytest.mark.parametrize(
    ("said", "seconds"), [("0", 1), ("7.5", 7.5), ("90000", 3600), ("inf", 3600), ("nan", 1), ("soon", 30)]
)
def test_patience_that_makes_no_sense_is_bounded(said, seconds):
    assert patience({"Retry-After": said}) == seconds


@pytest.mark.parametrize(
    ("method", "everywhere"), [("chat.postMessage", False), ("conversations.invite", True)]
)
async def test_limit_is_of_the_channel_or_of_the_method(line, team, peer, method, everywhere):
    peer.unkind.too_many(method)
    with pytest.raises(TooMany) as refused:
        await line.call(method, channel=team.id, text="hello", users="U1")

    assert refused.value.everywhere is everywhere


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "request_timeout"])
async def test_trouble_inside_slack_may_have_taken_effect(line, team, peer, word):
    peer.unkind.error(word)
    with pytest.raises(LineDropped):
        await _post(line, team)


@pytest.mark.parametrize("status", [500, 502, 503, 200])
async def test_page_instead_of_an_answer_may_have_taken_effect(line, team, peer, status):
    peer.unkind.status(status=status)
    with pytest.raises(LineDropped):
        await _post(line, team)


@pytest.mark.parametrize("status", [403, 404, 407])
async def test_page_that_refuses_did_nothing(line, team, peer, status):
    peer.unkind.status(status=status)
    with pytest.raises(NotNow):
        await _post(line, team)


async def test_answer_that_takes_too_long_may_have_taken_effect(line, team, peer, monkeypatch):
    peer.unkind.slow("chat.postMessage", seconds=1)
    monkeypatch.setattr(line.web.session, "_timeout", aiohttp.ClientTimeout(total=0.05))
    with pytest.raises(LineDropped):
        await _post(line, team)


async def test_slack_that_cannot_be_reached_did_nothing(unused_tcp_port):
    async with client.opened("xoxb-1", f"http://127.0.0.1:{unused_tcp_port}/api/") as line:
        with pytest.raises(NotNow):
            await line.call("auth.test")


async def test_patience_of_a_call_is_shorter_than_the_postmans():
    assert client._TIMES.total < 30


async def test_word_that_nobody_knows_is_told(line, team, peer):
    peer.unkind.error("invalid_blocks")
    with pytest.raises(Refusal) as refused:
        await _post(line, team)

    assert refused.value.word == "invalid_blocks"
    assert not isinstance(refused.value, NotNow)


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_token_that_slack_refuses_waits_for_a_person(line, team, peer, word):
    peer.revoke(word)
    with pytest.raises(NotNow):
        await _post(line, team)


async def test_token_that_slack_refuses_is_said_loudly_once(line, team, peer, logged):
    peer.revoke()
    for _ in range(3):
        with pytest.raises(NotAllowed):
            await _post(line, team)

    assert logged.getvalue().count("slack_token_refused") == 1
    assert '"level": "error"' in logged.getvalue()
    assert peer.app.bot_token not in logged.getvalue()


async def test_token_that_is_refused_again_later_is_said_again(line, team, peer, logged):
    for _ in range(2):
        peer.revoke()
        with pytest.raises(NotAllowed):
            await _post(line, team)
        peer.app.dead = None
        await _post(line, team)

    assert logged.getvalue().count("token_revoked") == 2


async def test_scope_that_is_missing_is_named(line, team, peer, logged):
    peer.unkind.error("missing_scope")
    with pytest.raises(NotNow):
        await _post(line, team)

    assert "chat.postMessage" in logged.getvalue()
    assert "missing_scope" in logged.getvalue()
    assert "slack_token_refused" not in logged.getvalue()
