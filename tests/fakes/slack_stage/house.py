"""A bot that is served to the local peer, over HTTP or Socket Mode, with a rehearsal's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import serve
from bot.app import desk
from bot.pace import Pace, begin
from bot.settings import Settings
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.slack.surface import SlackSurface
from bot.talk.play import CHECKS, Player
from bot.talk.script import Step, read
from store.migrations import upgrade
from store.session import Store
from tests.conftest import TALKS
from tests.fakes.clock import PatientClock
from tests.fakes.slack import Channel, Peer
from tests.fakes.slack_stage.stage import SlackStage

ADDRESS = "https://bot.example"
PATIENCE = 20
RETRIES = (0.0, 0.05, 0.2)
ZONE = ZoneInfo("Europe/London")


class LocalPace:
    """The pace of a bot in this process, told local times."""

    def __init__(self, pace: Pace, surface: SlackSurface) -> None:
        self._pace = pace
        self._surface = surface

    async def answered(self) -> None:
        await self._surface.rest(PATIENCE)

    async def rest(self) -> None:
        await self.answered()
        await self._pace.rest()

    async def move_to(self, moment: datetime) -> None:
        await self._pace.move_to(moment.replace(tzinfo=ZONE))


@dataclass(frozen=True, kw_only=True)
class SlackHouse:
    """Everything of one test: the peer, the bot behind it, and the stage to play on."""

    peer: Peer
    house: serve.House
    store: Store
    clock: PatientClock
    stage: SlackStage

    player: Player

    async def plays(self, talk: str) -> None:
        """Play a talk of tests/talks, without its transcript. Raises TalkWrong."""
        await self.goes_on((TALKS / f"{talk}.talk").read_text())

    async def goes_on(self, script: str) -> None:
        """Play some lines after what was played before. Raises TalkWrong."""
        for step in read(script):
            await self.takes(step)

    async def takes(self, step: Step) -> None:
        """Take one step. Raises TalkWrong."""
        await (self.player.check(step) if step.does in CHECKS else self.player.act(step))

    def plain(self, who: str, channel: Channel | None = None) -> list[str]:
        """The bot's words that somebody has before them, everywhere or in a channel."""
        return self.peer.plain(self.stage.users[who], channel)


@asynccontextmanager
async def slack_house(folder: Path, *, socket_mode: bool = False) -> AsyncIterator[SlackHouse]:
    """A workspace with a bot that has heard of nothing yet."""
    async with Peer(manifest=manifest(None if socket_mode else ADDRESS), retries=RETRIES) as peer:
        settings = Settings(data=folder, **environment(peer))
        store = Store(settings.database_url)
        upgrade(store.engine)
        clock = PatientClock(store.work(begin))
        async with serve.opened(settings) as surfaces:
            house = serve.house(store, desk(settings, frozenset()), surfaces, clock)
            pace = LocalPace(Pace(house.bot, clock), surfaces[0])
            stage = SlackStage(peer, pace)
            async with house.hearing():
                if socket_mode:
                    await peer.sockets.connected()
                else:
                    peer.serve(ADDRESS + EVENTS_PATH, house.app)
                player = Player(stage)
                await player.begin()
                yield SlackHouse(peer=peer, house=house, store=store, clock=clock, stage=stage, player=player)
            house.bot.ear.close()
        store.close()


def environment(peer: Peer) -> dict[str, str]:
    """What an operator would set."""
    app = peer.app
    way = {"SLACK_APP_TOKEN": app.app_token} if app.by_socket else {"SLACK_SIGNING_SECRET": app.secret}
    return {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_API_URL": peer.api_url, **way}
