"""The local Slack itself: a web server on loopback, and everything that can be done and seen in it."""

import asyncio
from typing import Any, Self

import httpx

from tests.fakes.slack import app as apps
from tests.fakes.slack import channels, users
from tests.fakes.slack.answers import Answers
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.delivering import RETRIES, Deliverer
from tests.fakes.slack.doing import Doing
from tests.fakes.slack.happening import Happening
from tests.fakes.slack.seeing import Seeing
from tests.fakes.slack.server import Called, Server
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.triggers import Triggers
from tests.fakes.slack.unkind import Unkind
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Event, Json, Workspace


class Peer(Doing, Happening, Seeing):
    """A Slack workspace with one app in it: `async with Peer(manifest=…) as peer`. See the package.

    `patience`: seconds that the app has for each delivery. `retries`: seconds to wait before an
    event is delivered again, and again.
    """

    def __init__(
        self, *, manifest: Json, patience: float = 3.0, retries: tuple[float, ...] = RETRIES
    ) -> None:
        self.workspace = Workspace()
        self.app = apps.install(self.workspace, manifest)
        self.unkind = Unkind()
        self.sockets = Sockets()
        self.triggers = Triggers(workspace=self.workspace)
        self.mistakes: list[str] = []
        self.answers = Answers(workspace=self.workspace, app=self.app, mistakes=self.mistakes)
        self.deliverer = Deliverer(
            workspace=self.workspace, app=self.app, unkind=self.unkind, sockets=self.sockets,
            patience=patience, retries=retries,
        )  # fmt: skip
        self.workspace.watchers.append(self._happened)
        self.server = Server(
            workspace=self.workspace, app=self.app, triggers=self.triggers, unkind=self.unkind,
            sockets=self.sockets, answers=self.answers, mistakes=self.mistakes,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.deliverer.close()
        await self.server.stop()
        if kind is None:
            assert not self.mistakes, self.mistakes

    @property
    def base(self) -> str:
        """The peer's own address."""
        return self.server.base

    @property
    def calls(self) -> list[Called]:
        """Every call that the app made, in order, refused ones included."""
        return self.server.calls

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.base}/api/"

    def serve(self, url: str, asgi: Any = None) -> None:
        """Where the bot takes HTTP requests: an address, and the app itself where it is in this process."""
        transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False) if asgi else None
        self.deliverer.url = url
        self.deliverer.client = httpx.AsyncClient(transport=transport, timeout=60)

    def _happened(self, event: Event) -> None:
        """Before the app was there for the first time, nobody is told."""
        if self.deliverer.client or self.sockets.opened:
            self.deliverer.hear(event)

    # Who and what is there

    def add_person(
        self, name: str, *, email: str | None = None, guest: str = "", team: str | None = None
    ) -> User:
        """Somebody new. `guest`: "", "multi" or "single". `team`: another workspace."""
        return users.add(self.workspace, name, email=email, guest=guest, team=team)

    def add_bot(self, name: str) -> User:
        """Another app's bot."""
        return users.add(self.workspace, name, bot=self.workspace.id("B"))

    def add_channel(self, name: str, *members: User, private: bool = True, shared: bool = False) -> Channel:
        """A channel made by the first of its members, without the bot: `peer.invite_app` brings it."""
        first, *others = members
        channel = channels.make(self.workspace, name, "private" if private else "public", first.id)
        channel.shared = shared
        for user in others:
            channels.join(self.workspace, channel, user)
        return channel

    def direct_between(self, one: User, other: User) -> Channel:
        """The direct conversation of two people, without the bot."""
        return channels.direct(self.workspace, one.id, other.id)

    async def invite_app(self, channel: Channel, by: User) -> None:
        """Bring the bot into a channel."""
        await self.join(self.app.bot, channel, by)

    def channel_called(self, name: str) -> Channel:
        """The channel with this name now. Raises KeyError."""
        for channel in self.workspace.channels.values():
            if channel.name == name and not channel.deleted:
                return channel
        raise KeyError(name)

    def revoke(self, error: str = "token_revoked") -> None:
        """Make the bot token invalid: token_revoked, account_inactive or invalid_auth."""
        self.app.dead = error

    def later(self, seconds: float) -> None:
        """Move Slack's own clock on: triggers and response_urls grow old. Signatures keep true time."""
        self.workspace.ahead += seconds

    async def rest(self, seconds: float = 30) -> None:
        """Wait until nothing is on its way to the app any more. Raises TimeoutError."""
        await asyncio.wait_for(self.deliverer.rest(), seconds)

    def called(self, method: str) -> list[Called]:
        """The calls of one method so far, refused ones included."""
        return [one for one in self.calls if one.method == method]
