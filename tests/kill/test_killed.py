"""kill -9 at four points during each step of a talk: nothing lost, nothing said twice."""

from collections import Counter

import httpx
import pytest

from bot.talk.play import CHECKS, Player
from bot.talk.room_stage import RoomStage
from bot.talk.script import Step, read
from tests.conftest import TALKS
from tests.fakes.loopback import plain_web
from tests.kill.process import POINTS, Mortal, mortal
from tests.kill.remote import unnumbered


async def play_step(player: Player, step: Step) -> None:
    async for _ in player.take(step):
        pass


async def play_killed(process: Mortal, player: Player, step: Step, point: str) -> bool:
    """Take a step with death waiting; if it came, start again. Nobody repeats what they said."""
    process.arm(point)
    try:
        await play_step(player, step)
    except (httpx.TransportError, httpx.HTTPStatusError):
        process.wait_for_death()
    process.disarm()
    if not process.dead:
        return False
    process.end()
    await process.start()
    since = player.since
    if step.does == "at":
        await play_step(player, step)
    await player.rest()
    player.since = since
    return True


async def what_stands(client: httpx.AsyncClient) -> Counter:
    """Every message of the bot's as each person sees it at the end."""
    people = (await client.get("/room/people")).json()["people"]
    stands: Counter = Counter()
    for person in people:
        view = (await client.get("/room/view", params={"as": person["id"]})).json()
        titles = {place["address"]: place["title"] for place in view["places"]}
        for message in view["messages"]:
            if message["author"] is None and not _instead_of_form(message):
                stands[person["id"], titles[message["place"]], unnumbered(message["plain"])] += 1
    return stands


def _instead_of_form(message: dict) -> bool:
    """The one answer to an ask whose form could not be shown: the process was dead by then."""
    return any(button["label"].startswith("Open: ") for button in message["buttons"])


async def played(folder, steps, kills: dict[int, str]) -> tuple[Counter, int]:
    """Play a talk with a kill at some of its steps; what stands at the end, and how often it died."""
    died = 0
    with mortal(folder) as process:
        await process.start()
        async with plain_web(process.address, timeout=30) as client:
            player = Player(RoomStage(client))
            await player.begin()
            for number, step in enumerate(steps):
                if number in kills and step.does not in CHECKS:
                    died += await play_killed(process, player, step, kills[number])
                else:
                    await play_step(player, step)
            return await what_stands(client), died


@pytest.mark.parametrize("name", ["thin_thread"])
async def test_talk_killed_at_every_step_says_everything_once(tmp_path, name):
    steps = read((TALKS / f"{name}.talk").read_text())
    undisturbed, _ = await played(tmp_path / "undisturbed", steps, {})
    for shift in range(len(POINTS)):
        kills = {number: POINTS[(number + shift) % len(POINTS)] for number in range(len(steps))}
        stands, died = await played(tmp_path / f"killed-{shift}", steps, kills)
        assert died > 0
        assert stands == undisturbed


def chapters(script: str, steps: list[Step]) -> list[list[int]]:
    """The numbers of the acts in each chapter: a comment between empty lines begins one."""
    lines = script.splitlines()
    begins = [
        number for number, line in enumerate(lines, 1) if line.startswith("# ") and not lines[number:][:1][0]
    ]
    found: list[list[int]] = [[] for _ in begins]
    for number, step in enumerate(steps):
        chapter = sum(begin < step.line for begin in begins) - 1
        if chapter >= 0 and step.does not in {*CHECKS, "person"}:
            found[chapter].append(number)
    return found


def deaths(steps: list[Step], acts: list[int]) -> dict[int, str]:
    """Each of the four points once in a chapter: a tick dies where the clock is moved, the others between."""
    moves = [number for number in acts if steps[number].does == "at"]
    others = [number for number in acts if number not in moves]
    spread = [others[len(others) * part // 3] for part in range(3)]
    return {**dict(zip(spread, POINTS[:3], strict=True)), moves[-1]: POINTS[3]}


async def test_main_job_killed_at_each_point_in_each_chapter_says_everything_once(tmp_path):
    script = (TALKS / "whole_challenge.talk").read_text()
    steps = read(script)
    found = chapters(script, steps)
    kills = {number: point for acts in found for number, point in deaths(steps, acts).items()}
    undisturbed, _ = await played(tmp_path / "undisturbed", steps, {})
    stands, died = await played(tmp_path / "killed", steps, kills)
    assert len(found) == 7
    assert died >= 3 * len(found)
    assert stands == undisturbed
