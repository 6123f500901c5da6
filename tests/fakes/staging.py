"""What is the same wherever a talk is played over a local chat: a served bot behind it, and its pace."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from bot import serve
from bot.pace import Pace, begin
from bot.settings import Settings
from bot.surface import Surface
from bot.talk.play import CHECKS, Player
from bot.talk.script import Step, read
from bot.talk.stage import NotPossible, Stage
from store.session import Store
from tests.conftest import TALKS, at_hand
from tests.fakes.clock import PatientClock

PATIENCE = 20
ZONE = ZoneInfo("Europe/London")

Opened: TypeAlias = Callable[[Settings], AbstractAsyncContextManager[tuple[Surface, ...]]]
"""Opens the surfaces that are set up."""

PeerT = TypeVar("PeerT")
StageT = TypeVar("StageT", bound=Stage)


class ToldOff(NotPossible):
    """The chat told somebody that what they did has not worked."""


class Behind(Protocol):
    """The bot behind a local chat, and its clock."""

    async def answered(self) -> None:
        """Come back when every act that was heard is answered."""

    async def rest(self) -> None: ...
    async def move_to(self, moment: datetime) -> None: ...


class LocalPace:
    """The pace of a bot in this process, told local times."""

    def __init__(self, pace: Pace, surface: Any) -> None:
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
class Served:
    """A bot on the files of a folder, with a rehearsal's clock."""

    house: serve.House
    store: Store
    clock: PatientClock
    pace: LocalPace


@dataclass(frozen=True, kw_only=True)
class Staged(Generic[PeerT, StageT]):
    """Everything of one test: the local chat, the bot behind it and others `beside` it, and the stage."""

    peer: PeerT
    served: Served
    stage: StageT
    player: Player
    beside: tuple[Served, ...] = ()

    @property
    def house(self) -> serve.House:
        """The bot with its surfaces."""
        return self.served.house

    @property
    def store(self) -> Store:
        """What the bot remembers."""
        return self.served.store

    @property
    def clock(self) -> PatientClock:
        """Both of the bot's clocks."""
        return self.served.clock

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

    def plain(self, who: str, place: Any = None) -> list[str]:
        """The bot's words that somebody has before them, everywhere or in one place."""
        return self.peer.plain(self.stage.users[who], place)


@asynccontextmanager
async def served(
    settings: Settings, opened: Opened, clock: PatientClock | None = None
) -> AsyncIterator[Served]:
    """A bot on a database of the newest schema, which hears of nothing yet; with the clock of another."""
    store = Store(settings.database_url)
    clock = clock or PatientClock(store.work(begin))
    async with opened(settings) as surfaces:
        house = serve.house(store, replace(at_hand(), trusted=settings.trusted_tenants), surfaces, clock)
        pace = LocalPace(Pace(house.bot, clock), surfaces[0])
        yield Served(house=house, store=store, clock=clock, pace=pace)
        house.bot.ear.close()
    store.close()


def doubled(house: Staged) -> list[tuple[str, str, str]]:
    """The words of the bot that stand twice before somebody in one place."""
    found = Counter(
        (who, shown.place, shown.plain)
        for who, user in house.stage.users.items()
        for shown in house.peer.messages(user)
        if shown.author is None
    )
    return [one for one, times in found.items() if times > 1]


def holds(house: Staged, who: str, words: str, place: Any = None) -> int:
    """How many messages before somebody, everywhere or in one place, hold these words."""
    return sum(words in plain for plain in house.plain(who, place))
