"""The bot's access token: asked for once, early, and by one at a time."""

import asyncio
import json
import threading
import time

import pytest

from bot.teams.tokens import EARLY, Tokens
from bot.teams.transport import NoToken


class Login:
    """A login that counts; put what it answers next into `answers`."""

    def __init__(self):
        self.asked, self.forgot, self.takes, self.answers = 0, 0, 0.0, []
        self.threads = set()

    def ask(self):
        self.asked += 1
        self.threads.add(threading.current_thread())
        time.sleep(self.takes)
        answer = (
            self.answers.pop(0) if self.answers else {"access_token": str(self.asked), "expires_in": 3600}
        )
        if isinstance(answer, Exception):
            raise answer
        return answer

    def forget(self):
        self.forgot += 1


@pytest.fixture
def login():
    return Login()


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
async def tokens(login, now):
    tokens = Tokens(login, lambda: now[0])
    yield tokens
    tokens.close()


async def test_token_is_asked_for_once_by_many(login, tokens):
    login.takes = 0.05

    assert await asyncio.gather(*(tokens.token() for _ in range(50))) == ["1"] * 50
    assert await tokens.token() == "1"
    assert login.asked == 1


async def test_login_that_takes_its_time_holds_up_nobody_else(login, tokens):
    login.takes = 0.3
    asked = asyncio.create_task(tokens.token())
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert turns > 2
    assert await asked == "1"
    assert threading.main_thread() not in login.threads


async def test_token_near_its_end_is_used_while_another_is_asked_for(login, tokens, now):
    await tokens.token()
    now[0] += 3600 - EARLY + 1

    assert await tokens.token() == "1"
    await asyncio.sleep(0.05)
    assert await tokens.token() == "2"


async def test_token_that_ended_is_not_used(login, tokens, now):
    await tokens.token()
    now[0] += 3601

    assert await tokens.token() == "2"


async def test_login_that_fails_early_leaves_the_token_that_is_still_good(login, tokens, now):
    await tokens.token()
    now[0] += 3600 - 10
    login.answers = [
        {"error": "temporarily_unavailable"},
        OSError(),
        {"access_token": "next", "expires_in": 3600},
    ]
    found = []
    for _ in range(4):
        found.append(await tokens.token())
        await asyncio.sleep(0.05)

    assert found == ["1", "1", "1", "next"]


REFUSED = [({"error": "invalid_client", "error_codes": [7000215]}, "invalid_client"), ({}, "no_answer"),
           (OSError(), "no_answer"), ({"access_token": "spent", "expires_in": 0}, "")]  # fmt: skip


@pytest.mark.parametrize(("answer", "code"), REFUSED)
async def test_login_that_gives_none_is_told_with_its_word(login, tokens, answer, code):
    login.answers = [answer]

    with pytest.raises(NoToken) as refused:
        await tokens.token()
    assert refused.value.code == code


async def test_login_that_gives_none_is_told_loudly_once_until_it_works(login, tokens, now, logged):
    login.answers = [{"error": "invalid_client"}] * 3
    for _ in range(3):
        with pytest.raises(NoToken):
            await tokens.token()
    await tokens.token()
    now[0] += 4000
    login.answers = [{"error": "invalid_client"}]
    with pytest.raises(NoToken):
        await tokens.token()

    said = [json.loads(line)["event"] for line in logged.getvalue().splitlines()]
    assert said == ["teams_login_refused"] * 2


async def test_token_that_was_not_accepted_is_forgotten_unless_it_is_new(login, tokens, now):
    await tokens.token()
    tokens.forget()
    assert (await tokens.token(), login.forgot) == ("1", 0)
    now[0] += 61
    tokens.forget()

    assert (await tokens.token(), login.forgot) == ("2", 1)
