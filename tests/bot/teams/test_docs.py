"""The pages about Teams hold, line by line: commands run, words are heard, the table is the manifest's."""

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
import pytest

from bot.settings import Settings
from bot.teams.cloud import PUBLIC
from bot.teams.conversations import account_id
from bot.teams.manifest import PACKAGE, Owner, manifest, own_version
from tests.fakes.loopback import plain_web
from tests.fakes.teams import Peer
from tests.teams_code import FOLDER

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
TEAMS, TRIAL, SECURITY = (
    (DOCS / f"{page}.md").read_text(encoding="utf-8") for page in ("teams", "playground", "security")
)
TEXT = TEAMS + TRIAL + SECURITY
PLAYGROUND = (DOCS / "agents-playground.yml").read_text(encoding="utf-8")
LOCKED = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
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
        "Ruth Ellis is peer challenge manager in Exampleshire.",
        "Martin Lowe is lead peer in Exampleshire.",
        "Exampleshire: the team",
    ],
    "teams-personal": ["Three things you could say", "Exampleshire"],
}
IN_THE_PLAYGROUND = {
    "playground": [
        "You are the first project coordinator of this programme, Jo Baker.",
        "Exampleshire is open as LGA full peer challenge, 10 to 13 November ",
        "Priya Nair is programme manager for the whole programme",
        "Helen Marsh is sponsor in Exampleshire.",
        "Martin Lowe is lead peer in Exampleshire.",
        "You are peer challenge manager in Exampleshire.",
        "Exampleshire: the team",
    ],
    "playground-personal": [
        "From now on I may contact people about Exampleshire.",
        "Exampleshire: what is next",
        "Note 1 kept",
        "Exampleshire",
        "Three things you could say",
    ],
}


def lines(language):
    """The lines of the blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def commands(page, section):
    """The lines of the bash blocks under a heading."""
    text = page.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
    return "".join(re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).splitlines()


def test_permissions_explained_are_those_of_the_manifest():
    assert (
        re.findall(r"^\| `([a-zA-Z]+)` \| to ", TEXT, re.MULTILINE)
        == manifest(BOT, OWNER, own_version())["permissions"]
    )


def anchors(page):
    """What a link to a heading of the page ends with."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.casefold()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize(
    "page", [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "SECURITY.md"], ids=lambda page: page.stem
)
def test_links_within_the_docs_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]*(?:#[^)]+)?)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        there = page.parent / file if file else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


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
    assert known - named <= {name for name in known if "SLACK" in name or "METRICS" in name} | {
        "CRITICAL_FRIEND_TEMPLATES", "DATABASE_URL",
    }  # fmt: skip


def test_hosts_that_the_machine_must_reach_are_those_that_the_bot_calls():
    hosts = {httpx.URL(url).host for url in (PUBLIC.login, PUBLIC.metadata, *PUBLIC.services)}

    assert hosts - {"*.botframework.com"} == {
        host for host in re.findall(r"`([a-z.]+\.(?:com|net))`", TEXT) if "." in host
    }


def test_versions_of_the_sdk_that_the_page_names_are_those_that_are_locked():
    locked = dict(re.findall(r"^(\S+)==(\S+)", LOCKED, re.MULTILINE))
    [(named, number)] = re.findall(r"((?:`bot\w+-\w+`(?:, | and ))+`bot\w+-\w+`) (4\S+)\. ", SECURITY)
    packages = re.findall(r"`(\S+)`", named)

    assert set(packages) == {name for name in locked if name.startswith("bot")}
    assert {locked[name] for name in packages} == {number}


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
            "PYTHONPATH": str(ROOT),
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


@contextlib.asynccontextmanager
async def tried(folder):
    """Teams with the people of the pages, and the bot started as the trial's page says."""
    async with Peer(emulator=True) as peer, contextlib.aclosing(Terminal(folder)) as typing:
        printed = [await typing.type(line) for line in commands(TRIAL, "Start both")]
        assert "Nothing is wrong, but take care." in printed[3]
        await typing.answers()
        peer.serve(f"http://127.0.0.1:{typing.port}/api/messages")
        known = re.findall(r"name: (\S+ \S+)\n +givenName: (?:.*\n)+? +email: (\S+)", PLAYGROUND)
        people = [peer.add_person(name, email=address) for name, address in known]
        house = peer.add_team("Peer challenges", *people)
        await peer.install(people[0])
        await peer.install_in(house, by=people[0])
        yield peer, people[0], peer.general(house), printed[4].split()[-1]


async def _says(peer, who, place, language, begins, code=""):
    """Type the lines of a block; each answer begins as it should."""
    for line, begin in zip(lines(language), begins, strict=True):
        answer = await _answered(peer, who, place, line.replace("CODE", code))
        assert answer.startswith(begin), (line, answer)


async def test_first_challenge_from_nothing_to_the_team_room(tmp_path):
    async with tried(tmp_path) as (peer, jo, general, code):
        await _says(peer, jo, general, "teams", ANSWERS["teams"], code)
        await _says(peer, jo, general, "teams-roles", ANSWERS["teams-roles"])
        await _says(peer, jo, peer.direct(jo), "teams-personal", ANSWERS["teams-personal"])
        await _until(lambda: any("for the programme only" in one for one in peer.plain(jo, general)))

        own = peer.add_team("Exampleshire peers", jo)
        await peer.install_in(own, by=jo)
        [line] = lines("teams-room")
        bound = await _answered(peer, jo, peer.general(own), line)
        assert bound.startswith("This channel is now the peer team room of the Exampleshire peer challenge.")


async def test_trial_in_the_playground_from_nothing_to_a_note(tmp_path):
    async with tried(tmp_path) as (peer, jo, general, code):
        await _says(peer, jo, general, "playground", IN_THE_PLAYGROUND["playground"], code)
        own = peer.direct(jo)
        await _says(peer, jo, own, "playground-personal", IN_THE_PLAYGROUND["playground-personal"])


async def _answered(peer, who, place, line):
    """The bot's one answer to a line, in their own chat with it, without where it was asked for."""
    own = peer.direct(who)
    known = len(peer.plain(who, own))
    act = await peer.say(who, place, line)
    assert act.trouble is None
    await _until(lambda: len(peer.plain(who, own)) > known)
    return re.sub(r"\AIn [^\n]*:\n", "", peer.plain(who, own)[known])


async def _until(holds):
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - the bot is a process of its own
            await asyncio.sleep(0.02)


async def test_package_of_the_page_is_written(tmp_path):
    typing = Terminal(tmp_path)
    await typing.type(f"export MicrosoftAppId={BOT}")
    for line in commands(TEAMS, "3."):
        await typing.type(line)

    [made] = tmp_path.iterdir()
    with zipfile.ZipFile(io.BytesIO(made.read_bytes())) as folder:
        told = json.loads(folder.read("manifest.json"))
    assert (made.name, told) == (PACKAGE, manifest(BOT, OWNER, own_version()))
