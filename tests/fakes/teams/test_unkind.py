import asyncio

import httpx
import pytest

from tests.fakes.teams.bot import card, message, words

HELLO = message(card(words("Hello")))
DROPPED = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture
async def chat(peer, bot, jo):
    return await peer.install(jo)


async def test_too_many_says_how_long_to_wait_and_does_nothing(peer, bot, jo, chat):
    peer.unkind.too_many("send", seconds=30)
    said = await bot.send(chat, HELLO)

    assert (said.status_code, said.headers["Retry-After"]) == (429, "30")
    assert said.json()["error"]["code"] == "Throttled"
    assert peer.plain(jo) == []
    assert (await bot.send(chat, HELLO)).status_code == 201


@pytest.mark.parametrize(
    ("status", "code"), [(412, "PreconditionFailed"), (502, "ServiceError"), (503, None), (504, None)]
)
async def test_status_is_answered_instead(peer, bot, jo, chat, status, code):
    peer.unkind.status("send", status=status)
    said = await bot.send(chat, HELLO)

    assert said.status_code == status
    assert (said.json()["error"]["code"] if code else None) == code
    assert peer.plain(jo) == []


async def test_refusal_is_in_teams_own_words_and_where_it_is_meant(peer, bot, jo, chat):
    peer.unkind.refuse(
        "send", status=403, code="BotDisabledByAdmin", when=lambda args: args["conversation"] == chat.id
    )
    said = await bot.send(chat, HELLO)

    assert (said.status_code, said.json()["error"]["code"]) == (403, "BotDisabledByAdmin")
    assert [one.error for one in peer.called("send")] == ["BotDisabledByAdmin"]


@pytest.mark.parametrize(("how", "there"), [("drop_after", ["Hello"]), ("drop_before", [])])
async def test_dropped_line_leaves_open_whether_the_call_took_effect(peer, bot, jo, chat, how, there):
    getattr(peer.unkind, how)("send")
    with pytest.raises(DROPPED):
        await bot.send(chat, HELLO)

    assert peer.plain(jo) == there


async def test_refused_token_is_good_again_afterwards(peer, bot, jo, chat):
    peer.unkind.token_refused(times=2)
    assert [(await bot.send(chat, HELLO)).status_code for _ in range(3)] == [401, 401, 201]


async def test_slow_call_takes_its_time(peer, bot, chat):
    peer.unkind.slow("send", seconds=0.1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.send(chat, HELLO), 0.05)


@pytest.mark.parametrize("during", [True, False])
async def test_message_is_delivered_twice_with_one_id(peer, bot, jo, chat, during):
    peer.unkind.redeliver("message", during=during)
    act = await peer.say(jo, chat, "help")

    assert [one["id"] for one in bot.heard[-2:]] == [act.id, act.id]
    assert [one.attempt for one in act.deliveries] == [0, 1]


async def test_unheard_answer_brings_a_message_again_and_never_an_invoke(peer, bot, jo, chat):
    peer.unkind.unheard("message")
    peer.unkind.unheard("invoke")
    said = await peer.say(jo, chat, "help")
    before = len(bot.heard)
    invoked = await peer.invoke(jo, chat, "task/fetch", {})

    assert ([one["id"] for one in bot.heard[-3:-1]], said.trouble) == ([said.id, said.id], "unheard")
    assert (len(bot.heard) - before, invoked.trouble) == (1, "unheard")


async def test_late_delivery_is_late(peer, bot, jo, chat):
    peer.unkind.late("message", seconds=0.1)
    began = asyncio.get_running_loop().time()
    await peer.say(jo, chat, "help")

    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_bot_that_is_not_there_is_trouble(peer, jo):
    peer.serve("http://127.0.0.1:9/api/messages")
    await peer.install(jo)

    assert (await peer.say(jo, peer.direct(jo), "help")).trouble == "unreachable"


async def test_conversation_can_be_gone_without_a_word(peer, bot, chat):
    heard = len(bot.heard)
    peer.forget(chat)

    assert (await bot.send(chat, HELLO)).json()["error"]["code"] == "ConversationNotFound"
    assert len(bot.heard) == heard
