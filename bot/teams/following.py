"""What happens in Teams by itself has its effect: people come and go, channels end and are back."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.hear import Ear
from bot.platform import LineDropped, NotNow, TooMany
from bot.teams.changes import INSTALLED, LOOK, UNREACHABLE, Change, changes
from bot.teams.conversations import PLATFORM
from bot.teams.platform import TeamsPlatform
from bot.teams.remembered import remembered
from bot.teams.transport import Json
from handlers.message import Facts, Happened

log = structlog.get_logger()

LATER: Final = (1.0, 10.0, 60.0, 300.0)
"""Seconds after which Teams is asked again who added the app, while it does not tell."""


class Following:
    """Never raises, as Teams tells nothing twice: what could not be followed is looked at instead.

    `begin`: work that goes on when the request is over. `look`: `bot.listening.ActsInOrder.look`.
    """

    def __init__(
        self,
        ear: Ear,
        platform: TeamsPlatform,
        begin: Callable[[Coroutine[Any, Any, None]], object],
        look: Callable[[Collection[str] | None], Coroutine[Any, Any, None]],
    ) -> None:
        self._ear = ear
        self._platform = platform
        self._begin = begin
        self._look = look

    async def follow(self, activity: Json) -> None:
        """Let what an activity tells have its effect."""
        try:
            await self._platform.references.catch_up()
            for change in changes(activity):
                await self._follow(change)
        except Exception:
            log.exception("change_not_followed")
            self._begin(self._look(None))

    async def _follow(self, change: Change) -> None:
        if change.kind == UNREACHABLE:
            await self._removed(change)
            return
        places = await self._places(change)
        for place in places:
            await self._keep_whether_there(change, place["address"])
        if change.kind == LOOK:
            await self._look([place["address"] for place in places])
        elif change.kind == INSTALLED:
            await self._added(change, LATER)
        else:
            for number, place in enumerate(places):
                await self._tell(change, f"{change.id}@{number}" if number else change.id, place)

    async def _removed(self, change: Change) -> None:
        """Write no more in a personal chat. Whoever took the app away may have done so for somebody else."""
        chat = self._platform.references.at(change.where.address)
        await self._platform.references.lost(change.where.address)
        await self._platform.personal.out_of_reach((chat and chat.account) or str(change.user))

    async def _added(self, change: Change, later: tuple[float, ...]) -> None:
        """Tell that somebody added the app: of whoever is known, also while Teams does not tell who it is."""
        [place] = await self._places(change)
        try:
            await self._tell(change, change.id, place)
        except (LineDropped, NotNow, TooMany):
            known = await remembered(self._ear, change.where.tenant, str(change.user))
            if known:
                await self._happened(change, change.id, {**place, "account": known})
            elif later:
                self._begin(self._added_then(change, *later))

    async def _added_then(self, change: Change, wait: float, *later: float) -> None:
        """The same in a while, unless the app is taken away by then."""
        await asyncio.sleep(wait)
        await self._platform.references.catch_up()
        chat = self._platform.references.at(change.where.address)
        try:
            if chat and not chat.gone:
                await self._added(change, later)
        except Exception:
            log.exception("change_not_followed")

    async def _keep_whether_there(self, change: Change, address: str) -> None:
        """Remember whether the bot can speak in a conversation, where that changed."""
        known = self._platform.references.at(address)
        if known and (change.gone or change.back):
            await self._platform.references.keep(replace(known, gone=change.gone))

    async def _places(self, change: Change) -> list[Facts]:
        """Each conversation in which it happened."""
        team = await self._platform.references.in_team(change.team) if change.team else ()
        addresses = [change.address] if change.address else [one.address for one in team]
        where = {"platform": PLATFORM, "tenant": change.where.tenant}
        return [{**where, "address": address} for address in addresses]

    async def _tell(self, change: Change, event: str, place: Facts) -> None:
        """Tell what happened. Of somebody who is not there any more nobody knows the account."""
        about = await self._about(change)
        if about is None:
            await self._look([place["address"]])
            return
        if change.kind == INSTALLED:
            whose = about["account"].id
            user = self._platform.people.called(whose)
            await self._platform.references.keep(replace(change.where, account=whose, user=user))
        await self._happened(change, event, {**place, **change.facts, **about})

    async def _happened(self, change: Change, event: str, facts: Facts) -> None:
        now = self._ear.clock.now()
        await self._ear.happened(Happened(id=event, at=now, kind=change.kind, facts=facts))

    async def _about(self, change: Change) -> Facts | None:
        if change.user is None:
            return {}
        people = self._platform.people
        find = people.inside if change.kind == INSTALLED else people.known
        account = await find(change.where, change.user)
        return {"account": account} if account else None
