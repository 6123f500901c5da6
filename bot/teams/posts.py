"""A card in Teams: one message, or several in a row; posted, and edited.

What the bot posted cannot be looked for. So it is told where what stands of a card is that could be posted in
part only (`begun`), and completed when the same key is asked for again, in whichever process.
"""

import contextlib
from collections import OrderedDict
from collections.abc import Sequence
from itertools import zip_longest

from bot.teams.activities import activities, nothing, notifying
from bot.teams.addresses import Address
from bot.teams.calls import Calls
from bot.teams.conversations import without_thread
from bot.teams.references import References
from bot.teams.refusals import MessageGone
from bot.teams.transport import Json
from handlers.message import Card

_MOST_BEGUN = 500


class Posts:
    """Cards in personal chats, group chats and channels."""

    def __init__(self, calls: Calls, references: References) -> None:
        self._calls = calls
        self._references = references
        self._begun: OrderedDict[str, Address] = OrderedDict()

    def begun(self, key: str) -> str | None:
        """Where what stands of a card is, if this process could post it in part only."""
        at = self._begun.get(key)
        return str(at) if at else None

    async def post(self, place: str, card: Card, key: str, begun: str | None = None) -> str:
        """Post a card, in a channel as a new thread, and return its address. `begun`: as told before."""
        at = self._begun_in(place, key, begun)
        if at:
            with contextlib.suppress(MessageGone):
                return await self.edit(str(at), card, key)
        first, *others = activities(card)
        direct = (await self._references.place(place)).direct
        drawn = (notifying(first), *others) if direct else (first, *others)
        return await self._complete(Address(conversation=place), drawn, key)

    async def answer(self, conversation: str, card: Card, key: str) -> str:
        """Post a card right here, in a thread too, to somebody who is looking; its address."""
        return await self._complete(Address(conversation=conversation), activities(card), key)

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of one; its new address, as it may take more messages.

        What it does not need any more is emptied, to be filled again. Raises Gone where one of its
        messages was deleted; the others are emptied.
        """
        at, drawn = Address.read(address), activities(card)
        at = self._begun_in(at.conversation, key, address) or at
        try:
            await self._update(at, drawn)
        except MessageGone:
            self._begun.pop(key, None)
            await self._empty(at)
            raise
        return await self._complete(at, drawn, key)

    async def _complete(self, at: Address, drawn: Sequence[Json], key: str) -> str:
        """Post what of a card does not stand yet."""
        for activity in drawn[len(at.messages) :]:
            at = await self._post(at, activity)
            self._remember(key, at)
        self._begun.pop(key, None)
        return str(at)

    async def _post(self, at: Address, activity: Json) -> Address:
        place = await self._references.place(at.conversation)
        if place.kind == "channel" and at.conversation == place.address:
            thread, message = await self._calls.begin_thread(place, activity)
            return Address(conversation=thread, messages=(message,))
        return at.with_one_more(await self._calls.send(place, at.conversation, activity))

    async def _update(self, at: Address, drawn: Sequence[Json]) -> None:
        place = await self._references.place(at.conversation)
        shown = drawn[: len(at.messages)]
        for message, activity in zip_longest(at.messages, shown, fillvalue=None):
            await self._calls.update(place, at.conversation, str(message), activity or nothing())

    async def _empty(self, at: Address) -> None:
        """Leave nothing in those messages of a card that still stand."""
        place = await self._references.place(at.conversation)
        for message in at.messages:
            try:
                await self._calls.update(place, at.conversation, message, nothing())
            except MessageGone:
                continue

    def _begun_in(self, place: str, key: str, told: str | None) -> Address | None:
        """Where what stands of a card in this conversation is, as it is known here or was told."""
        found = (self._begun.get(key), Address.read(told) if told else None)
        here = [at for at in found if at and without_thread(at.conversation) == without_thread(place)]
        return max(here, key=lambda at: len(at.messages), default=None)

    def _remember(self, key: str, at: Address) -> None:
        self._begun[key] = at
        self._begun.move_to_end(key)
        while len(self._begun) > _MOST_BEGUN:
            self._begun.popitem(last=False)
