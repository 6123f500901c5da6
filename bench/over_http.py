"""Commands over real HTTP: the bot as it serves Slack, the room, and bare Bolt as their floor."""

import contextlib
import functools
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import commands, programme
from bench.load import Measured, load, serving
from bench.memory import resident
from bench.signing import slash
from bench.table import Row, show
from bot.slack.manifest import manifest
from tests.fakes.slack import Peer

_WRITE, _READ = "kloe edit 1 Is help {} early enough?", "help"
_JSON = {"Content-Type": "application/json"}

Beside = dict[str, Measured]
"""What was measured of a floor, by what it did and how many at once."""


async def floor(url: str = "", processes: int = 1, asked: tuple[str, ...] = ("write", "read")) -> Beside:
    """Bare Bolt on Starlette and uvicorn, with one transaction when it writes."""
    found = {}
    text = {"write": "Is help early enough?", "read": "help"}
    async with _several("floor", processes, {"DATABASE_URL": url} if url else {}) as (bases, _):
        for at_once in (1, 16):
            for what in asked:
                ask = functools.partial(_slash, what, text[what])
                found[f"{what} c={at_once}"] = await load(bases, ask, at_once)
    return found


def _slash(what: str, text: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    return "/floor", *slash(f"/{what}", f"{text} {number}", "U1")


async def rows() -> list[Row]:
    """Writing and reading in Slack and in the room, on SQLite; and what the bot weighs afterwards."""
    beside = await floor()
    found = [_row(f"floor: bare Bolt, {name}", measured) for name, measured in beside.items()]
    with _sqlite() as url:
        found += await in_slack(beside, url, 1)
    return found + await _in_the_room(beside)


@contextlib.contextmanager
def _sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        url = programme.database(Path(folder))
        programme.claimed(url)
        yield url


async def in_slack(
    beside: Beside, url: str, processes: int, asked: tuple[str, ...] = ("write", "read"), where: str = ""
) -> list[Row]:
    """Signed slash commands, answered in the response. `where`: what to say of the database."""
    text, found = {"write": _WRITE, "read": _READ}, []
    async with Peer(manifest=manifest("https://bot.example")) as peer:
        users, channel = commands.people(peer)
        settings = {**commands.settings(peer), "DATABASE_URL": url}
        async with _several("slack", processes, settings) as (bases, weighs):
            for at_once in (1, 16):
                for what in asked:
                    said = commands.said(peer, users, channel, text[what])
                    measured = await load(bases, said, at_once)
                    name = f"{what} c={at_once}"
                    limit = 2 if what == "write" else None
                    found.append(_row(f"Slack{where}, {name}", measured, beside.get(name), limit))
            heavy, name = max(map(resident, weighs)), f"memory after these commands{where}"
            found.append(show(Row(name=name, figure=heavy, unit="MB", most=200, of="figure")))
    return found


async def _in_the_room(beside: Beside) -> list[Row]:
    """The same over the room, which keeps a file of its own besides."""
    async with serving("room") as (base, _):
        found = {f"write c={at_once}": await load([base], _say, at_once) for at_once in (1, 16)}
    return [_row(f"the room, {name}", measured, beside[name]) for name, measured in found.items()]


def _say(number: int) -> tuple[str, bytes, dict[str, str]]:
    who = f"manager{number % programme.CHALLENGES + 1}"
    said = {"as": who, "place": "direct", "text": f"kloe edit 1 Is help {number} soon?"}
    return "/room/say", json.dumps(said).encode(), _JSON


@contextlib.asynccontextmanager
async def _several(
    which: str, processes: int, settings: dict[str, str]
) -> AsyncIterator[tuple[list[str], list[int]]]:
    """The addresses and ids of so many processes that do the same."""
    async with contextlib.AsyncExitStack() as stack:
        begun = [await stack.enter_async_context(serving(which, settings)) for _ in range(processes)]
        yield [base for base, _ in begun], [process for _, process in begun]


def _row(name: str, measured: Measured, beside: Measured | None = None, most: float | None = None) -> Row:
    floor = beside and beside.per_second
    return show(Row(
        name=name, figure=measured.per_second, unit="/s", p50=measured.p50, p99=measured.p99, floor=floor,
        most=most,
    ))  # fmt: skip
