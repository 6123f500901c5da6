"""The personal chat with somebody: known, or begun where they are met. Who cannot be reached is told once."""

import secrets
import time
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from bot.hear import Ear
from bot.platform import Gone
from bot.teams.calls import Calls
from bot.teams.conversations import PLATFORM, Conversation
from bot.teams.people import People
from bot.teams.places import Places
from bot.teams.references import References
from handlers.message import Account, Happened
from handlers.people import as_told
from store.person import accounts_known_as

_NO_APP = "The app is not installed for this person in Teams."
_MOST_PLACES = 50
_TRIED_AGAIN_AFTER = 3600.0


class Personal:
    """`now` gives seconds, from whenever."""

    def __init__(
        self, calls: Calls, references: References, people: People, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._calls = calls
        self._references = references
        self._people = people
        self._now = now
        self._places = Places(now)
        self._in_vain: dict[str, float] = {}
        self._ear: Ear | None = None

    def begin(self, ear: Ear) -> None:
        """Tell, from now on, who cannot be reached any more."""
        self._ear = ear

    async def chat(self, account: str) -> str:
        """The address of the personal chat with somebody. Raises Gone where Teams has none for the bot."""
        known = await self._references.personal(account)
        if known and not known.gone:
            return known.address
        if not await self.is_out_of_reach(account):
            begun = await self._begun(account)
            if begun:
                return begun
        await self.out_of_reach(account)
        raise Gone(_NO_APP)

    async def is_out_of_reach(self, account: str) -> bool:
        """Whether the bot could not write to somebody when it tried last."""
        known = await self._references.personal(account)
        if known:
            return known.gone
        tried = self._in_vain.get(account)
        return tried is not None and self._now() - tried < _TRIED_AGAIN_AFTER

    async def out_of_reach(self, account: str) -> None:
        """Remember that somebody cannot be written to, and tell it of an account that is used here."""
        now, tried = self._now(), self._in_vain
        lately = {one: since for one, since in tried.items() if now - since < _TRIED_AGAIN_AFTER}
        self._in_vain = {**lately, account: now}
        known = await self._references.personal(account)
        if known:
            await self._references.lost(known.address)
        if self._ear is None:
            return
        for one in await self._ear.work(partial(_used, account=account)):
            await self._tell(self._ear, one)

    async def _begun(self, account: str) -> str | None:
        """The personal chat begun near the first place in which somebody is a member."""
        places = (await self._likely(account))[:_MOST_PLACES]
        return await self._places.first(places, lambda place: self._near(place, account))

    async def _likely(self, account: str) -> list[Conversation]:
        """The teams and group chats of the bot, the one first in which somebody was met."""
        met_in = self._references.at(self._people.met_in(account) or "")
        likely = {met_in.address, met_in.team} if met_in else set()
        return sorted(await self._references.shared(), key=lambda place: place.address not in likely)

    async def _near(self, place: Conversation, account: str) -> str:
        found = await self._people.ask(place, account)
        if found is None:
            raise Gone("That is a bot.")
        if found.account.tenant != place.tenant:
            raise Gone("Somebody from another organisation has no chat with the bot.")
        address = await self._calls.begin_chat(place, found.user)
        chat = Conversation(
            address=address,
            tenant=place.tenant,
            kind="personal",
            service_url=place.service_url,
            account=account,
            user=found.user,
        )
        await self._references.keep(chat)
        return address

    async def _tell(self, ear: Ear, account: Account) -> None:
        event = f"{PLATFORM}:{account.tenant}:unreachable:{secrets.token_hex(12)}"
        facts = {"account": account}
        await ear.happened(Happened(id=event, at=ear.clock.now(), kind="uninstalled", facts=facts))


def _used(session: Session, account: str) -> list[Account]:
    """The accounts of this id that the bot still writes to."""
    return [as_told(row) for row in accounts_known_as(session, PLATFORM, account) if row.reachable]
