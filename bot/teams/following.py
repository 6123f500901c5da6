"""What happens in Teams by itself has its effect: people come and go, channels end and are back."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import structlog

from bot import stock
from bot.hear import Ear
from bot.teams.changes import LOOK, UNREACHABLE, Change, changes
from bot.teams.conversations import PLATFORM
from bot.teams.platform import TeamsPlatform
from bot.teams.transport import Json
from handlers.message import Facts, Happened

log = structlog.get_logger()


class Following:
    """Never raises, as Teams tells nothing twice: what could not be followed is looked at instead.

    `begin`: work that goes on when the request is over.
    """

    def __init__(
        self, ear: Ear, platform: TeamsPlatform, begin: Callable[[Coroutine[Any, Any, None]], object]
    ) -> None:
        self._ear = ear
        self._platform = platform
        self._begin = begin

    async def follow(self, activity: Json) -> None:
        """Let what an activity tells have its effect."""
        try:
            for change in changes(activity):
                await self._follow(change)
        except Exception:
            log.exception("change_not_followed")
            self._begin(stock.take(self._ear, {PLATFORM: self._platform}))

    async def _follow(self, change: Change) -> None:
        if change.kind == UNREACHABLE:
            await self._platform.personal.out_of_reach(str(change.user))
            return
        places = list(self._places(change))
        for place in places:
            await self._keep_whether_there(change, place["address"])
        if change.kind == LOOK:
            self._look([place["address"] for place in places])
            return
        for number, place in enumerate(places):
            await self._tell(change, f"{change.id}@{number}" if number else change.id, place)

    def _look(self, addresses: list[str]) -> None:
        """Find out, in a moment, who is in those of the rooms that stand there."""
        self._begin(stock.take(self._ear, {PLATFORM: self._platform}, addresses))

    async def _keep_whether_there(self, change: Change, address: str) -> None:
        """Remember whether the bot can speak in a conversation, where that changed."""
        known = self._platform.references.at(address)
        if known and (change.gone or change.back):
            await self._platform.references.keep(replace(known, gone=change.gone))

    def _places(self, change: Change) -> Iterator[Facts]:
        """Each conversation in which it happened."""
        team = self._platform.references.in_team(change.team) if change.team else ()
        addresses = [change.address] if change.address else [one.address for one in team]
        for address in addresses:
            yield {"platform": PLATFORM, "tenant": change.where.tenant, "address": address}

    async def _tell(self, change: Change, event: str, place: Facts) -> None:
        """Tell what happened. Of somebody who is not there any more nobody knows the account."""
        about = await self._about(change)
        if about is None:
            self._look([place["address"]])
            return
        now, facts = self._ear.clock.now(), {**place, **change.facts, **about}
        await self._ear.happened(Happened(id=event, at=now, kind=change.kind, facts=facts))

    async def _about(self, change: Change) -> Facts | None:
        if change.user is None:
            return {}
        account = await self._platform.people.known(change.where, change.user)
        return {"account": account} if account else None
