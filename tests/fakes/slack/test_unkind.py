import asyncio

import aiohttp
import pytest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Peer
from tests.fakes.slack.bolted import answering, bolted
from tests.fakes.slack.manifests import everything

DROPPED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


async def test_too_many_says_how_long_to_wait_and_does_nothing(peer, client, team, jo):
    peer.unkind.too_many("chat.postMessage", seconds=30)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=team.id, text="Hello")

    answer = caught.value.response
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert peer.plain(jo, team) == []
    await client.chat_postMessage(channel=team.id, text="Hello")
    assert peer.plain(jo, team) == ["Hello"]


@pytest.mark.parametrize(("how", "there"), [("drop_after", ["Hello"]), ("drop_before", [])])
async def test_dropped_line_leaves_open_whether_the_call_took_effect(peer, client, team, jo, how, there):
    getattr(peer.unkind, how)("chat.postMessage", when=lambda args: args["text"] == "Hello")
    await client.chat_postMessage(channel=team.id, text="Before")
    with pytest.raises(DROPPED):
        await client.chat_postMessage(channel=team.id, text="Hello")

    assert peer.plain(jo, team) == ["Before", *there]


async def test_status_and_error_are_answered_instead(peer, client, team, jo):
    peer.unkind.status("chat.postMessage", status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=team.id, text="Hello")
    assert caught.value.response.status_code == 503
    peer.unkind.error("internal_error", "chat.postMessage")
    with pytest.raises(SlackApiError, match="internal_error"):
        await client.chat_postMessage(channel=team.id, text="Hello")
    assert [call.error for call in peer.called("chat.postMessage")] == ["status", "internal_error"]


async def test_slow_call_takes_its_time(peer, client):
    peer.unkind.slow("auth.test", seconds=0.1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.auth_test(), 0.05)
    await client.auth_test()


async def test_late_answer_leaves_what_was_done(peer, client, team, jo):
    peer.unkind.answers_late("chat.postMessage", seconds=5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.chat_postMessage(channel=team.id, text="Hello"), 0.3)

    assert peer.plain(jo, team) == ["Hello"]


@pytest.mark.parametrize("during", [True, False])
async def test_event_is_delivered_twice_with_one_id(both, during):
    peer, app = both
    jo = peer.add_person("Jo Baker")
    running = []

    async def answer(_payload):
        running.append(1)
        at_once = len(running)
        await asyncio.sleep(0.05)
        running.pop()
        return BoltResponse(status=200 if at_once <= 2 else 500)

    app.answer = answer
    peer.unkind.redeliver("events_api", during=during)
    await peer.say(jo, peer.direct(jo), "help")

    assert [payload["event"]["text"] for payload in app.heard] == ["help", "help"]
    assert len({payload["event_id"] for payload in app.heard}) == 1


async def test_lost_acknowledgement_makes_the_event_come_again(both):
    peer, app = both
    jo = peer.add_person("Jo Baker")
    peer.unkind.unheard()
    await peer.say(jo, peer.direct(jo), "help")

    assert len(app.heard) == 2


async def test_late_delivery_is_late(peer, app, jo, team):
    peer.unkind.late("slash_commands", seconds=0.1)
    began = asyncio.get_running_loop().time()
    await peer.slash(jo, team, "help")

    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_response_url_can_drop_the_line_too(peer, app, jo, team):
    await peer.slash(jo, team, "help")
    peer.unkind.drop_after("response_url")
    async with aiohttp.ClientSession() as web:
        with pytest.raises(DROPPED):
            await web.post(app.heard[-1]["response_url"], json={"text": "Late"})

    assert peer.plain(jo, team) == ["Late"]


@pytest.fixture
async def socket():
    async with Peer(manifest=everything(socket=True), retries=(0.0, 0.1, 0.1)) as peer, bolted(peer) as app:
        yield peer, app


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_socket_that_slack_refreshes_comes_again_and_nothing_is_lost(socket, reason):
    peer, app = socket
    jo = peer.add_person("Jo Baker")
    app.answer = answering({"text": "Here."})
    goodbye = asyncio.create_task(peer.sockets.disconnect(reason, seconds=0.2))
    await asyncio.sleep(0)
    act = await peer.slash(jo, peer.direct(jo), "help")
    await goodbye

    assert (act.trouble, peer.plain(jo), peer.sockets.opened) == (None, ["Here."], 2)


async def test_socket_cut_before_the_acknowledgement_is_delivered_again_on_another(socket):
    peer, app = socket
    jo = peer.add_person("Jo Baker")

    async def cut_the_first(_payload):
        if len(app.heard) == 1:
            await peer.sockets.cut()
            await app.socket.client.connect_to_new_endpoint(force=True)
        return BoltResponse(status=200)

    app.answer = cut_the_first
    await peer.say(jo, peer.direct(jo), "help")

    assert [payload["event"]["text"] for payload in app.heard] == ["help", "help"]
    assert len({payload["event_id"] for payload in app.heard}) == 1


async def test_socket_is_for_the_app_token_and_one_connection_a_ticket(socket):
    peer, _app = socket
    async with aiohttp.ClientSession() as web:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await web.ws_connect(f"{peer.base}/socket?ticket=guessed")


async def test_socket_mode_turned_off_opens_no_connection(peer, client):
    with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
        await client.apps_connections_open(app_token=peer.app.app_token)
