"""The room as a chat platform: bot.platform.Platform over the chat, as unkind as it was told to be."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.room import forms, messages, people, places, unkindness
from bot.room.chat import Chat
from handlers.message import Account, Card

Result = TypeVar("Result")

PATIENCE = 0.2
"""Seconds that "too many requests" asks for."""


class RoomPlatform:
    """Nothing is posted once only for its key: like a real chat, the same key twice posts twice."""

    name = people.PLATFORM
    pace = 0.0
    tenant = people.TENANT

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._tried: set[tuple[str, str]] = set()
        self._refused: set[tuple[str, str]] = set()

    @property
    def whispers(self) -> bool:
        """Whether a message in a room can be for one account alone."""
        return not unkindness.now(self._chat).no_whispers

    async def direct(self, account: str) -> str:
        """The address of the direct conversation with an account."""
        return await self._ask(lambda: self._person(account).direct)

    async def look_up(self, email: str) -> Account | None:
        """The account with this e-mail address."""
        person = await self._ask(lambda: people.with_email(self._chat, email))
        return person.account() if person else None

    async def post(
        self, place: str, card: Card, key: str, only_for: str | None = None, _begun: str | None = None
    ) -> str:
        """Post a card and return its address. Raises Gone for a whisper where there are none, RoomGone."""

        def act() -> str:
            self._check_place(place, only_for)
            return messages.post(self._chat, place=place, card=card, key=key, only_for=only_for).address

        return await self._do("post", key, act)

    def begun(self, _key: str) -> str | None:
        """Nothing: a card is one message."""
        return None

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of a posted one, where it stays."""
        await self._do("edit", key, lambda: messages.edit(self._chat, self._message(address), card, key))
        return address

    async def pin(self, address: str) -> None:
        """Pin a posted card where it stands."""

        def act() -> None:
            message = self._message(address)
            if unkindness.now(self._chat).no_pins:
                raise Gone("The bot may pin nothing here.")
            messages.pin(self._chat, message)

        await self._do("pin", address, act)

    async def make_room(self, title: str, topic: str, key: str) -> str:
        """Make a room with nobody in it and return its address."""

        def act() -> str:
            if unkindness.now(self._chat).no_rooms:
                raise Gone("The bot may make no rooms here.")
            return places.make(self._chat, title=title, topic=topic, key=key)

        return await self._do("make_room", key, act)

    async def invite(self, place: str, account: str) -> None:
        """Bring an account into a room."""

        def act() -> None:
            room, person = self._room(place), self._person(account)
            if unkindness.now(self._chat).no_invites:
                raise Gone("The bot may bring nobody in here.")
            places.join(self._chat, room.address, person.id)

        await self._do("invite", f"{place} {account}", act)

    async def remove(self, place: str, account: str) -> None:
        """Take an account out of a room."""

        def act() -> None:
            places.leave(self._chat, self._room(place).address, account)

        await self._do("remove", f"{place} {account}", act)

    async def members(self, place: str) -> tuple[Account, ...]:
        """The accounts of the people in a room."""

        def act() -> tuple[Account, ...]:
            there = (
                people.get(self._chat, one) for one in places.members(self._chat, self._room(place).address)
            )
            return tuple(person.account() for person in there if person)

        return await self._ask(act)

    async def home(self, account: str, card: Card, key: str) -> None:
        """There are no such pages here. Raises Gone."""
        raise Gone("This chat has no page for one person.")

    async def find(self, key: str, place: str) -> str | None:
        """The address of the message that was posted or edited with exactly this key, wherever it stands."""

        def act() -> str | None:
            found = messages.with_key(self._chat, key)
            if found:
                return found.address
            shown = forms.answering(self._chat, key)
            return f"form-{shown.id}" if shown else None

        return await self._ask(act)

    async def find_room(self, key: str, title: str) -> str | None:
        """The address of the room that was made with exactly this key."""
        return await self._ask(lambda: places.made_with(self._chat, key))

    async def _ask(self, act: Callable[[], Result]) -> Result:
        """Serve a question: it changes nothing, so it can only be slow."""
        await asyncio.sleep(unkindness.now(self._chat).delay)
        return _careful(act)

    async def _do(self, call: str, key: str, act: Callable[[], Result]) -> Result:
        """Serve a call that takes effect, with the unkindness asked for on its first try."""
        unkind = unkindness.now(self._chat)
        await asyncio.sleep(unkind.delay)
        if unkind.too_many and _first((call, key), self._refused):
            raise TooMany(PATIENCE)
        result = _careful(act)
        if unkind.drop_line and _first((call, key), self._tried):
            raise LineDropped
        return result

    def _check_place(self, place: str, only_for: str | None) -> None:
        found = places.get(self._chat, place)
        if found is None:
            raise Gone("There is no such place.")
        _check_open(found)
        if only_for is None:
            return
        if not found.direct and not self.whispers:
            raise Gone("Nothing in this chat's rooms can be for one person alone.")
        if not places.has(self._chat, place, only_for):
            raise Gone("That person is not in this place.")

    def _room(self, place: str) -> places.Room:
        found = places.get(self._chat, place)
        if found is None or found.direct:
            raise Gone("There is no such room.")
        _check_open(found)
        return found

    def _person(self, account: str) -> people.Person:
        found = people.get(self._chat, account)
        if found is None:
            raise Gone("There is no such account.")
        return found

    def _message(self, address: str) -> messages.Message:
        found = messages.at_address(self._chat, address)
        if found is None or found.author is not None:
            raise Gone("There is no such message of the bot's.")
        _check_open(places.get(self._chat, found.place))
        return found


def _check_open(place: places.Room | None) -> None:
    if place and place.archived:
        raise RoomGone("archived")


def _first(call: tuple[str, str], seen: set[tuple[str, str]]) -> bool:
    """Whether this is the first time, remembering it."""
    first = call not in seen
    seen.add(call)
    return first


def _careful(act: Callable[[], Result]) -> Result:
    try:
        return act()
    except sqlite3.OperationalError as error:
        raise NotNow from error
