"""kill -9 between the commit and the response to Slack, in both modes: done once, answered once."""

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager, closing

import httpx
import pytest
from sqlalchemy import select

from bot.slack.manifest import manifest
from store.person import Person
from store.scoping import KeyLine
from store.session import Store
from tests.fakes import database
from tests.fakes import house as houses
from tests.fakes.loopback import free_port, plain_web
from tests.fakes.slack import Peer
from tests.kill.process import ROOT

TEXT = "Front door: are thresholds consistent?"
POINT = "committed but not answered"


class Served:
    """`critical-friend serve` in a local Slack; it can be killed at a point, and started again."""

    def __init__(self, folder, url, peer):
        self.folder, self.url, self.peer, self.port = folder, url, peer, free_port()
        self.armed = folder / "armed"
        self.process = None

    @property
    def settings(self):
        app = self.peer.app
        way = {"SLACK_APP_TOKEN": app.app_token} if app.by_socket else {"SLACK_SIGNING_SECRET": app.secret}
        return {
            "DATABASE_URL": self.url, "CRITICAL_FRIEND_DATA": str(self.folder),
            "CRITICAL_FRIEND_PORT": str(self.port), "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_API_URL": self.peer.api_url, **way,
        }  # fmt: skip

    async def start(self):
        command = [sys.executable, "-m", "tests.kill.mortal", str(self.armed), "serve"]
        env = {**os.environ, **self.settings}
        with (self.folder / "log.txt").open("a") as log:
            self.process = await asyncio.to_thread(
                subprocess.Popen,
                command,
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
            )
        await until(self._answers)

    async def _answers(self):
        assert self.process.poll() is None, (self.folder / "log.txt").read_text()
        async with plain_web() as client:
            try:
                healthy = (await client.get(f"http://127.0.0.1:{self.port}/healthz")).is_success
            except httpx.TransportError:
                return False
        return healthy and (not self.peer.app.by_socket or bool(self.peer.sockets.open))

    async def killed_while(self, act):
        """Do something that kills it, then start it again."""
        self.armed.write_text(POINT)
        doing = asyncio.create_task(act)
        await asyncio.to_thread(self.process.wait, 10)
        await self.start()
        return await doing

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def key_lines(self):
        with closing(Store(self.url)) as store:
            return store.work(lambda session: list(session.scalars(select(KeyLine.text))))


def _address_of_jo(session):
    session.scalars(select(Person).where(Person.name == "Jo")).one().email = "jo@programme.example"


async def until(holds):
    """Wait until something holds."""
    for _ in range(600):
        if await holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


@asynccontextmanager
async def served(folder, *, by_socket):
    url = database.fresh(folder)
    houses.furnished(url, houses.desk())
    with closing(Store(url)) as store:
        store.work(_address_of_jo)
    async with Peer(manifest=manifest(None if by_socket else "http://bot.example"), patience=8) as peer:
        found = Served(folder, url, peer)
        if not by_socket:
            peer.serve(f"http://127.0.0.1:{found.port}/slack/events")
        try:
            await found.start()
            yield found
        finally:
            found.end()


def answers(peer, jo):
    """What the bot answered to Jo, in its direct conversation or beside her command."""
    return [one.plain for one in peer.messages(jo) if one.author is None and TEXT in one.plain]


@pytest.mark.parametrize("by_socket", [False, True])
async def test_command_killed_before_its_response_is_done_once_and_answered_once(tmp_path, by_socket):
    async with served(tmp_path, by_socket=by_socket) as bot:
        jo = bot.peer.add_person("Jo", email="jo@programme.example")
        corridor = bot.peer.add_channel("corridor", jo)
        await bot.killed_while(bot.peer.slash(jo, corridor, f"kloe add {TEXT}"))

        async def answered():
            return bool(answers(bot.peer, jo))

        await until(answered)
        await asyncio.sleep(1)
        assert (bot.key_lines(), len(answers(bot.peer, jo))) == ([TEXT], 1)


@pytest.mark.parametrize("by_socket", [False, True])
async def test_form_killed_before_its_response_and_sent_in_again_takes_effect_once(tmp_path, by_socket):
    async with served(tmp_path, by_socket=by_socket) as bot:
        jo = bot.peer.add_person("Jo", email="jo@programme.example")
        await bot.peer.slash(jo, bot.peer.direct(jo), "kloe add")
        await bot.killed_while(bot.peer.submit(jo, {"text": TEXT}))
        if bot.peer.form(jo):
            again = await bot.peer.submit(jo, {"text": TEXT})
            assert again.trouble is None

        async def answered():
            return bool(answers(bot.peer, jo))

        await until(answered)
        await asyncio.sleep(1)
        assert (bot.key_lines(), len(answers(bot.peer, jo)), bot.peer.form(jo)) == ([TEXT], 1, None)
