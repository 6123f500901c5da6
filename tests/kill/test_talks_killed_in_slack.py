"""kill -9 at four points during each step of a talk over Slack: nothing lost, nothing said twice.

Slack delivers an event again that nobody took. A command, a press and a form it does not: the person
is told that it did not work and, where nothing came of it after all, does it once more.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import httpx

from bot.slack.manifest import EVENTS_PATH, manifest
from bot.talk.play import CHECKS, Player
from bot.talk.script import Step, read
from bot.talk.stage import NotPossible, Outcome
from tests.conftest import TALKS
from tests.fakes.slack import Peer
from tests.fakes.slack_stage.house import ADDRESS, environment
from tests.fakes.slack_stage.stage import SlackStage
from tests.kill.mortal_slack import live
from tests.kill.process import POINTS, Mortal, mortal
from tests.kill.test_killed import chapters, deaths

RETRIES = (0.0, 0.5, 0.5, 0.5, 1, 1, 1, 2, 4, 8)


class SlackMortal(Mortal):
    """A bot served to the local Slack."""

    alive = "/healthz"

    def __init__(self, folder, peer) -> None:
        super().__init__(folder)
        self.environment = environment(peer)
        peer.serve(self.address + EVENTS_PATH)

    def life(self) -> Callable[[], None]:
        return partial(live, self.armed, self.folder, self.port)

    async def live_on(self) -> None:
        """Start again as often as it dies, until cancelled."""
        while True:
            await asyncio.sleep(0.05)
            if self.dead:
                await self.start()


class RemotePace:
    """The pace of a bot in another process, which may be dead just now."""

    def __init__(self, process: Mortal) -> None:
        self._process = process

    async def answered(self) -> None:
        await self._ask("answered")

    async def rest(self) -> None:
        await self._ask("rest")

    async def move_to(self, moment: datetime) -> None:
        await self._ask("move", {"to": moment.isoformat()})

    async def _ask(self, path: str, found: dict | None = None) -> None:
        """Ask until it is done: somebody else starts the bot again."""
        for _ in range(600):
            try:
                async with httpx.AsyncClient(base_url=self._process.address, timeout=60) as client:
                    (await client.post(f"/pace/{path}", json=found or {})).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
        raise AssertionError("it does not come back")


class PatientStage(SlackStage):
    """People who are told that something did not work wait, and do it again if nothing came of it."""

    async def _act(self, who, do, *, heard=True) -> Outcome:
        since = self.peer.sequence
        for _ in range(3):
            try:
                return await super()._act(who, do, heard=heard)
            except NotPossible as trouble:
                if "Slack told" not in trouble.why:
                    raise
            await self.rest()
            if any(one.author is None for one in await self.appeared(who, since)):
                return Outcome(heard=heard, answers=1)
        raise NotPossible(f"{who} has given up")


@asynccontextmanager
async def living(folder) -> AsyncIterator[tuple[Mortal, PatientStage]]:
    async with Peer(manifest=manifest(ADDRESS), retries=RETRIES) as peer:
        with mortal(folder, SlackMortal, peer=peer) as process:
            await process.start()
            lives = asyncio.create_task(process.live_on())
            try:
                yield process, PatientStage(peer, RemotePace(process))
            finally:
                lives.cancel()
                await asyncio.wait([lives])


async def played(folder, steps: list[Step], kills: dict[int, str]) -> tuple[Counter, int]:
    """Play a talk with a kill at some of its steps; what stands at the end, and how often it died."""
    async with living(folder) as (process, stage):
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


def what_stands(stage: SlackStage) -> Counter:
    """The words of the bot before each person at the end. An answer may have moved: what only its reader
    saw in a channel cannot be found again, and comes to them directly.
    """
    return Counter(
        (who, shown.plain)
        for who, user in stage.users.items()
        for shown in stage.peer.messages(user)
        if shown.author is None and not any(label.startswith("Open: ") for label in shown.labels)
    )


async def test_talk_over_slack_killed_at_every_step_says_everything_once(tmp_path):
    steps = read((TALKS / "thin_thread.talk").read_text())
    undisturbed, _ = await played(tmp_path / "undisturbed", steps, {})
    for shift in range(len(POINTS)):
        kills = {number: POINTS[(number + shift) % len(POINTS)] for number in range(len(steps))}
        stands, died = await played(tmp_path / f"killed-{shift}", steps, kills)
        assert died > 0
        assert stands == undisturbed


async def test_main_job_over_slack_killed_at_each_point_in_each_chapter_says_everything_once(tmp_path):
    script = (TALKS / "whole_challenge.talk").read_text()
    steps = read(script)
    found = chapters(script, steps)
    kills = {number: point for acts in found for number, point in deaths(steps, acts).items()}
    undisturbed, _ = await played(tmp_path / "undisturbed", steps, {})
    stands, died = await played(tmp_path / "killed", steps, kills)
    assert died >= 3 * len(found)
    assert stands == undisturbed
