"""The bot, served in a local Slack: over HTTP into its app, or over a websocket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import select

from bot.serve import House as Served
from bot.serve import house as serve
from bot.settings import Settings
from bot.slack import surface as slack
from bot.slack.manifest import manifest
from bot.slack.surface import SlackSurface
from store.challenge import Challenge
from store.person import Person
from store.room import Room
from tests.fakes.house import BEGINS, House
from tests.fakes.slack import Channel, Peer, User

ADDRESS = "http://bot.example"


@dataclass(kw_only=True)
class InSlack:
    """A house in a local Slack, in which Jo (coordinator), Helen (sponsor) and Ruth (manager) are known."""

    house: House
    peer: Peer
    surface: SlackSurface
    served: Served
    jo: User
    helen: User
    ruth: User

    async def rest(self):
        """Wait until everything is answered."""
        await self.peer.rest()
        await self.surface.rest(5)
        await self.served.bot.ear.work(lambda _session: None)

    async def deliver(self):
        """Wait until everything is answered, has followed, and is delivered."""
        await self.rest()
        self.house.settle()
        while await self.served.bot.postman.deliver():
            self.served.bot.ear.woken.clear()

    async def team_room(self, *people: User) -> Channel:
        """The team's room, with the bot and these people in it."""
        channel = self.peer.add_channel("exampleshire-team", *people)
        await self.peer.invite_app(channel, by=people[0])
        await self.bound(channel, "team")
        return channel

    async def bound(self, channel: Channel, kind: str) -> None:
        """Let a channel be a room of the challenge."""

        def unit(session):
            challenge = session.scalars(select(Challenge)).one()
            session.add(
                Room(
                    programme_id=1, challenge_id=challenge.id, kind=kind, title=kind, topic="", state="bound",
                    platform="slack", tenant=self.peer.workspace.team, address=channel.id, wanted_at=BEGINS,
                    bound_at=BEGINS,
                )
            )  # fmt: skip

        await self.served.bot.ear.work(unit)

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
            known = {name: _known(house, peer, name) for name in ("Jo", "Helen", "Ruth")}
            found = InSlack(
                house=house, peer=peer, surface=surface, served=served,
                jo=known["Jo"], helen=known["Helen"], ruth=known["Ruth"],
            )  # fmt: skip
            yield found
            await found.rest()
        served.bot.ear.close()


def _known(house: House, peer: Peer, name: str) -> User:
    """Somebody whose e-mail address the programme knows."""
    email = f"{name.casefold()}@programme.example"

    def unit(session):
        session.scalars(select(Person).where(Person.name == name)).one().email = email

    house.change(unit)
    return peer.add_person(name, email=email)
