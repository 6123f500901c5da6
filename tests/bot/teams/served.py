"""The bot, served in a local Teams: signed activities into its app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.serve import House as Served
from bot.serve import house as serve
from bot.settings import Settings
from bot.teams import surface as teams
from bot.teams.cloud import PUBLIC, Cloud
from bot.teams.surface import TeamsSurface
from store.challenge import Challenge
from store.person import Person
from store.room import Room
from tests.bot.teams.microsoft import Leading
from tests.fakes.house import BEGINS, House
from tests.fakes.teams import Conversation, Peer, Team
from tests.fakes.teams import Person as User

ADDRESS = "https://bot.example/api/messages"


@dataclass(kw_only=True)
class InTeams:
    """A house in a local Teams, in which Jo (coordinator), Helen (sponsor) and Ruth (manager) are known.

    The app is installed for each of them, and in their `team`.
    """

    house: House
    peer: Peer
    surface: TeamsSurface
    served: Served
    jo: User
    helen: User
    ruth: User
    team: Team

    async def rest(self):
        """Wait until everything is answered."""
        await self.surface.rest(5)
        await self.served.bot.ear.work(lambda _session: None)

    async def deliver(self):
        """Wait until everything is answered, has followed, and is delivered."""
        await self.rest()
        self.house.settle()
        while await self.served.bot.postman.deliver():
            self.served.bot.ear.woken.clear()

    async def room(self, kind: str = "team", *people: User) -> Conversation:
        """A channel of the team that is a room of the challenge."""
        channel = await self.peer.open_channel(self.jo, self.team, f"Exampleshire {kind}")
        await self.bound(channel, kind)
        return channel

    async def bound(self, channel: Conversation, kind: str) -> None:
        """Let a channel be a room of the challenge."""

        def unit(session):
            challenge = session.scalars(select(Challenge)).one()
            session.add(
                Room(
                    programme_id=1, challenge_id=challenge.id, kind=kind, title=kind, topic="", state="bound",
                    platform="teams", tenant=self.peer.app.tenant, address=channel.id, wanted_at=BEGINS,
                    bound_at=BEGINS,
                )
            )  # fmt: skip

        await self.served.bot.ear.work(unit)

    def of_the_bot(self, user: User, place: Conversation | None = None):
        """The bot's messages that somebody sees; in their personal chat, where no place is named."""
        there = place or self.peer.direct(user)
        return [shown for shown in self.peer.messages(user, there) if shown.author is None]


def cloud(peer: Peer) -> Cloud:
    """Microsoft's addresses, as the peer has them."""
    return replace(PUBLIC, metadata=peer.metadata_url, issuer=peer.issuer, services=(peer.base,))


def settings(peer: Peer, **of: str) -> Settings:
    """The settings of the bot that the peer has registered."""
    own = {
        "microsoft_app_id": peer.app.id,
        "microsoft_app_password": peer.app.password,
        "microsoft_app_tenant_id": peer.app.tenant,
    }
    return Settings(**{**own, **of})


@asynccontextmanager
async def opened(peer: Peer, **of: str) -> AsyncIterator[TeamsSurface]:
    """The surface of the bot that the peer has registered."""
    async with teams.opened(settings(peer, **of), cloud(peer), Leading(peer.base)) as surface:
        yield surface


@asynccontextmanager
async def in_teams(house: House, **of) -> AsyncIterator[InTeams]:
    """Serve a house. `of`: what the local Teams is told."""
    async with Peer(**of) as peer, opened(peer) as surface:
        served = serve(house.store, house.desk, [surface], house.clock)
        peer.serve(ADDRESS, served.app)
        async with served.hearing():
            known = {name: _known(house, peer, name) for name in ("Jo", "Helen", "Ruth")}
            team = peer.add_team("Peer challenges", *known.values())
            found = InTeams(
                house=house, peer=peer, surface=surface, served=served, team=team,
                jo=known["Jo"], helen=known["Helen"], ruth=known["Ruth"],
            )  # fmt: skip
            for person in known.values():
                await peer.install(person)
            await peer.install_in(team, by=found.jo)
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
