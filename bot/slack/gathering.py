"""What a command needs to know of the place where it is said: fetched before it is heard, or not at all."""

import asyncio
from typing import Any

import structlog

from bot.platform import CROWDED, MOST_INSIDE, RoomGone
from bot.slack.answers import TROUBLE
from bot.slack.client import Json
from bot.slack.platform import SlackPlatform

log = structlog.get_logger()

SECONDS = 1.0
"""For everything together: the person waits."""


async def gathered(platform: SlackPlatform, channel: str, needs: tuple[str, ...]) -> dict[str, Any]:
    """What is needed, by name; nothing where Slack did not tell it all in time.

    Who is in a channel that anybody may read is not asked: that may be the whole workspace.
    """
    if "members" not in needs:
        return {}
    try:
        async with asyncio.timeout(SECONDS):
            owner = _owner(platform, await platform.rooms.about(channel))
            return {"owner": owner, **(await _inside(platform, channel) if owner["private"] else {})}
    except (*TROUBLE, TimeoutError) as trouble:
        log.warning("not_gathered", needs=needs, trouble=type(trouble).__name__)
        return {}


async def _inside(platform: SlackPlatform, channel: str) -> dict[str, Any]:
    try:
        return {"members": await platform.inside(channel)}
    except RoomGone as gone:
        if gone.reason == CROWDED:
            return {"crowded": MOST_INSIDE}
        raise


def _owner(platform: SlackPlatform, about: Json) -> dict[str, Any]:
    """Whose workspace the channel is in, and whether only its members can read it."""
    tenant = about.get("conversation_host_id") or platform.tenant
    return {"tenant": tenant, "private": bool(about.get("is_private") or about.get("is_mpim"))}
