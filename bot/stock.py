"""Who is in the rooms: looked at when the bot starts and now and then, as a chat may have told nobody."""

import asyncio
import secrets
from collections.abc import Collection, Mapping

import structlog
from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, Platform, RoomGone, TooMany
from handlers.message import Facts, Happened
from store.room import placed_rooms

log = structlog.get_logger()

AGAIN_AFTER = 6 * 60 * 60.0
"""Seconds between two looks; what a chat tells in between is followed at once."""

FIRST = 60.0
"""Seconds for which nothing is posted after a start, until every room was looked into."""


async def keep_taking(ear: Ear, platforms: Mapping[str, Platform], begun: asyncio.Event) -> None:
    """Look through every room, again and again, for ever. Sets `begun` after the first time."""
    while True:
        try:
            await take(ear, platforms)
        except Exception:
            log.exception("taking_stock_broke")
        begun.set()
        await asyncio.sleep(AGAIN_AFTER)


async def take(ear: Ear, platforms: Mapping[str, Platform], addresses: Collection[str] | None = None) -> None:
    """Look through every room once, one after the other. `addresses`: through those that stand there."""
    for place in await ear.work(_places):
        platform = platforms.get(str(place["platform"]))
        if platform and (addresses is None or place["address"] in addresses):
            await look_into(ear, platform, place)


def _places(session: Session) -> list[Facts]:
    return [
        {"platform": room.platform, "tenant": room.tenant, "address": room.address}
        for room in placed_rooms(session)
    ]


async def look_into(ear: Ear, platform: Platform, place: Facts) -> None:
    """Tell who is in a room, or that it is gone; where the chat is out of order, the next look will.

    `place`: the facts platform, tenant and address. What is no room of ours stays none.
    """
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
    await ear.happened(Happened(id=f"look:{secrets.token_hex(12)}", at=now, kind=kind, facts=facts))
