"""The way from a chat into the store's thread and back: here `async` ends."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from bot.clock import Clock
from handlers.delivering import answer_by_outbox
from handlers.dispatch import Desk, broken, dispatch, happened, is_settled
from handlers.message import Answer, Happened, Said
from store.heard import Heard
from store.session import Store

log = structlog.get_logger()

Result = TypeVar("Result")


class Ear:
    """Every unit of work of the store, one after the other, in a thread of its own."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self.store = store
        self.desk = desk
        self.clock = clock
        self.woken = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._handed_over: list[str] = []

    async def work(self, unit: Callable[[Session], Result]) -> Result:
        """Run one unit of work, with the answers handed over since the last one marked in it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, unit)

    async def hear(self, said: Said) -> Answer:
        """The answer to what a person said, committed with everything it caused."""
        now = self.clock.now()
        try:
            answer = await self.work(lambda session: dispatch(session, self.desk, said, now))
        except Exception:
            reference = secrets.token_hex(3).upper()
            log.exception("store_broke", reference=reference, heard=said.id)
            return broken(self.desk, said.id, reference)
        self.woken.set()
        return answer

    async def is_settled(self, said: str) -> bool:
        """Whether something was heard already, and took effect or was refused."""
        return await self.work(lambda session: is_settled(session, said))

    def needs(self, text: str) -> tuple[str, ...]:
        """What the chat has to fetch before this is heard: `Command.needs`."""
        return self.desk.contents.needs(text)

    async def happened(self, event: Happened) -> None:
        """Let what happened have its effect."""
        now = self.clock.now()
        await self.work(lambda session: happened(session, self.desk, event, now))
        self.woken.set()

    async def handed_over(self, said: str) -> None:
        """The answer stands in the chat. Written down with the next unit of work, or soon."""
        self._handed_over.append(said)
        asyncio.get_running_loop().call_later(0.05, self._write_down_soon)

    async def not_handed_over(self, said: str, *, seconds: float | None = None) -> None:
        """The answer may not stand in the chat: the postman looks, and brings it if it does not.

        `seconds`: it does not stand, and the chat can be asked again after so many.
        """
        now = self.clock.now()
        retry_at = None if seconds is None else self.clock.wall() + timedelta(seconds=seconds)

        def unit(session: Session) -> None:
            heard = session.get(Heard, said)
            if heard and heard.handed_over_at is None:
                answer_by_outbox(session, self.desk, heard, now, retry_at=retry_at)

        await self.work(unit)
        self.woken.set()

    def close(self) -> None:
        """Finish what is in hand."""
        if self._handed_over:
            self._thread.submit(self._work, lambda _session: None)
        self._thread.shutdown()

    def _write_down_soon(self) -> None:
        if self._handed_over:
            self._thread.submit(self._work, lambda _session: None)

    def _work(self, unit: Callable[[Session], Result]) -> Result:
        marks, now = tuple(self._handed_over), self.clock.now()

        def marked(session: Session) -> Result:
            for said in marks:
                heard = session.get(Heard, said)
                if heard:
                    heard.handed_over_at = now
            return unit(session)

        result = self.store.work(marked)
        del self._handed_over[: len(marks)]
        return result
