"""The way from a chat into the store's thread and back: here `async` ends."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.outage import Outage
from bot.thread import StoreThread
from handlers.delivering import answer_by_outbox
from handlers.desk import Desk
from handlers.dispatch import dispatch, happened, is_settled
from handlers.message import Answer, Happened, Said
from handlers.unsaved import is_known, unsaved
from store.base import Base
from store.challenge import Challenge
from store.heard import Heard, mark_handed_over
from store.outbox import Outgoing
from store.query import changed_in
from store.session import Store

log = structlog.get_logger()

Result = TypeVar("Result")

STUCK = 5.0
"""Seconds of one unit of work after which those whose turn has not come are told that it will not.

The store gives up sooner by itself; this is for what cannot be given up, such as a file on a disk that hangs.
"""
_LOOK = 1.0
"""Seconds between two looks for that."""
_SOON = 0.05
"""Seconds after which it is written down that an answer stands, where no work comes before."""


class Ear:
    """Every unit of work of the store, one after the other, in a thread of its own.

    `woken`: the outbox may owe a chat something. `stirred`: a challenge may have to be looked at.
    `heard`: how often somebody said something, or something happened.
    """

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self.store = store
        self.desk = desk
        self.clock = clock
        self.woken = asyncio.Event()
        self.stirred = asyncio.Event()
        self.heard = 0
        self._outage = Outage()
        self._thread = StoreThread()
        self._handed_over: list[str] = []
        self._soon: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None

    async def work(self, unit: Callable[[Session], Result]) -> Result:
        """Run one unit of work for which nobody waits: what people said goes before it, for a while."""
        with self._outage.noticed():
            result, changed = await self._done(lambda: self._work_apart(unit), later=True)
        if Challenge in changed:
            self.stirred.set()
        return result

    async def work_at_once(self, unit: Callable[[Session], Result]) -> Result:
        """Run one unit of work for which somebody waits, and wake whatever follows from it."""
        self.heard += 1
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_LOOK, self._look)
        result, changed = await self._done(lambda: self._work(unit))
        if Outgoing in changed:
            self.woken.set()
        if changed:  # a challenge may be due already, and not be marked again
            self.stirred.set()
        return result

    async def _done(self, work: Callable[[], Result], *, later: bool = False) -> Result:
        return await asyncio.wrap_future(self._thread.submit(work, later=later))

    async def hear(self, said: Said) -> Answer:
        """The answer to what a person said, committed with everything it caused."""
        now = self.clock.now()
        try:
            return await self.work_at_once(lambda session: dispatch(session, self.desk, said, now))
        except Exception as trouble:
            return self.unsaved(said.id, trouble)

    def unsaved(self, said: str, trouble: Exception) -> Answer:
        """What to answer where something that was said could not be heard; the log says why."""
        reference = secrets.token_hex(3).upper()
        if is_known(trouble):
            log.warning("not_saved", heard=said, trouble=type(trouble).__name__, code=str(trouble))
        else:
            log.error("store_broke", heard=said, reference=reference, exc_info=trouble)
        return unsaved(self.desk, said, trouble, reference)

    async def is_settled(self, said: str) -> bool:
        """Whether something was heard already, and took effect or was refused."""
        return await self.work_at_once(lambda session: is_settled(session, said))

    def needs(self, text: str) -> tuple[str, ...]:
        """What the chat has to fetch before this is heard: `Command.needs`."""
        return self.desk.contents.needs(text)

    async def happened(self, event: Happened) -> None:
        """Let what happened have its effect."""
        now = self.clock.now()
        await self.work_at_once(lambda session: happened(session, self.desk, event, now))

    async def handed_over(self, said: str) -> None:
        """The answer stands in the chat. Written down with the next unit of work, or soon."""
        self._handed_over.append(said)
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON, self._write_down)

    async def not_handed_over(
        self, said: str, *, seconds: float | None = None, begun: str | None = None
    ) -> None:
        """The answer may not stand in the chat: the postman looks, and brings it if it does not.

        `seconds`: it does not stand, and the chat can be asked again after so many. `begun`: where what
        stands of it is, if it could be posted in part only.
        """
        now = self.clock.now()
        retry_at = None if seconds is None else self.clock.wall() + timedelta(seconds=seconds)

        def unit(session: Session) -> None:
            heard = session.get(Heard, said)
            if heard and heard.handed_over_at is None and said not in self._handed_over:
                answer_by_outbox(session, self.desk, heard, now, retry_at=retry_at, begun=begun)

        await self.work_at_once(unit)

    def close(self) -> None:
        """Finish what is in hand."""
        for timer in (self._soon, self._looking):
            if timer is not None:
                timer.cancel()
        self._write_down()
        self._thread.close()

    def _look(self) -> None:
        """Let nobody wait behind what is stuck."""
        waits = self._thread.give_up(STUCK)
        self._looking = asyncio.get_running_loop().call_later(_LOOK, self._look) if waits else None

    def _write_down(self) -> None:
        self._soon = None
        if self._handed_over:
            self._thread.submit(lambda: self._work(_nothing))

    def _work_apart(self, unit: Callable[[Session], Result]) -> tuple[Result, frozenset[type[Base]]]:
        """Work that may take long, or break off: which answers stand is written down before it."""
        if self._handed_over:
            self._work(_nothing)
        return self._work(unit)

    def _work(self, unit: Callable[[Session], Result]) -> tuple[Result, frozenset[type[Base]]]:
        """What came of a unit of work, and the kinds of rows that it changed."""
        marks, now = tuple(self._handed_over), self.clock.now()

        def marked(session: Session) -> tuple[Result, frozenset[type[Base]]]:
            done = unit(session)  # which may begin its transaction anew
            mark_handed_over(session, marks, now)
            return done, changed_in(session)

        result = self.store.work(marked)
        del self._handed_over[: len(marks)]
        return result


def _nothing(_session: Session) -> None:
    """Only what was handed over is to be written down."""
