"""Who is in the rooms: looked at when the bot starts and now and then, as a chat may have told nobody."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from functools import partial

import structlog
from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, Platform, RoomGone, TooMany
from handlers import membership, standing
from handlers.message import Account, Facts, Happened
from store.room import placed_rooms

log = structlog.get_logger()

AGAIN_AFTER = 10 * 60.0
"""Seconds in which every room is looked into once; what a chat tells in between is followed at once.

A chat may tell nobody who came in, or only once: whoever came in unnoticed reads along until then.
"""

FIRST = 60.0
"""Seconds for which nothing is posted after a start, until every room was looked into."""


async def keep_taking(ear: Ear, platforms: Mapping[str, Platform], begun: asyncio.Event) -> None:
    """Look through every room, and then again and again, for ever. Sets `begun` after the first time."""
    try:
        await take(ear, platforms)
    except Exception:
        log.exception("taking_stock_broke")
    begun.set()
    while True:
        try:
            await _go_round(ear, platforms)
        except Exception:
            log.exception("taking_stock_broke")
            await asyncio.sleep(AGAIN_AFTER)


async def take(ear: Ear, platforms: Mapping[str, Platform], addresses: Collection[str] | None = None) -> None:
    """Look through every room once, one after the other. `addresses`: through those that stand there."""
    for place in await _places(ear, platforms):
        if addresses is None or place["address"] in addresses:
            await look_into(ear, platforms[place["platform"]], place)


async def _go_round(ear: Ear, platforms: Mapping[str, Platform]) -> None:
    """Look through every room once, spread over the time that there is for it."""
    places = await _places(ear, platforms)
    for place in places:
        await asyncio.sleep(AGAIN_AFTER / len(places))
        await look_into(ear, platforms[place["platform"]], place)
    if not places:
        await asyncio.sleep(AGAIN_AFTER)


async def _places(ear: Ear, platforms: Mapping[str, Platform]) -> list[Facts]:
    """Where the rooms of the chats stand, or did until they were lost."""
    return [place for place in await ear.work(_placed) if place["platform"] in platforms]


def _placed(session: Session) -> list[Facts]:
    return [
        {"platform": room.platform, "tenant": room.tenant, "address": room.address}
        for room in placed_rooms(session)
    ]


async def look_into(ear: Ear, platform: Platform, place: Facts) -> None:
    """Tell who is in a room, or that it is gone, where that is news; where it is not, nothing is written.

    `place`: the facts platform, tenant and address. What is no room of ours stays none. Where the chat is
    out of order, the next look will tell.
    """
    where = {name: place[name] for name in ("platform", "tenant", "address")}
    try:
        members = await _members(platform, place["address"])
    except RoomGone as gone:
        await _tell(ear, "room_gone", {**where, "why": gone.reason}, partial(standing.is_gone, **where))
    except (Gone, LineDropped, NotNow, TooMany) as trouble:
        log.warning("room_not_looked_into", trouble=type(trouble).__name__)
    else:
        seen = {**where, "members": members}
        await _tell(ear, "room_seen", seen, partial(membership.is_as_known, **seen))


async def _members(platform: Platform, address: str) -> tuple[Account, ...]:
    """Who is in a room; where the chat asks for patience, asked once more when that is over."""
    try:
        return await platform.members(address)
    except TooMany as wait:
        await asyncio.sleep(wait.seconds)
        return await platform.members(address)


async def _tell(ear: Ear, kind: str, facts: Facts, is_known: Callable[[Session], bool]) -> None:
    """Let something have its effect, unless the store knows it by now."""
    if not await ear.work(is_known):
        event = Happened(id=f"look:{secrets.token_hex(12)}", at=ear.clock.now(), kind=kind, facts=facts)
        await ear.happened(event)
