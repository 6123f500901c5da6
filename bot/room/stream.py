"""The live part of the page: what one person may see, sent again whenever it changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from bot.room import people, view
from bot.room.chat import Chat
from bot.room.house import House

HEARTBEAT = 15.0
"""Seconds after which the clock is sent even if nothing changed."""
_GATHER = 0.03
"""Seconds in which changes that come together are sent together."""

Clock = Callable[[], Awaitable[view.Json]]


async def events(chat: Chat, house: House, clock: Clock, account: str, last: str) -> AsyncIterator[str]:
    """Server-sent events for one account. `last` is the id of the newest one that the page has.

    "view" holds what is new since then, or all of it (`whole`) when the page has nothing to build
    on. "gone" is the last one, when this person is not in the room any more.
    """
    changed = asyncio.Event()
    with chat.watched_by(changed.set):
        while True:
            changed.clear()
            person = people.get(chat, account)
            if person is None:
                yield _event("gone", "", {})
                return
            now = await clock()
            since = _since(last, chat)
            seen = view.of(chat, person, house.zone, since or 0)
            last = f"{seen['began']}.{seen['seq']}"
            yield _event("view", last, seen | {"clock": now, "whole": since is None})
            await _next_change(changed)


async def _next_change(changed: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(changed.wait(), HEARTBEAT)
    except TimeoutError:
        return
    await asyncio.sleep(_GATHER)


def _since(last: str, chat: Chat) -> int | None:
    """The sequence number the page has; None when it has to begin afresh."""
    began, _, sequence = last.partition(".")
    known = began == chat.began() and sequence.isdecimal() and len(sequence) < 16
    return int(sequence) if known else None


def _event(kind: str, number: str, data: view.Json) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
