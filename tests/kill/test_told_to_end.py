"""SIGTERM while there is work in hand: it ends soon and in order; nothing is lost or said twice after it."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager, closing, suppress

import httpx
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.slack.manifest import manifest
from store.heard import Heard
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.session import Store
from tests.fakes import database
from tests.fakes import house as houses
from tests.fakes.house import BEGINS
from tests.fakes.loopback import free_port, plain_web
from tests.fakes.slack import Peer
from tests.kill.process import ROOT

SOON = 11
"""Ten seconds, and what a busy machine takes besides."""
HANGS = 60
NOBODY_HAS_THEM = {"ready", "uncertain", "sent"}


class Told:
    """`critical-friend serve` in a local Slack, told to end and started again."""

    def __init__(self, folder, url, peer):
        self.folder, self.url, self.peer, self.port = folder, url, peer, free_port()
        self.people = []
        self.process = None

    @property
    def environment(self):
        app = self.peer.app
        way = {"SLACK_APP_TOKEN": app.app_token} if app.by_socket else {"SLACK_SIGNING_SECRET": app.secret}
        return {
            **os.environ, "DATABASE_URL": self.url, "CRITICAL_FRIEND_DATA": str(self.folder),
            "CRITICAL_FRIEND_PORT": str(self.port), "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_API_URL": self.peer.api_url, **way,
        }  # fmt: skip

    async def start(self):
        with (self.folder / "log.txt").open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        await until(self._answers)

    async def _answers(self):
        assert self.process.returncode is None, (self.folder / "log.txt").read_text()
        async with plain_web(f"http://127.0.0.1:{self.port}") as client:
            try:
                return (await client.get("/healthz")).is_success
            except httpx.TransportError:
                return False

    async def told(self, *signals):
        """The exit code, and after how many seconds, of a process that is sent these signals."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            await asyncio.sleep(0.3)
        code = await asyncio.wait_for(self.process.wait(), 30)
        return code, time.monotonic() - began

    def owe(self, count):
        """Owe each of so many people a message."""
        tenant, numbers = self.peer.workspace.team, range(count)
        self.people = [self.peer.add_person(f"Reader{number}") for number in numbers]
        accounts = {1000 + number: user.id for number, user in enumerate(self.people)}

        def unit(session):
            session.execute(insert(Person), [_person(number) for number in accounts])
            session.execute(insert(PersonAccount), [_account(*one, tenant) for one in accounts.items()])
            session.execute(insert(Outgoing), [_owed(number) for number in accounts])

        self.work(unit)

    def work(self, unit):
        with closing(Store(self.url)) as store:
            return store.work(unit)

    def rows(self):
        """The states of the messages, and how many of them somebody has in hand."""
        owed = select(Outgoing.state, Outgoing.lease_until).where(Outgoing.key.startswith("owed"))
        rows = self.work(lambda session: session.execute(owed).all())
        return Counter(state for state, _ in rows), sum(lease is not None for state, lease in rows)

    def read(self):
        """How often each person reads what they are owed; nobody is named who reads it once."""
        times = {user.name: len(self.peer.plain(user)) for user in self.people}
        return {name: count for name, count in times.items() if count != 1}

    async def everything_is_sent(self):
        async def sent():
            return not self.rows()[0].keys() - {"sent", "withdrawn"}

        await until(sent, 60)


def _person(number):
    return {"id": number, "programme_id": 1, "name": f"Reader{number}", "working_days": "12345"}


def _account(number, user, tenant):
    return {
        "platform": "slack", "tenant": tenant, "account": user, "person_id": number, "name": "Reader",
        "guest": False, "active": True, "reachable": True, "seen_at": BEGINS,
    }  # fmt: skip


def _owed(number):
    return {
        "programme_id": 1, "key": f"owed {number}", "op": "post", "person_id": number, "late": "skip",
        "template": "you_are_appointed_for_programme", "hidden": {}, "state": "ready", "attempts": 0,
        "facts": {"programme": f"Programme {number}", "role": "coordinator"}, "queued_at": BEGINS,
        "not_before": BEGINS, "unwanted": False, "repeated": False,
    }  # fmt: skip


async def until(holds, seconds=40):
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(0.1)


@asynccontextmanager
async def serving(folder, *, by_socket=False):
    url = database.fresh(folder)
    houses.furnished(url, houses.desk())
    async with Peer(manifest=manifest(None if by_socket else "http://bot.example")) as peer:
        bot = Told(folder, url, peer)
        bot.work(lambda session: session.execute(text("delete from outgoing")))
        if not by_socket:
            peer.serve(f"http://127.0.0.1:{bot.port}/slack/events")
        try:
            yield bot
        finally:
            if bot.process and bot.process.returncode is None:
                bot.process.kill()
                await bot.process.wait()


async def _calls(peer, method, count):
    async def made():
        return len(peer.called(method)) >= count

    await until(made)


