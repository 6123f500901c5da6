"""The bot, served in a local Teams: signed activities into its app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from sqlalchemy import delete

from bot.house import house as serve
from bot.teams import surface as teams
from bot.teams.surface import TeamsSurface
from store.person import PersonAccount
from tests.bot.served import InChat, known
from tests.bot.teams.in_teams import cloud, settings
from tests.bot.teams.microsoft import Leading
from tests.fakes.house import House
from tests.fakes.teams import Conversation, Peer, Team
from tests.fakes.teams import Person as User

ADDRESS = "https://bot.example/api/messages"


@dataclass(kw_only=True)
class InTeams(InChat):
    """A house in a local Teams, in which Jo (coordinator), Helen (sponsor) and Ruth (manager) are known.

    The app is installed for each of them, and in their `team`.
    """

    peer: Peer
    surface: TeamsSurface
    jo: User
    helen: User
    ruth: User
    team: Team

    async def room(self, kind: str = "team") -> Conversation:
        """A channel of the team that is a room of the challenge."""
        channel = await self.peer.open_channel(self.jo, self.team, f"Exampleshire {kind}")
        await self.bound(channel, kind)
        return channel

    async def bound(self, channel: Conversation, kind: str) -> None:
        """Let a channel be a room of the challenge, as somebody told the bot in it."""
        first = self.surface.platform.references.at(self.team.id)
        await self.surface.platform.references.keep(replace(first, address=channel.id))
        await self.bound_at(self.peer.app.tenant, channel.id, kind)

    def silence(self) -> None:
        """Let Teams tell the bot of nobody who they are, and nobody be remembered."""
        self.surface.platform.people._known.clear()
        self.peer.unkind.status("member", times=None)

    def forget(self, user: User) -> None:
        """Let the store know nothing of somebody's account."""
        mine = PersonAccount.account == user.object_id
        self.house.change(lambda session: session.execute(delete(PersonAccount).where(mine)))

    def of_the_bot(self, user: User, place: Conversation | None = None):
        """The bot's messages that somebody sees; in their personal chat, where no place is named."""
        there = place or self.peer.direct(user)
        return [shown for shown in self.peer.messages(user, there) if shown.author is None]


@asynccontextmanager
async def opened(peer: Peer, **of: str) -> AsyncIterator[TeamsSurface]:
    """The surface of the bot that the peer has registered."""
    async with teams.opened(settings(peer, **of), cloud(peer), Leading(peer.base)) as surface:
        yield surface


@asynccontextmanager
async def in_teams(house: House, tenants: str = "", **of) -> AsyncIterator[InTeams]:
    """Serve a house, for the people of further `tenants` too. `of`: what the local Teams is told."""
    async with Peer(**of) as peer, opened(peer, teams_tenants=tenants) as surface:
        served = serve(house.store, house.desk, [surface], house.clock)
        peer.serve(ADDRESS, served.app)
        async with served.hearing():
            people = {name: known(house, peer, name) for name in ("Jo", "Helen", "Ruth")}
            team = peer.add_team("Peer challenges", *people.values())
            found = InTeams(
                house=house, peer=peer, surface=surface, served=served, team=team,
                jo=people["Jo"], helen=people["Helen"], ruth=people["Ruth"],
            )  # fmt: skip
            for person in people.values():
                await peer.install(person)
            await peer.install_in(team, by=found.jo)
            yield found
            await found.rest()
        served.bot.ear.close()
