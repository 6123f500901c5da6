"""docs/teams.md holds, line by line: its commands run, its words are heard, its table is the manifest's."""

import asyncio
import contextlib
import io
import json
import os
import re
import shlex
import socket
import sys
import zipfile
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx

from bot.settings import Settings
from bot.teams.cloud import PUBLIC
from bot.teams.conversations import account_id
from bot.teams.manifest import PACKAGE, Owner, manifest, own_version
from tests.fakes.loopback import plain_web
from tests.fakes.teams import Peer
from tests.teams_code import FOLDER

DOCS = Path(__file__).parents[3] / "docs" / "teams.md"
TEXT = DOCS.read_text(encoding="utf-8")
PLAYGROUND = (DOCS.parent / "agents-playground.yml").read_text(encoding="utf-8")
BOT = "6f1c2b7e-3b1c-4a55-9a3e-1f2e3d4c5b6a"
PAGE = "https://northmere.example/critical-friend"
OWNER = Owner(name="Northmere Council", website=PAGE, privacy=f"{PAGE}/privacy", terms=PAGE)
ANSWERS = {
    "teams": [
        "You are the first project coordinator of this programme, Jo Baker.",
        "Exampleshire is open as LGA full peer challenge, 10 to 13 November ",
        "Exampleshire: what is next",
    ],
    "teams-roles": [
        "Priya Nair is programme manager for the whole programme",
        "Helen Marsh is sponsor in Exampleshire.",
        "Exampleshire: the team",
    ],
}


def lines(language):
    """The lines of the blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def commands(section):
    """The lines of the bash blocks under a heading."""
    text = TEXT.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
    return "".join(re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).splitlines()


def test_permissions_explained_are_those_of_the_manifest():
    assert (
        re.findall(r"^\| `([a-zA-Z]+)` \| to ", TEXT, re.MULTILINE)
        == manifest(BOT, OWNER, own_version())["permissions"]
    )


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

    assert all(f'"{name}"' in written for name in re.findall(r"`(teams_\w+|EMULATOR_ON)`", TEXT))


def test_settings_that_the_page_names_are_settings():
    known = {
        str(field.validation_alias or f"CRITICAL_FRIEND_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    named = set(re.findall(r"\b(MicrosoftApp[A-Z]\w+|CRITICAL_FRIEND_[A-Z_]+)", TEXT))

    assert named - known == set()
    assert known - named <= {name for name in known if "SLACK" in name} | {
        "CRITICAL_FRIEND_TEMPLATES", "DATABASE_URL",
    }  # fmt: skip


def test_hosts_that_the_machine_must_reach_are_those_that_the_bot_calls():
    hosts = {httpx.URL(url).host for url in (PUBLIC.login, PUBLIC.metadata, *PUBLIC.services)}

    assert hosts - {"*.botframework.com"} == {
        host for host in re.findall(r"`([a-z.]+\.(?:com|net))`", TEXT) if "." in host
    }


def test_people_of_the_playground_have_one_id_that_is_no_bots():
    """The Playground looks people up by `id`, the bot asks for them by the id in Entra."""
    people = re.findall(r" id: (\S{36})\n +aadObjectId: (\S{36})\n", PLAYGROUND)

    assert len(people) == len(set(people)) == 6
    assert all(one == other for one, other in people)
    [bot] = re.findall(r"^bot:\n  id: \"(.*)\"", PLAYGROUND, re.MULTILINE)
    assert account_id({"id": bot}) is None


class Terminal:
    """Types the lines of the page in a folder, with a port of our own."""

    def __init__(self, folder):
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(DOCS.parents[1]),
            "CRITICAL_FRIEND_PORT": self.port,
        }
        self.serving = None

    async def type(self, line):
        """Run one line; what it prints."""
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.environment[name] = value
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

    async def answers(self):
        """Return once the bot is well."""
        async with asyncio.timeout(30), plain_web() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{self.port}/healthz")).is_success:
                        return
                await asyncio.sleep(0.05)

    async def aclose(self):
        if self.serving:
            self.serving.terminate()
            await asyncio.wait_for(self.serving.communicate(), 30)
            assert self.serving.returncode == 0


async def test_trial_without_a_tenant_from_nothing_to_the_first_challenge(tmp_path):
    async with Peer(emulator=True) as peer, contextlib.aclosing(Terminal(tmp_path)) as typing:
        printed = [await typing.type(line) for line in commands("Try it")]
        assert "Nothing is wrong, but take care." in printed[3]
        code = printed[4].split()[-1]
        await typing.answers()
        peer.serve(f"http://127.0.0.1:{typing.port}/api/messages")

        people = [
            peer.add_person(name, email=f"{name.split()[0].lower()}@programme.example")
            for name in ("Jo Baker", "Priya Nair", "Helen Marsh")
        ]
        jo = people[0]
        house = peer.add_team("Peer challenges", *people)
        await peer.install(jo)
        await peer.install_in(house, by=jo)
        general = peer.general(house)
        for language, begins in ANSWERS.items():
            for line, begin in zip(lines(language), begins, strict=True):
                answer = await _answered(peer, jo, general, line.replace("CODE", code))
                assert answer.startswith(begin), (line, answer)
        for line in lines("teams-personal"):
            assert await _answered(peer, jo, peer.direct(jo), line)
        await _until(lambda: any("for the programme only" in one for one in peer.plain(jo, general)))

        own = peer.add_team("Exampleshire peers", jo)
        await peer.install_in(own, by=jo)
        [line] = lines("teams-room")
        bound = await _answered(peer, jo, peer.general(own), line)
        assert bound.startswith("This channel is now the peer team room of the Exampleshire peer challenge.")


async def _answered(peer, who, place, line):
    """The bot's one answer to a line, in their own chat with it."""
    own = peer.direct(who)
    known = len(peer.plain(who, own))
    act = await peer.say(who, place, line)
    assert act.trouble is None
    await _until(lambda: len(peer.plain(who, own)) > known)
    return peer.plain(who, own)[known]


async def _until(holds):
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the bot is a process of its own
            await asyncio.sleep(0.02)


async def test_package_of_the_page_is_written(tmp_path):
    typing = Terminal(tmp_path)
    await typing.type(f"export MicrosoftAppId={BOT}")
    for line in commands("3."):
        await typing.type(line)

    [made] = tmp_path.iterdir()
    with zipfile.ZipFile(io.BytesIO(made.read_bytes())) as folder:
        told = json.loads(folder.read("manifest.json"))
    assert (made.name, told) == (PACKAGE, manifest(BOT, OWNER, own_version()))
