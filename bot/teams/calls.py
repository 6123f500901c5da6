"""Calls to Teams about conversations that are known, failing in the port's ways only."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias, TypeVar

import structlog

from bot.platform import LineDropped, NotNow
from bot.teams.conversations import Conversation
from bot.teams.refusals import NotAllowed, meant, meant_of_message
from bot.teams.transport import Json, Refusal, TeamsTransport

log = structlog.get_logger()

Meaning: TypeAlias = Callable[[Refusal, Conversation], Exception]


Read = TypeVar("Read")


class Calls:
    """The transport, with its refusals understood. A Refusal that is left is a mistake of ours."""

    def __init__(self, transport: TeamsTransport) -> None:
        self.transport = transport
        self._said_loudly: str | None = None

    async def send(self, to: Conversation, thread: str, activity: Json) -> str:
        """Post an activity to a conversation, or to a thread of this name in it; its id.

        Raises MessageGone where somebody deleted what the thread began with.
        """
        with self._understood(to, meant if thread == to.address else meant_of_message):
            return await self.transport.send(to.reference(thread), activity)

    async def begin_thread(self, channel: Conversation, activity: Json) -> tuple[str, str]:
        """Post an activity as a new thread of a channel: the thread's name, and the activity's id."""
        with self._understood(channel):
            return await self.transport.create_thread(channel.reference(), activity)

    async def update(self, of: Conversation, thread: str, message: str, activity: Json) -> None:
        """Put another activity in the place of one. Raises Gone where somebody deleted that."""
        with self._understood(of, meant_of_message):
            await self.transport.update(of.reference(thread), message, activity)

    async def begin_chat(self, near: Conversation, user: str) -> str:
        """The personal chat with a member of a conversation. Raises Gone where there can be none."""
        with self._repeatable(near):
            return await self.transport.create_personal(near.reference(), user)

    async def members(self, of: Conversation, most: int | None = None) -> list[Json]:
        """Everybody in a conversation, bots too. Raises RoomGone. `most`: as `TeamsTransport.members`."""
        return await self._read(of, lambda: self.transport.members(of.reference(), most))

    async def member(self, of: Conversation, user: str) -> Json:
        """Somebody in a conversation, by either of their ids. Raises Gone where they are not in it."""
        return await self._read(of, lambda: self.transport.member(of.reference(), user))

    async def _read(self, of: Conversation, ask: Callable[[], Awaitable[Read]]) -> Read:
        """Ask for what changes nothing; where that did not work, once more at once: somebody waits."""
        with contextlib.suppress(NotNow), self._repeatable(of):
            return await ask()
        with self._repeatable(of):
            return await ask()

    @contextlib.contextmanager
    def _repeatable(self, of: Conversation) -> Iterator[None]:
        """The same for what says nothing to anybody: a call that may have arrived did nothing, too."""
        try:
            with self._understood(of):
                yield
        except LineDropped as dropped:
            raise NotNow from dropped

    @contextlib.contextmanager
    def _understood(self, of: Conversation, meaning: Meaning = meant) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            error = meaning(refusal, of)
            self._say_loudly(refusal, error)
            raise error from refusal
        self._said_loudly = None

    def _say_loudly(self, refusal: Refusal, error: Exception) -> None:
        """Once until something works again: what waits is tried for ever, and would fill the log."""
        if isinstance(error, Refusal):
            log.warning("teams_refused", status=refusal.status, why=refusal.code)
        if isinstance(error, NotAllowed) and self._said_loudly != error.why:
            self._said_loudly = error.why
            log.error("teams_token_refused", why=error.why, next="doctor")
