"""A rehearsal: the real bot, store and rules behind the local room, and a clock that can be moved."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import structlog
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import Bot, build, desk
from bot.clock import RehearsalClock
from bot.pace import BEGINS, Pace, begin
from bot.private import make_database, make_file, make_folder
from bot.room import web
from bot.room.chat import Chat
from bot.room.platform import RoomPlatform
from bot.settings import Settings
from bot.talk.play import Player
from bot.talk.room_stage import RoomStage
from bot.talk.script import read
from handlers.desk import Desk
from handlers.message import Answer, Happened, Said
from store.everything import tables
from store.migrations import upgrade
from store.session import Store
from store.sole import lock

log = structlog.get_logger()

PREPARATION = Path(__file__).parent / "talk" / "preparation.talk"


def room_desk(settings: Settings) -> Desk:
    """Everything the handlers of a rehearsal have at hand."""
    return desk(settings, frozenset({(RoomPlatform.name, RoomPlatform.tenant)}))


class Rehearsal:
    """The house behind the room: see `bot.room.house`. Its two files lie in one folder.

    `database`: another address for the bot's own memory. Raises InUse while another process has the folder.
    """

    def __init__(
        self,
        folder: Path,
        at_hand: Desk,
        clock: Callable[[datetime], RehearsalClock] = RehearsalClock,
        database: str | None = None,
    ) -> None:
        make_folder(folder)
        self._lock = lock(folder / "lock")
        self.zone = ZoneInfo("Europe/London")
        make_file(folder / "room.sqlite3")
        database = database or f"sqlite:///{folder / 'critical-friend.sqlite3'}"
        make_database(database)
        self._store = Store(database)
        upgrade(self._store.engine)
        self.clock = clock(self._store.work(begin))
        self.chat = Chat(folder / "room.sqlite3", self.clock.now)
        platform = RoomPlatform(self.chat)
        self.bot: Bot = build(self._store, at_hand, self.clock, {platform.name: platform})
        self._pace = Pace(self.bot, self.clock)
        self.app: Starlette = web.app(self.chat, platform, self)

    async def hear(self, said: Said) -> Answer:
        """Take in what a person said and answer."""
        return await self.bot.ear.hear(said)

    def needs(self, text: str) -> tuple[str, ...]:
        """What the room has to add to what was said."""
        return self.bot.ear.needs(text)

    async def happened(self, event: Happened) -> None:
        """Take in what happened in the room."""
        await self.bot.ear.happened(event)

    async def handed_over(self, said_id: str) -> None:
        """The answer stands in the room."""
        await self.bot.ear.handed_over(said_id)

    async def not_handed_over(self, said_id: str) -> None:
        """The answer may not stand in the room."""
        await self.bot.ear.not_handed_over(said_id)

    async def rest(self) -> None:
        """Return when the outbox is empty and nothing more is due."""
        await self._pace.rest()

    def now(self) -> datetime:
        """What the clock was told, aware of the programme's zone."""
        return self.clock.now().astimezone(self.zone)

    async def move_to(self, moment: datetime) -> None:
        """Move the clock forward; everything due on the way happens, in order and at its own time."""
        await self._pace.move_to(moment)

    async def next_moment(self) -> datetime | None:
        """When something is next due."""
        return await self._pace.next_moment()

    async def start(self, how: str) -> None:
        """Forget everything and begin again, with nothing or half-way through preparation."""
        async with self._pace.halted():
            await self.bot.ear.work(_forget)
            self.chat.wipe()
            self.clock.tell(BEGINS)
        if how == "preparation":
            await self._play_preparation()

    async def _play_preparation(self) -> None:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            player = Player(RoomStage(client))
            await player.begin()
            for step in read(PREPARATION.read_text(encoding="utf-8")):
                await player.act(step)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Settle what an earlier process left, then deliver and tick until the end.

        The room delivers again what nobody took, as a chat does, before the postman looks at
        what was answered but not handed over: the two would answer twice.
        """
        await self.app.state.surface.redeliver()
        await self.bot.postman.recover()
        wakes = self.bot.scheduler()
        wakes.start()
        working = [
            asyncio.create_task(self._deliver_when_woken()),
            asyncio.create_task(self.bot.follow(self.rest)),
        ]
        try:
            yield
        finally:
            for task in working:
                task.cancel()
            wakes.shutdown(wait=False)
            self.close()

    async def _deliver_when_woken(self) -> None:
        woken = self.bot.ear.woken
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), 1)
            woken.clear()
            try:
                await self.rest()
            except Exception:
                log.exception("delivering_broke")
                await asyncio.sleep(1)

    def close(self) -> None:
        """Finish what is in hand and close both files."""
        self.bot.ear.close()
        self._store.close()
        self.chat.close()
        self._lock.close()


def _forget(session: Session) -> None:
    for table in reversed(tables.sorted_tables):
        session.execute(table.delete())
    session.expunge_all()
    begin(session)
