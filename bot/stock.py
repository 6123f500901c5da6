"""Who is in the rooms: looked at when the bot starts and now and then, as a chat may have told nobody."""

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, Platform, RoomGone, TooMany
from handlers.message import Facts, Happened
from store.room import bound_rooms

log = structlog.get_logger()

AGAIN_AFTER = 6 * 60 * 60.0
"""Seconds between two looks; what a chat tells in between is followed at once."""


async def keep_taking(ear: Ear, platforms: Mapping[str, Platform]) -> None:
    """Look through every room, again and again, for ever."""
    while True:
        try:
            await take(ear, platforms)
        except Exception:
            log.exception("taking_stock_broke")
        await asyncio.sleep(AGAIN_AFTER)


async def take(ear: Ear, platforms: Mapping[str, Platform]) -> None:
    """Look through every room once, one after the other."""
    for place in await ear.work(_places):
        platform = platforms.get(str(place["platform"]))
        if platform:
            await _look_into(ear, platform, place)


def _places(session: Session) -> list[Facts]:
    return [
        {"platform": room.platform, "tenant": room.tenant, "address": room.address}
        for room in bound_rooms(session)
    ]


async def _look_into(ear: Ear, platform: Platform, place: Facts) -> None:
    """Tell who is in a room, or that it is gone; where the chat is out of order, the next look will."""
    try:
        members = await platform.members(place["address"])
        await _tell(ear, "room_seen", {**place, "members": members})
    except RoomGone as gone:
        await _tell(ear, "room_gone", {**place, "why": gone.reason})
    except TooMany as wait:
        await asyncio.sleep(wait.seconds)
    except (Gone, LineDropped, NotNow) as trouble:
        log.warning("room_not_looked_into", trouble=type(trouble).__name__)


async def _tell(ear: Ear, kind: str, facts: Facts) -> None:
    now = ear.clock.now()
    seen = f"{facts['platform']}:{facts['tenant']}:{kind}:{facts['address']}:{now.isoformat()}"
    await ear.happened(Happened(id=seen, at=now, kind=kind, facts=facts))
