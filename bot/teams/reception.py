"""Who is told of an activity that Teams sent: whoever listens to people, or whoever follows what happens."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from bot.answering import Response as Held
from bot.teams import hearing
from bot.teams.conversations import conversation_of
from bot.teams.following import Following
from bot.teams.hearing import Act
from bot.teams.listening import Listening
from bot.teams.platform import TeamsPlatform
from bot.teams.transport import Json, Response

log = structlog.get_logger()

_INVOKES: Final[Mapping[str, Callable[[Json], Act | None]]] = {
    "adaptiveCard/action": hearing.press,
    "task/fetch": hearing.fetch,
    "task/submit": hearing.submission,
}
_CHANGES: Final = {"conversationUpdate", "installationUpdate"}
_STRANGE: Final = (AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Received:
    """What came of an activity: the response to it, and the answer that this holds, if any."""

    response: Response | None = None
    held: Held | None = None


class Reception:
    """Takes verified activities: messages, invokes and changes of conversations. The rest is let go."""

    def __init__(self, platform: TeamsPlatform, listening: Listening, following: Following) -> None:
        self._platform = platform
        self._listening = listening
        self._following = following

    async def receive(self, activity: Json, since: float) -> Received:
        """Have an activity heard; returns when it is written down. An invoke that is not ours gets 501.

        `since`: when its request came in, by the event loop's clock.
        """
        kind, name = activity.get("type"), activity.get("name")
        if kind == "invoke" and name not in _INVOKES:
            log.info("not_listened_to", kind=kind)
            return Received(response=Response(status=501))
        if kind in _CHANGES:
            await self._keep_where(activity)
            await self._following.follow(activity)
            return Received()
        self._listening.begin(self._keep_where(activity))  # known at once, written down beside the act
        read = {"message": hearing.message, "invoke": _INVOKES.get(str(name))}.get(str(kind))
        return await self._heard(activity, read, since) if read else Received()

    async def _heard(self, activity: Json, read: Callable[[Json], Act | None], since: float) -> Received:
        try:
            act = read(activity)
        except _STRANGE as trouble:
            log.warning("strange_activity", trouble=type(trouble).__name__)
            return Received(response=Response(status=400))
        if act is None:
            return Received()
        if act.way == "message":
            await self._listening.told(act)
            return Received()
        held = await self._listening.asked(act, asyncio.get_running_loop().time() - since)
        return Received(response=Response(status=200, body=held.body or None), held=held)

    async def _keep_where(self, activity: Json) -> None:
        """Remember where the bot can speak. What cannot be written down now will be with what comes next."""
        try:
            where = conversation_of(activity)
            if where:
                await self._platform.references.keep(where)
        except Exception:
            log.exception("conversation_not_kept")