@pytest.mark.parametrize("how", ["slow", "answers_late"])
async def test_calls_and_answers_that_hang_are_broken_off_and_settled_by_the_next_start(tmp_path, how):
    async with serving(tmp_path) as bot:
        jo = bot.peer.add_person("Jo", email="jo@programme.example")
        getattr(bot.peer.unkind, how)("chat.postMessage", seconds=HANGS)
        bot.owe(5)
        await bot.start()
        await bot.peer.say(jo, bot.peer.direct(jo), "help")
        await _calls(bot.peer, "conversations.open", 6)
        await asyncio.sleep(0.5)
        code, seconds = await bot.told(signal.SIGTERM)
        states, in_hand = bot.rows()
        assert (code, seconds < SOON, in_hand, states.keys() - NOBODY_HAS_THEM) == (0, True, 0, set())
        assert bot.work(_handed_over) == [False]

        bot.peer.unkind.stop()
        if database.ON_POSTGRESQL:  # others may just be handing it over, for a minute
            bot.work(lambda session: session.execute(text("update heard set at = at - interval '1 hour'")))
        await bot.start()
        await bot.everything_is_sent()
        await until(lambda: _answered(bot, jo))
        assert (await bot.told(signal.SIGTERM))[0] == 0
        assert (bot.read(), len(bot.peer.plain(jo))) == ({}, 1)


async def _answered(bot, jo):
    return bot.work(_handed_over) == [True] and len(bot.peer.plain(jo)) == 1


def _handed_over(session):
    return [one.handed_over_at is not None for one in session.scalars(select(Heard)) if one.answer]


async def test_while_a_thousand_wait_some_are_sent_and_the_others_are_nobodys(tmp_path):
    async with serving(tmp_path) as bot:
        bot.owe(1000)
        await bot.start()
        await _calls(bot.peer, "chat.postMessage", 30)
        code, seconds = await bot.told(signal.SIGTERM)
        states, in_hand = bot.rows()
        assert (code, seconds < SOON, in_hand) == (0, True, 0)
        sent = len(bot.peer.called("chat.postMessage"))
        assert (dict(states), sent < 1000) == ({"sent": sent, "ready": 1000 - sent}, True)

        bot.work(_let_few_wait)
        await bot.start()
        await bot.everything_is_sent()
        assert (await bot.told(signal.SIGTERM))[0] == 0
        assert bot.read() == {bot.people[row - 1000].name: 0 for row in bot.work(_withdrawn)}


def _let_few_wait(session):
    """What the first start left is much: the next is to send a hundred of it."""
    wait = select(Outgoing.id).where(Outgoing.state == "ready").order_by(Outgoing.id).offset(100)
    others = Outgoing.id.in_(list(session.scalars(wait)))
    session.execute(update(Outgoing).where(others).values(state="withdrawn"))


def _withdrawn(session):
    return list(session.scalars(select(Outgoing.person_id).where(Outgoing.state == "withdrawn")))


@pytest.mark.parametrize(("number", "by_socket"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
async def test_answer_in_hand_is_handed_over(tmp_path, number, by_socket):
    async with serving(tmp_path, by_socket=by_socket) as bot:
        jo = bot.peer.add_person("Jo", email="jo@programme.example")
        await bot.start()
        bot.peer.unkind.slow("chat.postMessage", seconds=1)
        await bot.peer.say(jo, bot.peer.direct(jo), "help")
        code, seconds = await bot.told(number)

        assert (code, seconds < SOON, len(bot.peer.plain(jo))) == (0, True, 1)
        assert bot.work(_handed_over) == [True]


async def test_second_signal_ends_it_at_once(tmp_path):
    async with serving(tmp_path) as bot:
        bot.peer.unkind.answers_late("chat.postMessage", seconds=HANGS)
        bot.owe(3)
        await bot.start()
        await _calls(bot.peer, "chat.postMessage", 3)
        code, seconds = await bot.told(signal.SIGTERM, signal.SIGTERM)
        assert (code, seconds < 3) == (-signal.SIGTERM, True)

        bot.peer.unkind.stop()
        if database.ON_POSTGRESQL:  # nobody knows that it has ended, until the lease is over
            bot.work(lambda session: session.execute(text("update outgoing set lease_until = queued_at")))
        await bot.start()
        await bot.everything_is_sent()
        assert bot.read() == {}


async def test_database_that_hangs_at_the_end_holds_it_up_no_longer(tmp_path):
    async with serving(tmp_path) as bot:
        bot.owe(3)
        bot.peer.unkind.answers_late("chat.postMessage", seconds=2)
        await bot.start()
        await _calls(bot.peer, "chat.postMessage", 3)
        with closing(Store(bot.url)) as store, store.engine.connect() as connection:
            connection.execute(text("update programme set name = name"))
            _, seconds = await bot.told(signal.SIGTERM)
            with suppress(DBAPIError):  # PostgreSQL has ended whoever does nothing with its lock
                connection.rollback()
        assert seconds < SOON

        bot.peer.unkind.stop()
        if database.ON_POSTGRESQL:
            bot.work(lambda session: session.execute(text("update outgoing set lease_until = queued_at")))
        await bot.start()
        await bot.everything_is_sent()
        assert bot.read() == {}
