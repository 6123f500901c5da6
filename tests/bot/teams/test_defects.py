"""Each defect that was found in botbuilder 4.17 by running it, and what the bot does instead."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from msrest.universal_http.requests import ClientRetryPolicy

from bot.teams.transport import Reference, Refusal, Response
from tests.bot.teams.in_teams import connected
from tests.fakes.teams import Peer

HELLO = {"type": "message", "text": "Hello"}


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer


@pytest.fixture
def jo(peer):
    return peer.add_person("Jo Baker", email="jo@programme.example")


@pytest.fixture
async def chat(peer, jo):
    """Jo's personal chat with the bot, as the bot refers to it."""
    conversation = await peer.install(jo)
    return Reference(conversation=conversation.id, tenant=peer.app.tenant, service_url=peer.service_url)


@pytest.fixture
async def transport(peer):
    async with connected(peer) as transport:
        yield transport


async def received(peer, transport, activity, response=None, **claims):
    async def hear(_):
        return response

    headers = peer.deliverer.headers(activity, **claims)
    return await transport.receive(headers, json.dumps(activity).encode(), hear)


def invoke(peer, jo, name, **parts):
    return peer.activity(jo, peer.direct(jo), type="invoke", name=name, **parts)


DIALOG = {"task": {"type": "continue", "value": {"title": "A form", "card": {"content": {"body": []}}}}}


@pytest.mark.parametrize("name", ["adaptiveCard/action", "task/fetch", "task/submit"])
async def test_invoke_body_is_not_serialised_twice(peer, jo, chat, transport, name):
    response = Response(status=200, body=DIALOG)

    assert await received(peer, transport, invoke(peer, jo, name), response) == response


async def test_invoke_response_with_a_text_for_its_value_is_no_error(peer, jo, chat, transport):
    said = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done."}
    response = Response(status=200, body=said)

    assert await received(peer, transport, invoke(peer, jo, "adaptiveCard/action"), response) == response


async def test_codes_that_need_no_retry_are_not_searched_one_by_one():
    policy = ClientRetryPolicy()

    assert isinstance(policy.safe_codes, frozenset)
    assert set(policy.policy.status_forcelist) == {408, *range(500, 999)} - {501, 505}


async def test_client_is_made_once_and_not_twice_in_every_turn(peer, jo, chat, transport, monkeypatch):
    made = []
    ordinary = ClientRetryPolicy.__init__
    monkeypatch.setattr(ClientRetryPolicy, "__init__", lambda policy: (made.append(1), ordinary(policy))[1])
    for _ in range(5):
        await received(peer, transport, peer.activity(jo, peer.direct(jo)))
        await transport.send(chat, HELLO)

    assert len(made) == 1


async def test_token_is_not_asked_for_in_every_turn(peer, chat, transport):
    for _ in range(10):
        await transport.send(chat, HELLO)

    assert len(peer.called("login")) == 1
    assert len(peer.messages(next(iter(peer.tenancy.people.values())))) == 10


async def turns_during(doing):
    """What comes of something, and how often somebody else has a turn on the event loop meanwhile."""
    turns, task = 0, asyncio.ensure_future(doing)
    while not task.done():
        await asyncio.sleep(0.005)
        turns += 1
    return await task, turns


async def test_login_does_not_hold_up_the_event_loop(peer, chat, transport):
    peer.unkind.slow("login", seconds=0.6)
    begun = time.monotonic()
    _, turns = await turns_during(transport.send(chat, HELLO))

    assert time.monotonic() - begun > 0.6
    assert turns > 15


async def test_fetching_keys_does_not_hold_up_the_event_loop(peer, jo, chat, transport):
    peer.unkind.slow("openid", seconds=0.6)
    response, turns = await turns_during(received(peer, transport, peer.activity(jo, peer.direct(jo))))

    assert response == Response(status=202)
    assert turns > 15


