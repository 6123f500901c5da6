"""kill -9 at four points during each step of a talk over Slack: nothing lost, nothing said twice.

Slack delivers an event again that nobody took. A command, a press and a form it does not: the person
is told that it did not work and, where nothing came of it after all, does it once more.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial

from bot import serve
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.slack.platform import SlackPlatform
from bot.talk.script import Step, read
from tests.conftest import TALKS
from tests.fakes.slack import Peer
from tests.fakes.slack_stage.house import ADDRESS, environment
from tests.fakes.slack_stage.stage import SlackStage
from tests.kill import remote
from tests.kill.mortal_served import live
from tests.kill.process import POINTS, Mortal, mortal
from tests.kill.test_killed import chapters, deaths

RETRIES = (0.0, 0.5, 0.5, 0.5, 1, 1, 1, 2, 4, 8)


class SlackMortal(Mortal):
    """A bot served to the local Slack."""

    alive = "/healthz"

    def __init__(self, folder, peer) -> None:
        super().__init__(folder)
        self.environment |= environment(peer)
        peer.serve(self.address + EVENTS_PATH)

    def life(self) -> Callable[[], None]:
        return partial(live, SlackPlatform, serve.opened, self.armed, self.folder, self.port)


class PatientStage(remote.Patient, SlackStage):
    pass


async def played(folder, steps: list[Step], kills: dict[int, str]) -> tuple[Counter, int]:
    async with Peer(manifest=manifest(ADDRESS), retries=RETRIES) as peer:
        with mortal(folder, SlackMortal, peer=peer) as process:
            async with remote.living(process) as pace:
                return await remote.played(process, PatientStage(peer, pace), steps, kills)


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
