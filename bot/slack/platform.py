"""Slack as a chat platform: bot.platform.Platform over the Web API."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.platform import Gone, RoomGone
from bot.settings import Settings
from bot.slack import client
from bot.slack.client import Line
from bot.slack.draw_home import view
from bot.slack.people import PLATFORM, Home, People
from bot.slack.posts import Posts
from bot.slack.refusals import understood
from bot.slack.rooms import Rooms
from handlers.message import Account, Card


class SlackPlatform:
    """The workspace (`tenant`) of one bot, whose own user id is `me`."""

    name = PLATFORM
    pace = 1.0
    """One message a second in a channel: https://api.slack.com/apis/rate-limits"""

    whispers = False
    """What Slack shows to one account alone can never be found again: the postman does not say it there."""

    def __init__(self, line: Line, home: Home, me: str) -> None:
        self.line = line
        self.tenant = home.team
        self.me = me
        self.people = People(line, home)
        self.rooms = Rooms(line, me)
        self._posts = Posts(line, me)

    async def direct(self, account: str) -> str:
        """The direct conversation with an account."""
        return await self.people.direct(account)

    async def look_up(self, email: str) -> Account | None:
        """The account with this e-mail address."""
        return await self.people.with_email(email)

    async def post(
        self, place: str, card: Card, key: str, only_for: str | None = None, _begun: str | None = None
    ) -> str:
        """Post a card and return its address. Raises Gone for a whisper."""
        if only_for is not None:
            raise Gone("What only one person sees is never posted in Slack.")
        return await self._posts.post(place, card, key)

    def begun(self, _key: str) -> str | None:
        """Nothing: what stands of a card is found by its key."""
        return None

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of a posted one, and return where it stands now."""
        return await self._posts.edit(address, card, key)

    async def pin(self, address: str) -> None:
        """Pin a posted card where it stands."""
        await self._posts.pin(address)

    async def home(self, account: str, card: Card, key: str) -> None:
        """Show a card as somebody's App Home."""
        with understood():
            await self.line.call("views.publish", user_id=account, view=view(card))

    async def make_room(self, title: str, topic: str, key: str) -> str:
        """Make a private channel and return its address."""
        return await self.rooms.make(title, topic, key)

    async def invite(self, place: str, account: str) -> None:
        """Bring an account into a channel."""
        await self.rooms.invite(place, account)

    async def remove(self, place: str, account: str) -> None:
        """Take an account out of a channel."""
        await self.rooms.remove(place, account)

    async def find(self, key: str, place: str) -> str | None:
        """The address of the whole card posted to a place with this key."""
        return await self._posts.find(place, key)

    async def find_room(self, key: str, title: str) -> str | None:
        """The channel made with this key, whatever it is called by now."""
        return await self.rooms.find(key)

    async def members(self, place: str) -> tuple[Account, ...]:
        """The accounts of the people in a channel. Raises RoomGone where it is archived, or open to all."""
        about = await self.rooms.about(place)
        if not about.get("is_private", True):
            raise RoomGone("public")
        return await self.inside(place)

    async def inside(self, place: str) -> tuple[Account, ...]:
        """The accounts of the people in a channel; apps, and whoever is deactivated, read nothing there."""
        users = await self.rooms.members(place)
        found = await asyncio.gather(*map(self.people.get, users))
        return tuple(one.account for one in found if one.human and one.active)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[SlackPlatform]:
    """The platform of the bot's token, closed at the end. Raises the port's errors where Slack says no."""
    async with client.opened(settings.slack_bot_token, settings.slack_api_url) as line:
        me = await line.call("auth.test")
        home = Home(team=str(me["team_id"]), enterprise=me.get("enterprise_id"))
        yield SlackPlatform(line, home, me=str(me["user_id"]))
