"""Who was picked in a form: anybody in one of the bot's teams and group chats.

A pick is whatever a client sends. So it costs nothing where it is made up: all rosters are looked through
now and then, and not asked about each id.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from bot.platform import NotNow
from bot.teams.conversations import Conversation
from bot.teams.people import People
from bot.teams.places import Places
from bot.teams.references import References
from handlers.message import Account

SECONDS: Final = 3.0
"""For everything together: Teams waits no longer than five. What was looked through by then counts."""

LOOKED_FOR: Final = 120.0
"""Seconds for which a roster is good enough to say that somebody is not in it."""

_MOST_PLACES: Final = 20
"""Teams and group chats in which somebody is looked for: others are written down by name."""


class Picks:
    """`now` gives seconds, from whenever."""

    def __init__(
        self, people: People, references: References, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._people = people
        self._references = references
        self._now = now
        self._places = Places(now)
        self._looked: dict[str, float] = {}
        self._looking = asyncio.Lock()

    async def account(self, user: str) -> Account | None:
        """The account with an id in Entra; None for nobody whom the bot meets.

        Raises NotNow, TooMany, LineDropped where Teams did not tell, or not in time.
        """
        if not _is_entra_id(user):
            return None
        try:
            async with asyncio.timeout(SECONDS), self._looking:
                return await self._met(user) or await self._places.first(
                    await self._not_looked_into(), lambda place: self._in_roster(place, user)
                )
        except TimeoutError as late:
            raise NotNow from late

    async def _met(self, user: str) -> Account | None:
        """Somebody who was met before."""
        place = self._references.at(self._people.met_in(user) or "")
        return await self._people.known(place, user) if place else None

    async def _in_roster(self, place: Conversation, user: str) -> Account | None:
        members = await self._people.roster(place)
        self._looked[place.address] = self._now()
        return next((one.account for one in members if one.account.id == user), None)

    async def _not_looked_into(self) -> list[Conversation]:
        now, looked = self._now(), self._looked
        self._looked = {place: since for place, since in looked.items() if now - since < LOOKED_FOR}
        shared = await self._references.shared()
        return [one for one in shared[:_MOST_PLACES] if one.address not in self._looked]


def _is_entra_id(user: str) -> bool:
    try:
        return str(UUID(user)) == user.lower()
    except ValueError:
        return False
