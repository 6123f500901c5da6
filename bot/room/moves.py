"""What people do to the rooms themselves: they come and go, rename a room, close it and open it again."""

from typing import Any

from bot.room import people, places, unkindness
from bot.room.chat import Chat
from bot.room.house import House
from bot.room.mistakes import Mistake
from handlers.message import Happened


class Moves:
    """Each is done at once, and the bot hears of it, as it would in any chat."""

    def __init__(self, chat: Chat, house: House) -> None:
        self._chat = chat
        self._house = house

    async def enter(self, person: people.Person, place: str) -> None:
        """Bring somebody into a room that is open."""
        room = self._room(place)
        if room.archived:
            raise Mistake("This room is closed.", 409)
        if not places.has(self._chat, place, person.id):
            places.join(self._chat, place, person.id)
            await self._tell("entered", place, account=person.account())

    async def leave(self, person: people.Person, place: str) -> None:
        """Let somebody go out of a room they are in."""
        places.leave(self._chat, self._own(person, place).address, person.id)
        await self._tell("departed", place, account=person.account())

    async def rename(self, person: people.Person, place: str, title: str) -> None:
        """Give a room another title."""
        places.rename(self._chat, self._own(person, place).address, title)
        await self._tell("room_renamed", place, title=title)

    async def close(self, person: people.Person, place: str) -> None:
        """Close a room: nobody says anything in it any more, and the bot cannot."""
        places.archive(self._chat, self._own(person, place).address)
        await self._tell("room_gone", place, why="archived")

    async def open(self, person: people.Person, place: str) -> None:
        """Open a closed room again, with those who were in it."""
        places.unarchive(self._chat, self._own(person, place).address)
        there = (people.get(self._chat, one) for one in places.members(self._chat, place))
        await self._tell("room_back", place, members=tuple(one.account() for one in there if one))

    async def _tell(self, kind: str, place: str, **facts: Any) -> None:
        """Let the bot hear of it; twice, where the room is unkind in this way."""
        where = {"platform": people.PLATFORM, "tenant": people.TENANT, "address": place}
        event = Happened(
            id=f"{people.PLATFORM}:{people.TENANT}:event:{self._chat.sequence()}",
            at=self._house.now(),
            kind=kind,
            facts={**where, **facts},
        )
        for _ in range(2 if unkindness.now(self._chat).twice else 1):
            await self._house.happened(event)

    def _own(self, person: people.Person, place: str) -> places.Room:
        if not places.has(self._chat, self._room(place).address, person.id):
            raise Mistake("There is no such room for this person.", 404)
        return self._room(place)

    def _room(self, place: str) -> places.Room:
        found = places.get(self._chat, place)
        if found is None or found.direct:
            raise Mistake("There is no such room.", 404)
        return found
