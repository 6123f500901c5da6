"""What happens in Slack by itself has its effect: people come, go and change, channels end and are back."""

from collections.abc import Callable, Collection, Coroutine, Mapping
from functools import partial
from typing import Any

import structlog

from bot.hear import Ear
from bot.slack import hearing
from bot.slack.answers import TROUBLE
from bot.slack.gathering import gathered
from bot.slack.hearing import Change, Payload
from bot.slack.platform import SlackPlatform
from handlers import accounts
from handlers.message import Happened

log = structlog.get_logger()


class Following:
    """A `bot.slack.bolt.Changes`. Raises where a change could not be written down: Slack tells it again.

    `look`: `bot.listening.ActsInOrder.look`.
    """

    def __init__(
        self,
        ear: Ear,
        platform: SlackPlatform,
        look: Callable[[Collection[str]], Coroutine[Any, Any, None]],
    ) -> None:
        self._ear = ear
        self._platform = platform
        self._look = look

    async def came_or_went(self, body: Payload) -> None:
        """Somebody came into a channel or left it."""
        change = hearing.came_or_went(body, self._platform.tenant, self._platform.me)
        try:
            await self._follow(change)
        except TROUBLE:  # Slack did not tell who it was, and may not tell it again
            await self._look([change.facts["address"]])
            raise

    async def renamed(self, body: Payload) -> None:
        """A channel has another name."""
        await self._follow(hearing.renamed(body, self._platform.tenant))

    async def gone_or_back(self, body: Payload) -> None:
        """A channel is gone for the bot, or back."""
        await self._follow(hearing.gone_or_back(body, self._platform.tenant))

    async def home_opened(self, body: Payload) -> None:
        """Somebody opened the app's home."""
        change = hearing.home_opened(body, self._platform.tenant)
        if change:
            await self._follow(change)

    async def user_changed(self, body: Payload) -> None:
        """Somebody is called otherwise now, or is deactivated. Most of a workspace never met the bot."""
        now = self._platform.people.changed(body["event"]["user"])
        if not now.human or not await self._ear.work(partial(accounts.is_known, account=now.account)):
            return
        people = self._platform.people
        account = now.account if now.account.email else await people.known(now.account.id)
        if account is None:
            return
        if await self._ear.work(partial(accounts.is_other, account=account, active=now.active)):
            await self._follow(hearing.user_changed(body, self._platform.tenant, account))

    async def cut_off(self, body: Payload) -> None:
        """The bot may not speak any more: what is to be said waits until it may again."""
        log.error("slack_cut_the_bot_off", why=body["event"]["type"], next="doctor")

    async def _follow(self, change: Change) -> None:
        facts = await self._facts(change)
        if facts is not None:
            now = self._ear.clock.now()
            await self._ear.happened(Happened(id=change.id, at=now, kind=change.kind, facts=facts))
        if facts and change.kind == "room_back":  # somebody may have come since the members were told
            await self._look([change.facts["address"]])

    async def _facts(self, change: Change) -> Mapping[str, Any] | None:
        """What belongs to a change; None where it is about an app, or about nobody."""
        if change.user is not None:
            account = await self._platform.people.known(change.user)
            return {**change.facts, "account": account} if account else None
        if change.kind == "room_back":  # nobody told the bot who came and went meanwhile
            return {**change.facts, **await gathered(self._platform, change.facts["address"], ("members",))}
        return change.facts
