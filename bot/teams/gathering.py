"""What a command needs to know of the place where it is said: fetched before it is heard, or not at all."""

import asyncio
from typing import Any, Final

import structlog

from bot.handover import TROUBLE
from bot.platform import CROWDED, MOST_INSIDE, RoomGone
from bot.teams.conversations import Conversation
from bot.teams.platform import TeamsPlatform

log = structlog.get_logger()

SECONDS: Final = 3.0
"""For everything together: the person waits, and Teams no longer than five."""


async def gathered(platform: TeamsPlatform, where: Conversation, needs: tuple[str, ...]) -> dict[str, Any]:
    """What is needed, by name; nothing where Teams did not tell it all in time.

    Whether others may find a channel and read it without being in its team Teams tells no bot.
    """
    if "members" not in needs or where.direct:
        return {}
    try:
        async with asyncio.timeout(SECONDS):
            inside = await _inside(platform, where)
    except (*TROUBLE, TimeoutError) as trouble:
        log.warning("not_gathered", needs=needs, trouble=type(trouble).__name__)
        return {}
    return {"owner": {"tenant": where.tenant}, **inside}


async def _inside(platform: TeamsPlatform, where: Conversation) -> dict[str, Any]:
    try:
        return {"members": await platform.members(where.address)}
    except RoomGone as gone:
        if gone.reason == CROWDED:
            return {"crowded": MOST_INSIDE}
        raise
