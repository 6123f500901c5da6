"""What people do in a chat is heard and answered, for each account in the order of its acts."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Coroutine, Mapping
from typing import Any, Generic, Protocol, TypeVar

import structlog

from bot import stock
from bot.answering import Response
from bot.hear import Ear
from bot.platform import Platform
from bot.traced import traced
from bot.turns import Turns
from handlers.message import Account, Answer, Card, Said

log = structlog.get_logger()


class Act(Protocol):
    """What a person did: its id, and the id of who did it."""

    @property
    def id(self) -> str: ...
    @property
    def user(self) -> str: ...


ActT = TypeVar("ActT", bound=Act)
ActT_contra = TypeVar("ActT_contra", bound=Act, contravariant=True)


class Answers(Protocol[ActT_contra]):
    """How a chat shows what is answered to an act. Nothing of it raises."""

    async def hand_over(self, act: ActT_contra, answer: Answer, response: Response) -> None: ...
    async def refuse(self, act: ActT_contra, card: Card, response: Response) -> None: ...
    def wait(self, act: ActT_contra, response: Response) -> None: ...


class ActsInOrder(ABC, Generic[ActT]):
    """Hears acts and has them answered. `trouble`: by which errors a chat says that it is out of order."""

    def __init__(
        self, ear: Ear, platform: Platform, answers: Answers[ActT], trouble: tuple[type[Exception], ...]
    ) -> None:
        self._ear = ear
        self._room_platform = platform
        self._answerer = answers
        self._trouble = trouble
        self._turns = Turns()
        self._in_hand: set[asyncio.Task[None]] = set()
        self._looking: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def _said(self, act: ActT) -> tuple[ActT, Said] | None:
        """An act as it is to be answered, and what was said by it; None for what no person did."""

    def _whose(self, act: ActT) -> str:
        """Whose turn it is: the id of an account that every act of theirs has."""
        return act.user

    async def finish(self, seconds: float) -> None:
        """Let the answers in hand be handed over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._in_hand:
                    await asyncio.wait(self._in_hand)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work on, whatever becomes of the request."""
        task = asyncio.create_task(work)
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        return task

    async def look(self, addresses: Collection[str] | None = None) -> None:
        """Find out who is in the rooms at these addresses, or in all: somebody may have come into them.

        Comes back when that is written down, and waits for it; the looks go on.
        """
        platforms = {self._room_platform.name: self._room_platform}
        places = await stock.doubt(self._ear, platforms, addresses)
        looking = self.begin(stock.look_through(self._ear, platforms, places))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def stop(self, seconds: float) -> None:
        """Let the answers in hand be handed over within so many seconds, and break off what takes longer.

        Rooms that could not be looked into so far are left to the next start.
        """
        for looking in self._looking:
            looking.cancel()
        await self.finish(seconds)
        for late in self._in_hand:
            late.cancel()
        await asyncio.gather(*self._in_hand, return_exceptions=True)

    async def _within(self, seconds: float, act: ActT) -> Response:
        """The response once an act is answered; after so many seconds, what asks for patience."""
        response = Response()
        task = self.begin(self._answered(act, response))
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            self._answerer.wait(act, response)
        return response

    async def _answered(self, act: ActT, response: Response) -> None:
        """Answer an act that the chat delivers once only, come what may."""
        try:
            await self._turn(act, response)
        except Exception as trouble:
            if response.heard.done():  # it took effect, whatever came afterwards
                log.exception("answer_broke", said=act.id)
            else:
                await self._not_heard(act, response, trouble)

    async def _not_heard(self, act: ActT, response: Response, trouble: Exception) -> None:
        """Say that nothing was done: because the chat did not tell who it was, or by a mistake of ours."""
        log.warning("not_heard", said=act.id, trouble=type(trouble).__name__)
        if isinstance(trouble, self._trouble):
            card = self._ear.desk.words.card("try_again", {"chat": self._room_platform.name})
            await self._answerer.refuse(act, card, response)
            return
        await self._answerer.hand_over(act, self._ear.unsaved(act.id, trouble), response)

    async def _turn(self, act: ActT, response: Response) -> None:
        """Hear one act, after everything that this account did before, and answer it."""
        surface = self._room_platform.name
        async with self._turns.of(self._whose(act)):
            with traced(surface) as trace:
                found = await self._said(act)
                if found is None:
                    return
                act, said = found
                answer = trace.of(await self._ear.hear(said))
            response.heard.set_result(None)
            if said.gathered:  # it may be a room now, and somebody may have come meanwhile
                self.begin(self.look([said.place.address]))
            await self._answerer.hand_over(act, answer, response)


def with_names(
    fields: Mapping[str, Any] | None, picked: Mapping[str, str], names: Mapping[str, Account]
) -> Mapping[str, Any] | None:
    """A form's fields, with who was picked (the id, by field) written as a mention."""
    if fields is None:
        return None
    mentioned = {name: f"@{names[user].name}" for name, user in picked.items() if user in names}
    return {**fields, **mentioned}


def not_found(picked: Mapping[str, str], names: Mapping[str, Account]) -> frozenset[str]:
    """The fields in which somebody was picked whom nobody can find."""
    return frozenset(name for name, user in picked.items() if user not in names)
