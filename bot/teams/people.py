"""Who somebody is in Teams: asked where they are met, and remembered for a while. No tenant is listed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.teams.calls import Calls
from bot.teams.conversations import PLATFORM, Conversation, account_id
from bot.teams.references import References
from bot.teams.transport import Json
from handlers.message import Account

REMEMBERED: Final = 3600.0
"""Seconds after which somebody is asked for again: Teams tells nobody that they changed."""

ROSTER_REMEMBERED: Final = 600.0
"""Seconds after which a roster is looked through again for an address."""

_MOST = 10_000


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
    """`now` gives seconds, from whenever."""

    def __init__(
        self, calls: Calls, references: References, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._calls = calls
        self._references = references
        self._now = now
        self._known: OrderedDict[str, tuple[Member, float]] = OrderedDict()
        self._rosters: dict[str, _Roster] = {}
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
        everybody = [member(one, of) for one in await self._calls.members(of)]
        return tuple(self._remember(one) for one in everybody if one)

    async def with_email(self, email: str) -> Account | None:
        """The account with this address among those that the bot meets; None when there is none.

        One team after the other, then one personal chat after the other; each is asked now and then only,
        however many people are looked up at once.
        """
        for place in (*self._references.shared(), *self._references.chats()):
            async with self._looking:
                by_email = await self._by_email(place)
            if email.casefold() in by_email:
                return by_email[email.casefold()]
        return None

    def met_in(self, account: str) -> str | None:
        """The address of the conversation in which somebody was met last."""
        known, _since = self._known.get(account, (None, 0.0))
        return known.met_in if known else None

    async def _by_email(self, place: Conversation) -> Mapping[str, Account]:
        """The people in a conversation by their addresses; nobody where it is gone."""
        known, lasts = self._rosters.get(place.address), REMEMBERED if place.direct else ROSTER_REMEMBERED
        if known and self._now() - known.since < lasts:
            return known.by_email
        try:
            accounts = [one.account for one in await self.roster(place)]
        except Gone:
            accounts = []
        by_email = {one.email.casefold(): one for one in accounts if one.email and not one.guest}
        self._rosters[place.address] = _Roster(by_email=by_email, since=self._now())
        return by_email

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
