"""A storm under way: what people do, and when nothing is left of it to be done."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.talk.script import Step
from handlers.delivering import UNHEARD_AFTER
from handlers.jobs import next_moment
from store.heard import Heard
from store.outbox import OWED, Outgoing
from store.room import Room
from tests.fakes.slack import Peer
from tests.storm.clock import FAST, SharedClock
from tests.storm.days import Chapter
from tests.storm.kills import Happenings
from tests.storm.people import Stubborn

PATIENCE = 60.0
"""Seconds after which what is still not done is lost."""
_CALM = 0.15
"""Seconds in which nothing was to be done: then nothing is."""
_MARGIN = 0.5


Database: TypeAlias = Callable[[Path], str]
"""The address of a new database without tables; a file may be made in the folder."""


def on_sqlite(folder: Path) -> str:
    """A database that one process has for itself."""
    return f"sqlite:///{folder / 'storm.sqlite3'}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What kind of storm. `tale`: which story is played; `among`: how many happenings it is spread over."""

    database: Database
    processes: int = 1
    kills: int = 0
    among: int = 0
    seed: int = 1
    tale: int = 1
    councils: int = 2
    days: int = 1


@dataclass(kw_only=True)
class Storm:
    """A storm under way, and what is left when it is over."""

    plan: Plan
    peer: Peer
    people: Stubborn
    clock: SharedClock
    engine: Engine
    happenings: Happenings
    killed: dict[str, float] = field(default_factory=dict)
    gave_up: list[str] = field(default_factory=list)

    async def play(self, chapters: Sequence[Chapter]) -> None:
        """Play chapter after chapter; each begins when nothing of the one before is left to do."""
        for chapter in chapters:
            await self.move_to(chapter.moment)
            await asyncio.gather(*(self._lane(lane) for lane in chapter.lanes))
            await self.settle()

    async def move_to(self, moment: datetime) -> None:
        """Move people's clock on; what falls due on the way happens at its own time."""
        while (due := self._ask(lambda session: next_moment(session, self.clock.now()))) and due <= moment:
            self.clock.tell(max(due, self.clock.now()))
            await self.settle()
        self.clock.tell(max(moment, self.clock.now()))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is left to do: nothing owed, nothing due, nobody without an answer."""
        until, calm_since = time.monotonic() + PATIENCE, None
        while calm_since is None or time.monotonic() < calm_since + _CALM:
            if left := self._left():
                calm_since = None
            elif calm_since is None:
                calm_since = time.monotonic()
            assert time.monotonic() < until, f"this is not done: {left}"
            await asyncio.sleep(0.03)

    async def keep_moving(self) -> None:
        """Let a minute pass for people when somebody waits for an answer for a minute of the machine's."""
        waiting, since = None, 0.0
        while True:
            await asyncio.sleep(0.2)
            found = self._ask(_without_answer)
            if found != waiting:
                waiting, since = found, time.monotonic()
            elif found and time.monotonic() > since + UNHEARD_AFTER.total_seconds() / FAST + _MARGIN:
                self.clock.tell(self.clock.now() + UNHEARD_AFTER + timedelta(seconds=1))
                since = time.monotonic()

    async def _lane(self, steps: Sequence[Step]) -> None:
        for step in steps:
            await self.people.take(step)

    def _left(self) -> object:
        """What is still to be done, if anything."""
        if self.peer.deliverer._running:
            return "something is on its way to the bot"
        return self._ask(lambda session: _left(session, self.clock.now()))

    def _ask(self, unit):
        with Session(self.engine) as session:
            return unit(session)


def _left(session: Session, now: datetime) -> object:
    owed = select(Outgoing.key, Outgoing.op, Outgoing.state, Outgoing.failure).where(
        Outgoing.state.in_(OWED), Outgoing.not_before <= now
    )
    unseen = select(Room.title).where(Room.unseen_since.is_not(None))
    due = next_moment(session, now)
    return (
        session.execute(owed).first()
        or session.scalars(unseen).first()
        or _without_answer(session)
        or (due and due <= now and f"due since {due}")
    )


def _without_answer(session: Session) -> object:
    return session.scalars(
        select(Heard.id).where(Heard.answer.is_not(None), Heard.handed_over_at.is_(None))
    ).first()