async def test_keys_are_not_fetched_by_a_client_that_waits_for_ever(peer, jo, chat, transport, monkeypatch):
    def never(*_, **__):
        raise AssertionError("no timeout")

    monkeypatch.setattr(requests.Session, "request", never)

    assert await received(peer, transport, peer.activity(jo, peer.direct(jo))) == Response(status=202)


async def test_rotated_key_is_fetched_at_once_and_not_a_day_later(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo))
    before = await received(peer, transport, activity)
    peer.keys.rotate()

    assert (before, await received(peer, transport, activity)) == (Response(status=202), Response(status=202))
    assert len(peer.called("keys")) == 2


async def test_unknown_key_is_401_and_no_error(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo))
    token = peer.keys.sign({"iss": peer.issuer, "aud": peer.app.id}, key=peer.keys.stray())
    response = await transport.receive(
        {"Authorization": f"Bearer {token}"}, json.dumps(activity).encode(), None
    )

    assert response == Response(status=401)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "x"}]
)
async def test_missing_or_malformed_token_is_401_and_no_error(peer, jo, chat, transport, headers):
    body = json.dumps(peer.activity(jo, peer.direct(jo))).encode()

    assert await transport.receive(headers, body, None) == Response(status=401)


async def test_bot_without_a_registration_can_be_tried_out(peer, jo, chat):
    async with connected(peer, teams_emulator=True, microsoft_app_id="") as transport:
        body = json.dumps(invoke(peer, jo, "task/fetch")).encode()

        async def hear(_):
            return Response(status=200, body=DIALOG)

        response = await transport.receive({"Host": "127.0.0.1:8080"}, body, hear)

    assert response == Response(status=200, body=DIALOG)


async def test_calls_do_not_wait_for_the_threads_of_everybody_else(peer, chat, transport):
    loop, ended = asyncio.get_running_loop(), threading.Event()
    loop.set_default_executor(ThreadPoolExecutor(1))
    in_the_way = loop.run_in_executor(None, ended.wait, 10)
    async with asyncio.timeout(3):
        await asyncio.gather(*(transport.send(chat, HELLO) for _ in range(20)))

    ended.set()
    await in_the_way
    assert len(peer.called("send")) == 20


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 412])
async def test_edit_that_was_refused_is_sent_once_and_not_four_times(peer, chat, transport, status):
    posted = await transport.send(chat, HELLO)
    peer.unkind.refuse("update", status=status, code="Throttled", times=None)

    with pytest.raises(Refusal) as refused:
        await transport.update(chat, posted, HELLO)
    assert refused.value.status == status
    assert len(peer.called("update")) == 1


async def test_activity_without_a_service_url_does_not_go_unchecked(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo))
    del activity["serviceUrl"]

    assert await received(peer, transport, activity, serviceurl=peer.service_url) == Response(status=401)


async def test_activity_without_a_channel_does_not_go_unchecked(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo))
    del activity["channelId"]

    assert await received(peer, transport, activity) == Response(status=401)


async def test_token_that_the_bot_itself_sends_out_does_not_let_anybody_in(peer, jo, chat, transport):
    await transport.send(chat, HELLO)
    activity = peer.activity(jo, peer.direct(jo), serviceUrl="https://evil.example/")
    headers = {"Authorization": f"Bearer {peer.tokens.given[-1]}"}

    assert await transport.receive(headers, json.dumps(activity).encode(), None) == Response(status=401)


EMULATORS = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"


async def test_token_of_the_emulator_does_not_let_anybody_in(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo))

    for aud in (peer.app.id, peer.issuer):
        response = await received(peer, transport, activity, iss=EMULATORS, aud=aud, appid=peer.app.id)
        assert response == Response(status=401)


async def test_address_that_is_not_microsofts_is_not_trusted_because_it_is_signed(peer, jo, chat, transport):
    activity = peer.activity(jo, peer.direct(jo), serviceUrl="https://evil.example/")

    assert await received(peer, transport, activity) == Response(status=401)
