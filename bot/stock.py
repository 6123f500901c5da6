"""Who is in the rooms: looked at when the bot starts and now and then, as a chat may have told nobody."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import Final, TypeAlias

import structlog
from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.outage import mistake
from bot.platform import Gone, LineDropped, NotNow, Platform, RoomGone, TooMany
from handlers import membership, standing
from handlers.message import Facts, Happened
from store.room import Room, placed_rooms, room_once_at

log = structlog.get_logger()

AGAIN_AFTER = 10 * 60.0
"""Seconds in which every room is looked into once; what a chat tells in between is followed at once.

A chat may tell nobody who came in, or only once: whoever came in unnoticed reads along until then.
"""

LOOK_SECONDS: Final = 60.0
"""For one look. Slack tells who is in a room one by one, and what it told is remembered."""

PATIENCE = (1.0, 5.0, 15.0, 60.0)
"""Seconds after which a look that met trouble is tried again, the last for ever; more where the chat asks."""

AT_ONCE: Final = 4
"""How many rooms are looked into at once: a chat counts the calls."""

Platforms: TypeAlias = Mapping[str, Platform]


async def keep_taking(ear: Ear, platforms: Platforms) -> None:
    """Look into every room within so many minutes, again and again, for ever."""
    while True:
        try:
            await _go_round(ear, platforms)
        except Exception as trouble:
            mistake("taking_stock_broke", trouble)
            await asyncio.sleep(AGAIN_AFTER)


async def take(ear: Ear, platforms: Platforms, addresses: Collection[str] | None = None) -> None:
    """Look into every room, or into those that stand at these addresses, where somebody may have come in."""
    await look_through(ear, platforms, await doubt(ear, platforms, addresses))


async def doubt(ear: Ear, platforms: Platforms, addresses: Collection[str] | None = None) -> list[Facts]:
    """Write down that somebody may have come into rooms; the places to look into, for `look_through`.

    Until that is done nothing is posted to a team's room, in whichever process.
    """
    unit = partial(_doubt, platforms=platforms, addresses=addresses, since=ear.clock.wall())
    return await ear.work(unit)


async def look_through(ear: Ear, platforms: Platforms, places: Collection[Facts]) -> None:
    """Look into rooms, a few at once, each until that succeeds: trouble in one holds up no other."""
    few = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_until_seen(ear, platforms[one["platform"]], one, few) for one in places))


async def _until_seen(ear: Ear, platform: Platform, place: Facts, few: asyncio.Semaphore) -> None:
    """Look into a room until that succeeds, or somebody else sees to it: after a later doubt, they do."""
    for patience in chain(PATIENCE, repeat(PATIENCE[-1])):
        async with few:
            asked_for = await _looked(ear, platform, place)
        if asked_for is None:
            return
        await asyncio.sleep(max(patience, asked_for))


async def _looked(ear: Ear, platform: Platform, place: Facts) -> float | None:
    """Look into a room that is still to be. None when it was; else for how many seconds the chat asks."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            if await ear.work(partial(_is_to_do, place=place)):
                await look_into(ear, platform, place)
    except (Gone, LineDropped, NotNow, TooMany, TimeoutError) as trouble:
        log.warning("room_not_looked_into", trouble=type(trouble).__name__, since=place["since"])
        return trouble.seconds if isinstance(trouble, TooMany) else 0.0
    except Exception as trouble:
        mistake("looking_into_a_room_broke", trouble)
        return 0.0
    return None


async def _go_round(ear: Ear, platforms: Platforms) -> None:
    """Look into every room once, spread over the time that there is for it.

    Where a chat is out of order the next round will tell: nothing says that anybody came.
    """
    places = await ear.work(partial(_places, platforms=platforms))
    for place in places:
        await asyncio.sleep(AGAIN_AFTER / len(places))
        await _looked(ear, platforms[place["platform"]], place)
    if not places:
        await asyncio.sleep(AGAIN_AFTER)


async def look_into(ear: Ear, platform: Platform, place: Facts) -> None:
    """Tell who is in a room, or that it is gone, where that is news; where it is not, nothing is written.

    `place`: the facts platform, tenant and address. What is no room of ours stays none. Raises the port's
    errors.
    """
    where = {name: place[name] for name in ("platform", "tenant", "address")}
    looked_at, known = ear.clock.wall(), await ear.work(partial(membership.known_in, **where))
    try:
        members = await platform.members(place["address"])
    except RoomGone as gone:
        await _tell(ear, "room_gone", {**where, "why": gone.reason}, partial(standing.is_gone, **where))
    else:
        seen = {**where, "members": members, "looked_at": looked_at}
        facts = {**seen, "known": known}
        await _tell(ear, "room_seen", facts, partial(membership.is_as_known, **seen))


async def _tell(ear: Ear, kind: str, facts: Facts, is_known: Callable[[Session], bool]) -> None:
    """Let something have its effect, unless the store knows it by now; what waited for it can be said."""
    if not await ear.work(is_known):
        event = Happened(id=f"look:{secrets.token_hex(12)}", at=ear.clock.now(), kind=kind, facts=facts)
        await ear.happened(event)
        ear.woken.set()


# In the store


def _places(session: Session, platforms: Platforms) -> list[Facts]:
    """Where the rooms of the chats stand, or did until they were lost."""
    return [_place(room) for room in placed_rooms(session) if room.platform in platforms]


def _doubt(
    session: Session, platforms: Platforms, addresses: Collection[str] | None, since: datetime
) -> list[Facts]:
    rooms = [
        room
        for room in placed_rooms(session)
        if room.platform in platforms and (addresses is None or room.address in addresses)
    ]
    for room in rooms:
        room.unseen_since = since
    return [_place(room, since) for room in rooms]


def _place(room: Room, since: datetime | None = None) -> Facts:
    return {"platform": room.platform, "tenant": room.tenant, "address": room.address, "since": since}


def _is_to_do(session: Session, place: Facts) -> bool:
    """Whether a look is still to be taken. One that nobody's coming gave rise to always is."""
    since = place["since"]
    room = room_once_at(session, place["platform"], place["tenant"], place["address"])
    return since is None or (room is not None and room.unseen_since == since)
