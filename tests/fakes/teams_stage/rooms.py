"""Where rooms stand in Teams: each in a private team of its own, in its first channel, or in a group chat."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.fakes.teams import Conversation, Peer, Person, Team

IN_A_CHAT = {"liaison"}
"""The kinds of room for which people begin a group chat."""


@dataclass(frozen=True, kw_only=True)
class Stands:
    """A room that was bound: its kind, its challenge ("" for the programme's own), and where."""

    kind: str
    challenge: str
    place: Conversation


class Rooms:
    """The rooms that people made, by the titles they gave them and by what the bot keeps there."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._titles: dict[str, Conversation] = {}
        self._bound: list[Stands] = []

    async def open(self, title: str, by: Person, *, as_chat: bool = False) -> Conversation:
        """Make a place with somebody and the bot in it."""
        if as_chat:
            place = self._peer.add_chat(title, by)
        else:
            place = self._peer.general(self._peer.add_team(title, by))
        await self._peer.install_in(whole(place), by=by)
        self._titles[title] = place
        return place

    def bound(self, kind: str, challenge: str, place: Conversation) -> None:
        """From now on the bot keeps a room there."""
        self._bound.append(Stands(kind=kind, challenge=challenge, place=place))

    def called(self, name: str, challenge: str = "") -> Iterator[Conversation]:
        """The places of a title, or of a kind of room in a challenge, the newest first."""
        if name in self._titles:
            yield self._titles[name]
        slug = challenge.casefold().split(" ")[0]
        for one in reversed(self._bound):
            if one.kind == name and one.challenge.casefold().startswith(slug):
                yield one.place

    async def bring_in(self, person: Person, place: Conversation, by: Person) -> None:
        """Bring somebody in, unless they are there."""
        if person.id not in place.members:
            await self._peer.join(person, whole(place), by=by)

    async def take_out(self, person: Person, place: Conversation, by: Person) -> None:
        """Take somebody out, or go."""
        await self._peer.leave(person, whole(place), by=by)


def whole(place: Conversation) -> Team | Conversation:
    """What people come into: everybody in a team reads its first channel."""
    return place.team or place
