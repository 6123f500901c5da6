"""docs/slack.md holds, line by line: its commands run, its words are heard, its table is the manifest's."""

import asyncio
import contextlib
import json
import os
import re
import shlex
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from bot.slack.manifest import APP_SCOPE, manifest, scopes
from tests.fakes.loopback import free_port
from tests.fakes.slack import Peer
from tests.slack_code import FOLDER

DOCS = Path(__file__).parents[3] / "docs" / "slack.md"
TEXT = DOCS.read_text(encoding="utf-8")
ANSWERS = [
    "You are the first project coordinator of this programme, Jo Baker.",
    "Exampleshire is open as LGA full peer challenge, 10 to 13 November ",
    "Exampleshire: what is next",
    "Priya Nair is programme manager for the whole programme",
    "Helen Marsh is sponsor in Exampleshire.",
    "Exampleshire: the team",
]


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_scopes_explained_are_those_of_the_manifest():
    assert re.findall(r"^\| `([a-z_.]+(?::[a-z.]+)?)` \|", TEXT, re.MULTILINE) == list(scopes())
    assert f"`{APP_SCOPE}`" in TEXT


def test_links_within_the_docs_lead_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.casefold()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        file, _, anchor = link.partition("#")
        assert (DOCS.parent / file).exists()
        assert file or anchor in headings


def test_log_lines_that_the_page_names_are_written():
    written = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))

    assert all(f'"{name}"' in written for name in re.findall(r"`(slack_\w+)`", TEXT))


def commands(section):
    """The lines of the bash blocks under a heading."""
    text = TEXT.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
    return "".join(re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).splitlines()


class Terminal:
    """Types the lines of the page, with the peer's tokens where the page has a reader's own."""

    def __init__(self, peer, folder):
        self._peer = peer
        self._folder = folder
        self.environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(DOCS.parents[1]), "SLACK_API_URL": peer.api_url,
            "CRITICAL_FRIEND_PORT": str(free_port()),
        }  # fmt: skip
        self.serving = None

    async def type(self, line):
        """Run one line; what it prints."""
        words = shlex.split(line)
        if words[0] == "export":
            self._export(*words[1].split("="))
            return ""
        assert words[0] == "critical-friend"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words[1:], cwd=self._folder, env=self.environment,
            stdout=PIPE, stderr=STDOUT,
        )  # fmt: skip
        if words[1] == "serve":
            self.serving = process
            return ""
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, printed.decode()
        return printed.decode()

    def _export(self, name, value):
        app = self._peer.app
        self.environment[name] = {
            "xoxb-your-token": app.bot_token,
            "xapp-your-token": app.app_token,
            "your-signing-secret": app.secret,
        }[value]

    async def close(self):
        if self.serving:
            self.serving.terminate()
            await asyncio.wait_for(self.serving.communicate(), 30)
            assert self.serving.returncode == 0


@contextlib.asynccontextmanager
async def terminal(made, folder):
    async with Peer(manifest=made) as peer:
        typing = Terminal(peer, folder)
        try:
            yield peer, typing
        finally:
            await typing.close()


async def test_ten_minutes_from_nothing_to_the_first_challenge(tmp_path):
    async with terminal(manifest(), tmp_path) as (peer, typing):
        [made] = [await typing.type(line) for line in commands("1.")]
        assert json.loads(made) == manifest()

        printed = [await typing.type(line) for line in commands("2.")]
        assert "Nothing is wrong." in printed[3]
        code = printed[4].split()[-1]
        await asyncio.wait_for(peer.sockets.connected(), 30)

        jo = peer.add_person("Jo Baker", email="jo@programme.example")
        peer.add_person("Priya Nair", email="priya@programme.example")
        peer.add_person("Helen Marsh", email="helen@exampleshire.example")
        programme = peer.add_channel("peer-challenges", jo)
        await peer.invite_app(programme, by=jo)
        answers = [await _answer(peer, jo, programme, line, code) for line in _lines("slack")]

        assert [answer[: len(begins)] for answer, begins in zip(answers, ANSWERS, strict=True)] == ANSWERS

        await _until(lambda: len(_cards(peer, jo, programme)) == 1)
        assert "Exampleshire: for the programme only" in _cards(peer, jo, programme)[0]

        ways = re.findall(r"^- `(.*status)`", TEXT, re.MULTILINE)
        elsewhere, direct = peer.add_channel("elsewhere", jo), peer.direct(jo)
        for line, place in zip(ways, (elsewhere, programme, direct), strict=True):
            assert "Exampleshire" in await _said(peer, jo, place, line)

        [line] = _lines("slack-elsewhere")
        own = peer.add_channel("exampleshire-peers", jo)
        await peer.invite_app(own, by=jo)
        bound = await _said(peer, jo, own, line)
        assert bound.startswith("This channel is now the peer team room of the Exampleshire peer challenge.")


def _lines(language):
    return [line for block in blocks(language) for line in block.splitlines()]


async def _answer(peer, who, channel, line, code):
    """The words that came back, for their eyes only, for one line typed in Slack."""
    known = len(_for_me(peer, who))
    act = await peer.slash(who, channel, line.removeprefix("/challenge ").replace("CODE", code))
    assert act.trouble is None
    await _until(lambda: len(_for_me(peer, who)) > known)
    return _for_me(peer, who)[known]


async def _said(peer, who, channel, line):
    """The one answer to a line typed in Slack, whatever way it is typed."""
    known = len(peer.plain(who, channel))
    if line.startswith("/challenge "):
        await peer.slash(who, channel, line.removeprefix("/challenge "))
    else:
        await peer.say(who, channel, line)
    await _until(lambda: len(peer.plain(who, channel)) > known)
    [answer] = peer.plain(who, channel)[known:]
    return answer


def _cards(peer, who, channel):
    return [shown.plain for shown in peer.messages(who, channel) if not (shown.author or shown.only_me)]


def _for_me(peer, who):
    return [shown.plain for shown in peer.messages(who) if shown.only_me]


async def _until(holds):
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the bot is a process of its own
            await asyncio.sleep(0.02)


async def test_over_http_the_doctor_is_content(tmp_path):
    async with terminal(manifest("https://bot.example"), tmp_path) as (_, typing):
        await typing.type("export SLACK_BOT_TOKEN=xoxb-your-token")
        await typing.type("critical-friend database")
        made, _, examined = [await typing.type(line) for line in commands("Over HTTP")]

        assert json.loads(made) == manifest("https://bot.example")
        assert "Nothing is wrong." in examined
