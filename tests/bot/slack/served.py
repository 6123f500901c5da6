"""The bot, served in a local Slack: over HTTP into its app, or over a websocket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.house import house as serve
from bot.settings import Settings
from bot.slack import surface as slack
from bot.slack.manifest import manifest
from bot.slack.surface import SlackSurface
from tests.bot.served import InChat, known
from tests.fakes.house import House
from tests.fakes.slack import Channel, Peer, User

ADDRESS = "http://bot.example"


@dataclass(kw_only=True)
class InSlack(InChat):
    """A house in a local Slack, in which Jo (coordinator), Helen (sponsor) and Ruth (manager) are known."""

    peer: Peer
    surface: SlackSurface
    jo: User
    helen: User
    ruth: User

    async def rest(self):
        """Wait until everything is answered."""
        await self.peer.rest()
        await super().rest()

    async def team_room(self, *people: User) -> Channel:
        """The team's room, with the bot and these people in it."""
        channel = self.peer.add_channel("exampleshire-team", *people)
        await self.peer.invite_app(channel, by=people[0])
        await self.bound(channel, "team")
        return channel

    async def bound(self, channel: Channel, kind: str) -> None:
        """Let a channel be a room of the challenge."""
        await self.bound_at(self.peer.workspace.team, channel.id, kind)

    def of_the_bot(self, user: User, channel: Channel | None = None):
        """The bot's messages that somebody sees."""
        return [shown for shown in self.peer.messages(user, channel) if shown.author is None]


class Requests:
    """Sends anything to the bot, signed."""

    def __init__(self, slack: InSlack) -> None:
        self.slack = slack

    async def sends(self, body: bytes, content_type: str = "application/x-www-form-urlencoded"):
        """The response to a body."""
        transport = httpx.ASGITransport(app=self.slack.served.app)
        headers = {**self.slack.peer.app.sign(body), "Content-Type": content_type}
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post(f"{ADDRESS}/slack/events", content=body, headers=headers)


def settings(peer: Peer, **of: str) -> Settings:
    """The settings of a bot in this Slack: over Socket Mode where the app is reached so."""
    way = (
        {"slack_app_token": peer.app.app_token}
        if peer.app.by_socket
        else {"slack_signing_secret": peer.app.secret}
    )
    return Settings(**{"slack_bot_token": peer.app.bot_token, "slack_api_url": peer.api_url, **way, **of})


@asynccontextmanager
async def in_slack(house: House, *, by_socket: bool = False, **of) -> AsyncIterator[InSlack]:
    """Serve a house. `of`: what the local Slack is told."""
    asked = manifest(None if by_socket else ADDRESS)
    async with (
        Peer(manifest=asked, **{"retries": (0.0, 0.0), **of}) as peer,
        slack.opened(settings(peer)) as surface,
    ):
        served = serve(house.store, house.desk, [surface], house.clock)
        if not by_socket:
            peer.serve(f"{ADDRESS}/slack/events", served.app)
        async with served.hearing():
            if by_socket:
                await peer.sockets.connected()
            people = {name: known(house, peer, name) for name in ("Jo", "Helen", "Ruth")}
            found = InSlack(
                house=house, peer=peer, surface=surface, served=served,
                jo=people["Jo"], helen=people["Helen"], ruth=people["Ruth"],
            )  # fmt: skip
            yield found
            await found.rest()
        served.bot.ear.close()
