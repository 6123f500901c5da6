"""Who somebody is in Slack: asked for one by one, and remembered for a while. No workspace is listed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.slack.client import Json, Line
from bot.slack.refusals import understood
from handlers.message import Account

PLATFORM = "slack"

_SLACKBOT = "USLACKBOT"
REMEMBERED: Final = 1800.0
"""Seconds after which somebody is asked for again: that they changed Slack may have told another process."""

_MOST = 5000
_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody, as Slack showed them last. `human`: no app, and not Slackbot.

    `account.tenant` is their own workspace: somebody met through Slack Connect has another one.
    A guest of this workspace counts like a member: Slack sent the invitation to the address it shows.
    """

    account: Account
    active: bool
    human: bool
    direct: str | None = None


@dataclass(frozen=True, kw_only=True)
class Home:
    """The bot's own workspace, and the Enterprise organisation that this belongs to, if any."""

    team: str
    enterprise: str | None = None

    def tenant_of(self, user: Json) -> str:
        """The workspace of somebody: the bot's own for whoever is in it, or in its organisation.

        Enterprise organisations tell a person's first workspace, or the organisation's own id:
        docs.slack.dev, "User object", `enterprise_user`.
        """
        own = str(user.get("team_id") or (user.get("profile") or {}).get("team") or "")
        if user.get("is_stranger"):
            return "" if own in self._ids else own
        teams = (user.get("enterprise_user") or {}).get("teams") or ()
        return self.team if own in self._ids or self.team in teams else own

    @property
    def _ids(self) -> set[str]:
        return {self.team, self.enterprise or self.team}


class People:
    """Remembers the latest few thousand. `now` gives seconds, from whenever."""

    def __init__(self, line: Line, home: Home, now: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._home = home
        self._now = now
        self._known: OrderedDict[str, tuple[Member, float]] = OrderedDict()
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def get(self, user: str) -> Member:
        """Somebody by their id. Raises Gone for nobody. Where Slack does not tell, what was known will do."""
        lately = self._known_lately(user)
        if lately:
            self._known.move_to_end(user)
            return lately
        async with self._few:
            lately = self._known_lately(user)
            return lately or await self._asked(user)

    def _known_lately(self, user: str) -> Member | None:
        known, since = self._known.get(user, (None, 0.0))
        return known if self._now() - since < REMEMBERED else None

    async def _asked(self, user: str) -> Member:
        try:
            with understood():
                answer = await self._line.call("users.info", user=user)
        except (LineDropped, NotNow, TooMany):
            if user not in self._known:
                raise
            return self._known[user][0]
        return self._remember(member(answer["user"], self._home))

    async def account(self, user: str) -> Account | None:
        """The account of a person; None for an app. Raises Gone for nobody."""
        found = await self.get(user)
        return found.account if found.human else None

    async def known(self, user: str) -> Account | None:
        """The account of a person; None for an app, and for nobody."""
        try:
            return await self.account(user)
        except Gone:
            return None

    async def with_email(self, email: str) -> Account | None:
        """The account of the active person with this address, None when there is none."""
        try:
            with understood():
                answer = await self._line.call("users.lookupByEmail", email=email)
        except Gone:
            return None
        found = self._remember(member(answer["user"], self._home))
        return found.account if found.active and found.human else None

    async def direct(self, user: str) -> str:
        """The direct conversation with somebody. Raises Gone where there can be none."""
        found = await self.get(user)
        if not found.active:
            raise Gone("This person's account is deactivated.")
        if found.direct:
            return found.direct
        with understood():
            answer = await self._line.call("conversations.open", users=user)
        channel = str(answer["channel"]["id"])
        self._remember(replace(found, direct=channel))
        return channel

    def changed(self, user: Json) -> Member:
        """Somebody as an event of Slack's says they are now, remembered where everything is known."""
        now = member(user, self._home)
        before, _since = self._known.pop(now.account.id, (None, 0.0))
        if before and now.account.email:
            return self._remember(replace(now, direct=before.direct))
        return now

    def _remember(self, found: Member) -> Member:
        before, _since = self._known.get(found.account.id, (None, 0.0))
        if before and not found.direct:
            found = replace(found, direct=before.direct)
        self._known[found.account.id] = found, self._now()
        self._known.move_to_end(found.account.id)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found


def member(user: Json, home: Home) -> Member:
    """Somebody from a user object. An address that Slack did not confirm is not taken."""
    profile = user.get("profile") or {}
    confirmed = user.get("is_email_confirmed", True)
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name")
    account = Account(
        platform=PLATFORM,
        tenant=home.tenant_of(user),
        id=str(user["id"]),
        name=str(name or user.get("name") or user["id"]),
        email=(profile.get("email") or None) if confirmed else None,
    )
    robot = user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == _SLACKBOT
    return Member(account=account, active=not user.get("deleted", False), human=not robot)
