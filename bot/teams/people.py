"""Who somebody is in Teams: asked where they are met, and remembered for a while. No tenant is listed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.platform import CROWDED, MOST_INSIDE, Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.teams.calls import Calls
from bot.teams.conversations import PLATFORM, Conversation, account_id
from bot.teams.references import References
from bot.teams.transport import Json, Refusal
from handlers.message import Account

REMEMBERED: Final = 3600.0
"""Seconds after which somebody is asked for again: Teams tells nobody that they changed."""

ROSTER_REMEMBERED: Final = 600.0
"""Seconds after which a roster is looked through again for an address."""

PLACE_SECONDS: Final = 4.0
"""Seconds for one roster in which an address is looked for."""

LAST_FOR: Final = 60.0
"""Seconds in which a place that was out of order is looked through after all others."""

_MOST = 10_000
_TROUBLE = (LineDropped, NotNow, TooMany, Refusal)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody, as a roster showed them last. `user` is what Teams calls them before this bot ("29:…").

    `account.tenant` is their own; the conversation's for the guests whom its tenant invited by the address
    it shows, and "" where nobody says whose they are.
    """

    account: Account
    user: str
    met_in: str


@dataclass(frozen=True, kw_only=True)
class _Roster:
    """The people in a conversation by their addresses, and since when that is known."""

    by_email: Mapping[str, Account]
    since: float


