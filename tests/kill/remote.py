"""A talk played over a local chat, with a bot in another process, which may be dead just now."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from bot.talk.play import CHECKS, Player
from bot.talk.script import Step
from bot.talk.stage import NotPossible, Outcome
from tests.fakes.loopback import plain_web
from tests.fakes.staging import ToldOff
from tests.kill.process import Mortal

_NUMBER = re.compile(r"(^- |\bdelivery \w+ )\d+\b", re.MULTILINE)
_ASKED_IN = re.compile(r"\AIn (?:a|the) [^\n]*:\n\n")


class RemotePace:
    """The pace of a bot in another process."""

    def __init__(self, process: Mortal) -> None:
        self._process = process

    async def answered(self) -> None:
        await self._ask("answered")

    async def rest(self) -> None:
        await self._ask("rest")

    async def move_to(self, moment: datetime) -> None:
        await self._ask("move", {"to": moment.isoformat()})

    async def passes(self, seconds: float) -> None:
        """Let time pass for the machine alone."""
        await self._ask("passes", {"seconds": seconds})

    async def _ask(self, path: str, found: dict | None = None) -> None:
        """Ask until it is done: somebody else starts the bot again."""
        for _ in range(600):
            try:
                async with plain_web(self._process.address, timeout=60) as client:
                    (await client.post(f"/pace/{path}", json=found or {})).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
        raise AssertionError("it does not come back")


class Patient:
    """People who are told that something did not work wait, and do it again if nothing came of it."""

    async def _act(self, who, do, *, heard=True, **of) -> Outcome:
        since = self.peer.sequence
        for _ in range(3):
            try:
                return await super()._act(who, do, heard=heard, **of)
            except ToldOff:
                await self.rest()
            if any(one.author is None for one in await self.appeared(who, since)):
                return Outcome(heard=heard, answers=1)
        raise NotPossible(f"{who} has given up")


@asynccontextmanager
async def living(process: Mortal) -> AsyncIterator[RemotePace]:
    """The process, started, and again as often as it dies."""
    await process.start()
    lives = asyncio.create_task(process.live_on())
    try:
        yield RemotePace(process)
    finally:
        lives.cancel()
        await asyncio.wait([lives])


async def played(process: Mortal, stage, steps: list[Step], kills: dict[int, str]) -> tuple[Counter, int]:
    """Play a talk with a kill at some of its steps; what stands at the end, and how often it died."""
    player, died = Player(stage), 0
    await player.begin()
    for number, step in enumerate(steps):
        if step.does in CHECKS:
            await player.check(step)
            continue
        if number in kills:
            process.arm(kills[number])
        await player.act(step)
        died += number in kills and not process.armed.exists()
        process.disarm()
    return what_stands(stage), died


def unnumbered(plain: str) -> str:
    """The words without the numbers of messages: what died with a number in hand leaves a gap."""
    return _NUMBER.sub(r"\1…", plain)


def what_stands(stage) -> Counter:
    """The words of the bot before each person at the end, wherever they stand: an answer may have moved.

    What only its reader saw in a channel cannot be found again, and comes to them directly: then it
    begins with where that was.
    """
    return Counter(
        (who, unnumbered(_ASKED_IN.sub("", shown.plain)))
        for who, user in stage.users.items()
        for shown in stage.peer.messages(user)
        if shown.author is None and not any(label.startswith("Open: ") for label in shown.labels)
    )
