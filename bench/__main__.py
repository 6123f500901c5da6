"""python -m bench: what the bot costs, beside the floor of its own libraries, measured in the same run.

Prints a table and writes bench/results.json. A target that is missed is shown, never failed on.
"""

import asyncio
import functools
import json
from pathlib import Path
from typing import Any

from bench import commands, teams, ticking
from bench.load import Measured, load, serving
from bench.signing import slash
from bot.slack.manifest import manifest
from tests.fakes.slack import Peer

JSON = {"Content-Type": "application/json"}
RESULTS = Path(__file__).parent / "results.json"
BUSY = 400


async def floor() -> dict[str, Measured]:
    """Bare Bolt on Starlette and uvicorn, with one transaction when it writes."""
    found = {}
    async with serving("floor") as (base, _):
        for at_once in (1, 16):
            for what, text in (("write", "Is help early enough?"), ("read", "help")):
                ask = functools.partial(_slash, what, text)
                found[f"{what} c={at_once}"] = await load(base, ask, at_once)
    return found


def _slash(what: str, text: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    return "/floor", *slash(f"/{what}", f"{text} {number}", "U1")


async def in_slack() -> dict[str, Measured]:
    """The same over the bot as it serves Slack: signed commands, answered in the response."""
    found = {}
    async with Peer(manifest=manifest("https://bot.example")) as peer:
        users, channel = commands.people(peer)
        async with serving("slack", commands.settings(peer)) as (base, _):
            for at_once in (1, 16):
                for what, text in (("write", "kloe edit 1 Is help {} early enough?"), ("read", "help")):
                    said = commands.said(peer, users, channel, text)
                    found[f"{what} c={at_once}"] = await load(base, said, at_once)
    return found


async def in_the_room() -> dict[str, Measured]:
    """The same over the room, which keeps a file of its own."""
    async with serving("room") as (base, _):
        return {f"write c={at_once}": await load(base, _say, at_once) for at_once in (1, 16)}


def _say(number: int) -> tuple[str, bytes, dict[str, str]]:
    said = {
        "as": f"manager{number % 16 + 1}",
        "place": "direct",
        "text": f"kloe edit 1 Is help {number} soon?",
    }
    return "/room/say", json.dumps(said).encode(), JSON


async def turns_in_teams() -> list[dict[str, Any]]:
    """A turn in Teams over our transport, with a bare botbuilder for its floor."""
    rows = []
    for at_once in (1, 16):
        stock = await teams.measured(teams.stock, at_once)
        ours = await teams.measured(teams.ours, at_once)
        rows.append(show(f"bare botbuilder c={at_once}", stock, None))
        rows.append(show(f"teams turn c={at_once}", ours, stock, "target: 0.3x"))
    return rows


def show(name: str, measured: Measured, beside: Measured | None, target: str = "") -> dict[str, Any]:
    """Print one row and give it back for the file."""
    ratio = beside.per_second / measured.per_second if beside else None
    times = f"{ratio:6.1f}x the floor" if ratio else " " * 16
    figures = f"{measured.per_second:9.0f}/s{measured.p50:9.1f} ms{measured.p99:9.1f} ms"
    print(f"{name:<24}{figures}  {times}  {target}")
    return {"name": name, **vars(measured), "times_the_floor": ratio}


async def main() -> None:
    """Measure everything, print it and write it down."""
    print(f"{'over HTTP':<24}{'a second':>11}{'p50':>12}{'p99':>12}")
    beside = await floor()
    rows = [show(f"floor {name}", measured, None) for name, measured in beside.items()]
    for name, measured in (await in_slack()).items():
        target = "target: 2x" if name.startswith("write") else "target: faster than writing"
        rows.append(show(f"slack {name}", measured, beside[name], target))
    for name, measured in (await in_the_room()).items():
        rows.append(show(f"room {name}", measured, beside[name]))
    rows += await turns_in_teams()
    at_hand = ticking.at_hand()
    few, many = ticking.idle(100, at_hand), ticking.idle(10_000, at_hand)
    print(f"\na tick over 100 idle challenges {few:.2f} ms, over 10,000 {many:.2f} ms")
    print(f"that is {many / few:.2f}x (target: 1x)")
    busy = await ticking.wait_while_busy(BUSY, at_hand)
    print(
        f"a command while {BUSY} challenges fall due at once: p50 {busy['p50']:.0f} ms, "
        f"p99 {busy['p99']:.0f} ms, longest {busy['most']:.0f} ms (target: under 100 ms)"
    )
    found = {"http": rows, "tick_ms": {"100": few, "10000": many}, "busy_ms": busy}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