class People:
    """`tenants`: whose addresses are believed. `now` gives seconds, from whenever."""

    def __init__(
        self,
        calls: Calls,
        references: References,
        tenants: frozenset[str],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._references = references
        self._tenants = tenants
        self._now = now
        self._known: OrderedDict[str, tuple[Member, float]] = OrderedDict()
        self._rosters: dict[str, _Roster] = {}
        self._failed: dict[str, tuple[Exception, float]] = {}
        self._looking = asyncio.Lock()

    async def account(self, of: Conversation, user: str) -> Account | None:
        """The account of a person by either of their ids, met in a conversation; None for a bot.

        Raises Gone for nobody. When Teams does not answer, what was known before will do.
        """
        known, since = self._known.get(user, (None, 0.0))
        if known and self._now() - since < REMEMBERED:
            return known.account
        try:
            found = await self.ask(of, user)
        except (LineDropped, NotNow, TooMany):
            found = known
            if known is None:
                raise
        return found.account if found else None

    async def known(self, of: Conversation, user: str) -> Account | None:
        """The account of a person; None for a bot, and for nobody."""
        try:
            return await self.account(of, user)
        except Gone:
            return None

    async def inside(self, of: Conversation, user: str) -> Account | None:
        """The account of a person who is in a conversation now; None for a bot, and for anybody else."""
        try:
            found = await self.ask(of, user)
        except Gone:
            return None
        return found.account if found else None

    async def ask(self, of: Conversation, user: str) -> Member | None:
        """Somebody who is in a conversation now; None for a bot. Raises Gone for nobody."""
        try:
            found = member(await self._calls.member(of, user), of)
        except Gone as nobody:
            raise Gone("There is no such person in this conversation.") from nobody
        return self._remember(found) if found else None

    async def roster(self, of: Conversation) -> tuple[Member, ...]:
        """The people in a conversation, as they are now. Raises RoomGone."""
        return self._met(await self._calls.members(of), of)

    async def in_room(self, of: Conversation) -> tuple[Member, ...]:
        """The same of one that is a room, or is to be. Raises RoomGone, where it is crowded too."""
        everybody = await self._calls.members(of, MOST_INSIDE)
        if len(everybody) > MOST_INSIDE:
            raise RoomGone(CROWDED)
        return self._met(everybody, of)

    def _met(self, everybody: Iterable[Json], of: Conversation) -> tuple[Member, ...]:
        people = (member(one, of) for one in everybody)
        return tuple(self._remember(one) for one in people if one)

    async def with_email(self, email: str) -> Account | None:
        """The account with this address among those that the bot meets; None when there is none.

        One team after the other, then one personal chat after the other; each is asked now and then only,
        however many people are looked up at once. While a place is out of order, only somebody who is found
        in another is known: else its trouble is raised.
        """
        trouble, began = None, self._now()
        for place in await self._places():
            try:
                found = (await self._looked_into(place, began)).get(email.casefold())
            except _TROUBLE as out_of_order:
                trouble = trouble or out_of_order
                continue
            if found:
                return found
        if trouble:
            raise trouble
        return None

    def met_in(self, account: str) -> str | None:
        """The address of the conversation in which somebody was met last."""
        known, _since = self._known.get(account, (None, 0.0))
        return known.met_in if known else None

    def called(self, account: str) -> str | None:
        """What Teams calls somebody before this bot, who was met lately."""
        known, _since = self._known.get(account, (None, 0.0))
        return known.user if known else None

    async def _places(self) -> list[Conversation]:
        """Where people are looked for; what was out of order just now comes last."""
        lately = {address for address, (_, since) in self._failed.items() if self._now() - since < LAST_FOR}
        places = (*await self._references.shared(), *await self._references.chats())
        return sorted(places, key=lambda place: place.address in lately)

    async def _looked_into(self, place: Conversation, began: float) -> Mapping[str, Account]:
        """The people in a place by their addresses. Who waited while others tried in vain tries no more."""
        async with self._looking:
            trouble, since = self._failed.get(place.address, (None, began))
            if trouble and since > began:
                raise trouble
            try:
                async with asyncio.timeout(PLACE_SECONDS):
                    found = await self._by_email(place)
            except (*_TROUBLE, TimeoutError) as failed:
                trouble = NotNow() if isinstance(failed, TimeoutError) else failed
                self._failed[place.address] = trouble, self._now()
                raise trouble from failed
            self._failed.pop(place.address, None)
            return found

    async def _by_email(self, place: Conversation) -> Mapping[str, Account]:
        """The people in a conversation by their addresses; nobody where it is gone."""
        known, lasts = self._rosters.get(place.address), REMEMBERED if place.direct else ROSTER_REMEMBERED
        if known and self._now() - known.since < lasts:
            return known.by_email
        try:
            accounts = [one.account for one in await self.roster(place)]
        except Gone:
            accounts = []
        by_email = {one.email.casefold(): one for one in accounts if one.email and self._believes(one)}
        self._rosters[place.address] = _Roster(by_email=by_email, since=self._now())
        return by_email

    def _believes(self, one: Account) -> bool:
        """Whether an address is theirs because their tenant says so; anybody else could show another's."""
        return one.tenant in self._tenants and not one.guest

    def _remember(self, found: Member) -> Member:
        for name in {found.account.id, found.user}:
            self._known[name] = (found, self._now())
            self._known.move_to_end(name)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found


def member(user: Json, of: Conversation) -> Member | None:
    """Somebody from a roster; None for a bot."""
    known_as = account_id(user)
    if known_as is None:
        return None
    account = Account(
        platform=PLATFORM,
        tenant=_tenant(user, of),
        id=known_as,
        name=str(user.get("name") or user.get("givenName") or known_as),
        email=str(user.get("email") or "") or None,
        guest=user.get("userRole") == "anonymous",
    )
    return Member(account=account, user=str(user.get("id") or known_as), met_in=of.address)


def _tenant(user: Json, of: Conversation) -> str:
    """Whose they are. An address is believed by it, so the word "guest" alone makes nobody one of ours."""
    if user.get("userRole") == "anonymous":
        return ""
    return of.tenant if _is_guest(user) else str(user.get("tenantId") or "").lower()


def _is_guest(user: Json) -> bool:
    """Whether the tenant that shows somebody has invited them: it makes up such a name for signing in."""
    return user.get("userRole") == "guest" and "#EXT#" in str(user.get("userPrincipalName") or "").upper()
