"""The postman: takes outbox rows in hand, makes the calls, and writes back what came of them."""

import asyncio
from collections.abc import Mapping
from typing import TypeAlias

import structlog
from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import Gone, LineDropped, NotNow, Platform, TooMany
from handlers.delivering import Call, Outcome, claim, next_retry, record, recover
from handlers.dispatch import tools
from handlers.happenings import settled
from handlers.message import Card
from handlers.post import Post
from store.programme import the_programme

log = structlog.get_logger()

AT_ONCE = 50
_PATIENCE = 1.0

Platforms: TypeAlias = Mapping[str, Platform]


class Postman:
    """Delivers for every chat that is there."""

    def __init__(self, ear: Ear, platforms: Platforms) -> None:
        self._ear = ear
        self._platforms = platforms

    async def recover(self) -> None:
        """After a start: settle what an earlier process left in hand."""
        now = self._ear.clock.now()
        await self._ear.work(lambda session: recover(session, self._ear.desk, now))

    async def run(self) -> None:
        """Deliver for ever; woken by new work, or by time."""
        while True:
            if await self.deliver():
                continue
            self._ear.woken.clear()
            try:
                await asyncio.wait_for(self._ear.woken.wait(), _PATIENCE)
            except TimeoutError:
                continue

    async def deliver(self) -> int:
        """Make the calls that can be made now, and return how many there were."""
        clock, desk = self._ear.clock, self._ear.desk
        now, wall, names = clock.now(), clock.wall(), frozenset(self._platforms)
        calls = await self._ear.work(lambda session: claim(session, desk, now, wall, names, AT_ONCE))
        outcomes = await asyncio.gather(*map(self._make, calls))
        if outcomes:
            await self._ear.work(lambda session: self._record(session, outcomes))
        return len(calls)

    async def wait(self) -> float | None:
        """Seconds until a call that was put off can be tried again; None when none was."""
        now = self._ear.clock.now()
        retry = await self._ear.work(lambda session: next_retry(session, now))
        return max(0.0, (retry - self._ear.clock.wall()).total_seconds()) if retry else None

    def _record(self, session: Session, outcomes: list[Outcome]) -> None:
        clock, desk = self._ear.clock, self._ear.desk
        now, programme = clock.now(), the_programme(session)
        if programme is None:
            return
        post: Post = tools(session, desk, programme, now)["post"]
        for outcome in outcomes:
            row = record(session, desk, outcome, now, clock.wall())
            if row:
                settled(session, row, post, desk.shapes, now)

    async def _make(self, call: Call) -> Outcome:
        """Make one call; every way it can end is an outcome."""
        try:
            return await _made(self._platforms[call.platform], call)
        except TooMany as wait:
            return Outcome(call=call, kind="later", seconds=wait.seconds)
        except NotNow:
            return Outcome(call=call, kind="later")
        except LineDropped:
            return Outcome(call=call, kind="uncertain")
        except Gone as gone:
            return Outcome(call=call, kind="never", reason=gone.reason)
        except Exception:
            log.exception("call_broke", row=call.row, op=call.op)
            return Outcome(call=call, kind="uncertain")


async def _made(platform: Platform, call: Call) -> Outcome:
    match call.op:
        case "post":
            return await _posted(platform, call)
        case "edit":
            await platform.edit(str(call.address), _card(call), call.key)
            return Outcome(call=call, kind="done", address=call.address)
        case "find":
            address = await platform.find(call.key)
            return Outcome(call=call, kind="done" if address else "absent", address=address)
        case "look_up":
            account = await platform.look_up(str(call.email))
            return Outcome(call=call, kind="account", account=account)
        case "make_room":
            address = await platform.make_room(call.title, call.topic, call.key)
            return Outcome(call=call, kind="done", address=address)
    await _moved(platform, call)
    return Outcome(call=call, kind="done")


async def _moved(platform: Platform, call: Call) -> None:
    """Somebody is brought in or taken out, or a card is pinned: doing it twice is doing it once."""
    match call.op:
        case "invite":
            await platform.invite(str(call.place), str(call.account))
        case "remove":
            await platform.remove(str(call.place), str(call.account))
        case "pin":
            await platform.pin(str(call.address))


async def _posted(platform: Platform, call: Call) -> Outcome:
    """A card goes to its place; one for a person, to them alone there or to the direct conversation."""
    place = call.place or await platform.direct(str(call.account))
    only_for = call.account if call.place else None
    address = await platform.post(place, _card(call), call.key, only_for)
    return Outcome(call=call, kind="done", address=address)


def _card(call: Call) -> Card:
    if call.card is None:
        raise ValueError(f"row {call.row} has no words")
    return call.card
