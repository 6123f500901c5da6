"""The local Teams itself: a web server on loopback, and everything that can be done and seen in it."""

import asyncio
import json
from typing import Any, Self

import httpx

from tests.fakes.teams import conversations, people
from tests.fakes.teams.answers import Answers
from tests.fakes.teams.app import App
from tests.fakes.teams.call import Called
from tests.fakes.teams.conversations import Conversation, Team
from tests.fakes.teams.delivering import Deliverer
from tests.fakes.teams.doing import Doing
from tests.fakes.teams.happening import Happening
from tests.fakes.teams.keys import ISSUER, Keys
from tests.fakes.teams.people import Person
from tests.fakes.teams.seeing import Seeing
from tests.fakes.teams.server import Server
from tests.fakes.teams.tenancy import Json, Tenancy
from tests.fakes.teams.tokens import SCOPE, Tokens
from tests.fakes.teams.unkind import Unkind


class Peer(Seeing, Doing, Happening):
    """A Teams cloud with one app in it: `async with Peer() as peer`. See the package.

    `patience`: seconds that the bot has to answer an invoke. `emulator`: nothing is signed, and the bot
    is to send no token.
    """

    issuer = ISSUER
    scope = SCOPE

    def __init__(self, *, patience: float = 5.0, emulator: bool = False) -> None:
        self.tenancy = Tenancy()
        self.app = App(tenant=self.tenancy.tenant)
        self.unkind = Unkind()
        self.keys = Keys()
        self.mistakes: list[str] = []
        self.tokens = Tokens(tenancy=self.tenancy, app=self.app, keys=self.keys, emulator=emulator)
        self.answers = Answers(tenancy=self.tenancy, mistakes=self.mistakes)
        self.deliverer = Deliverer(
            app=self.app, keys=self.keys, unkind=self.unkind, patience=patience, emulator=emulator
        )
        self.server = Server(
            tenancy=self.tenancy, app=self.app, keys=self.keys, tokens=self.tokens, unkind=self.unkind,
            mistakes=self.mistakes,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self.server.start()
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        await self.deliverer.close()
        await self.server.stop()
        if kind is None:
            assert not self.mistakes, self.mistakes

    # Where it is

    @property
    def base(self) -> str:
        """The peer's own address; the login endpoint is here too, its documents name Microsoft's host."""
        return self.server.base

    @property
    def service_url(self) -> str:
        """Where the connector is, as activities say."""
        return self.server.service_url

    @property
    def metadata_url(self) -> str:
        """The OpenID document that leads to the signing keys."""
        return f"{self.base}/v1/.well-known/openidconfiguration"

    def serve(self, url: str, asgi: Any = None) -> None:
        """Where the bot takes activities: an address, and the app itself where it is in this process."""
        transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False) if asgi else None
        self.deliverer.url = url
        self.deliverer.client = httpx.AsyncClient(transport=transport, timeout=60)

    # Who and what is there

    def add_person(
        self,
        name: str,
        *,
        email: str | None = None,
        guest: bool = False,
        tenant: str | None = None,
        anonymous: bool = False,
    ) -> Person:
        """Somebody new: of the tenant, its `guest` (B2B), of another `tenant` (federated), or `anonymous`."""
        return people.add(self.tenancy, name, email=email, guest=guest, tenant=tenant, anonymous=anonymous)

    def add_team(self, name: str, owner: Person, *members: Person) -> Team:
        """A team with its first channel, without the bot: `peer.install_in` brings it."""
        team = conversations.make_team(self.tenancy, name, owner)
        for person in members:
            conversations.join(self.tenancy, team, person)
        return team

    def add_channel(self, team: Team, name: str, *members: Person, private: bool = False) -> Conversation:
        """A channel, of which nobody is told; a private one has members of its own, its maker first."""
        maker = members[0] if private else None
        channel = conversations.make_channel(self.tenancy, team, name, private_for=maker)
        for person in members[1:] if private else ():
            conversations.join(self.tenancy, channel, person)
        return channel

    def add_chat(self, name: str, *members: Person) -> Conversation:
        """A group chat, without the bot: `peer.install_in` brings it."""
        return conversations.make_chat(self.tenancy, name, members)

    def general(self, team: Team) -> Conversation:
        """The first channel of a team."""
        found: Conversation = self.tenancy.conversations[team.id]
        return found

    def forget(self, conversation: Conversation) -> None:
        """Let a conversation be gone (404), without telling anybody."""
        conversation.deleted = True

    # What the bot did, and what else can be sent to it

    @property
    def calls(self) -> list[Called]:
        """Every call that the bot made, in order, refused ones included."""
        return self.server.calls

    def called(self, method: str) -> list[Called]:
        """The calls of one method so far, refused ones included."""
        return [one for one in self.calls if one.method == method]

    async def post(
        self, activity: Json, headers: dict[str, str] | None = None, **claims: Any
    ) -> httpx.Response:
        """Send an activity as it stands, signed by Teams, with other claims, or with headers of one's own."""
        told = self.deliverer.headers(activity, **claims) if headers is None else headers
        return await self.deliverer.post(json.dumps(activity).encode(), told)

    def activity(self, person: Person, place: Conversation, **parts: Any) -> Json:
        """A message of somebody as Teams would send it, with other parts."""
        said = {"type": "message", "id": self.tenancy.stamp(), "text": "help", "textFormat": "plain"}
        return self._base(person, place) | said | parts

    def revoke(self, why: str = "the app is not registered") -> None:
        """Take every token of the bot for no good, new ones too."""
        self.app.dead = why

    def later(self, seconds: float) -> None:
        """Move Teams' own clock on: access tokens grow old. Signatures keep true time."""
        self.tenancy.ahead += seconds

    async def rest(self, seconds: float = 30) -> None:
        """Wait until nothing is on its way to the bot any more. Raises TimeoutError."""
        await asyncio.wait_for(self.deliverer.rest(), seconds)
