"""kill -9 at four points during each step of a talk over Teams: nothing lost, nothing said twice unawares.

Teams delivers nothing again to a bot that was not there: the person says it once more where nothing came
of it. What stood in Teams when the bot died it cannot look for: it says so in front of what it says once
more, or a person finds out.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from bot.app import desk
from bot.talk.play import Player
from bot.talk.script import Step, read
from bot.talk.stage import Outcome
from bot.teams.manifest import ENDPOINT
from bot.teams.platform import TeamsPlatform
from bot.teams.presses import AGAIN_WITHIN
from store.session import Store
from tests.conftest import TALKS
from tests.fakes.teams import Peer
from tests.fakes.teams_stage.doubts import Doubts
from tests.fakes.teams_stage.house import environment, opened, settings
from tests.fakes.teams_stage.stage import TeamsStage
from tests.kill import remote
from tests.kill.mortal_served import live
from tests.kill.process import POINTS, Mortal, mortal

AGAIN = (
    "You may have this already: the line dropped while I was sending it, "
    "and this chat does not let me look.\n"
)
LOOKING = ("what arrived\n", "Thank you: ", "I am sending ", "The line dropped while I was sending")
"""What is said to whoever finds out whether something arrived."""
LIVING = "\nUpdated "


class TeamsMortal(Mortal):
    """A bot served to the local Teams."""

    alive = "/healthz"

    def __init__(self, folder, peer) -> None:
        super().__init__(folder)
        self.environment |= environment(peer)
        self._opened = partial(opened, peer.base)
        peer.serve(self.address + ENDPOINT)

    def life(self) -> Callable[[], None]:
        return partial(live, TeamsPlatform, self._opened, self.armed, self.folder, self.port)


class PatientStage(remote.Patient, TeamsStage):
    """Everybody is in one team besides: what the bot knew of people by heart it asks for there.

    Whoever presses a button has not pressed the same just now.
    """

    async def press_on(self, who, shown, control) -> Outcome:
        await self._pace.passes(AGAIN_WITHIN.total_seconds())
        return await super().press_on(who, shown, control)

    async def add(self, name, details) -> None:
        await super().add(name, details)
        person = list(self.users.values())[-1]
        if len(self.users) == 1:
            self.everybody = self.peer.add_team("Everybody", person)
            await self.peer.install_in(self.everybody, by=person)
        else:
            await self.peer.join(person, self.everybody)


@asynccontextmanager
async def staged(folder) -> AsyncIterator[tuple[Mortal, PatientStage]]:
    """A bot in a process that is started again as often as it dies, and people who bear with it."""
    async with Peer() as peer:
        with mortal(folder, TeamsMortal, peer=peer) as process:
            async with remote.living(process) as pace:
                stage = PatientStage(peer, pace)
                told = settings(folder, peer, process.url)
                store = Store(told.database_url)
                stage.hands.doubts = Doubts(store, desk(told, frozenset()).words, peer)
                yield process, stage
                store.close()


async def played(folder, steps: list[Step], kills: dict[int, str]) -> tuple[Counter, int]:
    async with staged(folder) as (process, stage):
        return await remote.played(process, stage, steps, kills)


def lost(stands: Counter, undisturbed: Counter) -> Counter:
    """What somebody would have before them, and has not, with or without words in front."""
    bare = Counter()
    for (who, plain), times in stands.items():
        bare[who, plain.removeprefix(AGAIN)] += times
    return undisturbed - bare


def twice(stands: Counter, undisturbed: Counter) -> Counter:
    """What somebody has before them more often than undisturbed, and was not told so."""
    told = {key: times for key, times in stands.items() if not _is_told(key[1])}
    return Counter(told) - undisturbed


def _is_told(plain: str) -> bool:
    return plain.startswith(AGAIN) or LIVING in plain or any(words in plain for words in LOOKING)


async def test_talk_over_teams_killed_at_every_step_loses_nothing_and_doubles_nothing_unawares(tmp_path):
    steps = read((TALKS / "thin_thread.talk").read_text())
    undisturbed, _ = await played(tmp_path / "undisturbed", steps, {})
    for shift in range(len(POINTS)):
        kills = {number: POINTS[(number + shift) % len(POINTS)] for number in range(len(steps))}
        stands, died = await played(tmp_path / f"killed-{shift}", steps, kills)
        assert died > 0
        assert lost(stands, undisturbed) == Counter()
        assert twice(stands, undisturbed) == Counter()


LATER = datetime.fromisoformat("2026-07-22 12:00")
"""The first tasks are late."""
OPENING = """
person "Jo Baker", council="Regional programme", email="jo@programme.example"
person "Helen Marsh", council="Exampleshire County Council", email="helen@exampleshire.example"
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: confirm @Helen as sponsor
Jo: ready
"""


async def test_bot_that_is_started_again_speaks_first_to_people_and_rooms_that_it_knew(tmp_path):
    async with staged(tmp_path) as (process, stage):
        player = Player(stage)
        await player.begin()
        for step in read(OPENING):
            await player.act(step)
        room = stage.room_of("Jo", "programme")
        since, heard = stage.peer.sequence, len(stage.peer.deliverer.deliveries)
        process.end()
        await stage.move_to(LATER)
        await stage.rest()

        new = stage.peer.appeared(stage.users["Jo"], since)
        assert len(stage.peer.deliverer.deliveries) == heard
        assert {one.place for one in new} == {stage.peer.direct(stage.users["Jo"]).id, room.id}
