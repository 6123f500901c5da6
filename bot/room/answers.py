"""Answers of the bot, shown in the chat where they belong."""

import logging

from bot.platform import Gone, LineDropped, NotNow, TooMany
from bot.room import forms, messages, people
from bot.room.chat import Chat
from bot.room.house import House
from bot.room.platform import RoomPlatform
from handlers.message import Answer, Card, Said

_log = logging.getLogger(__name__)


class Answers:
    """Shows each answer once, and tells the house whether it was handed over."""

    def __init__(self, chat: Chat, platform: RoomPlatform, house: House) -> None:
        self._chat = chat
        self._platform = platform
        self._house = house

    async def show(self, said: Said, answer: Answer, came_from: int | None) -> int:
        """Show an answer unless it stands there already; how many things were shown."""
        if self._shown(answer.said):
            await self._house.handed_over(answer.said)
            return 0
        if answer.form:
            forms.put(
                self._chat, answer.form, account=said.by.id, place=said.place.address, said=answer.said,
                instead_of=came_from,
            )  # fmt: skip
            await self._house.handed_over(answer.said)
            return 1
        if came_from is not None:
            forms.close(self._chat, came_from)
        return await self._post(said, answer, answer.card) if answer.card else 0

    async def _post(self, said: Said, answer: Answer, card: Card) -> int:
        """Post the answer where it belongs. When the room is unkind, the postman settles it later."""
        place, only_for = self._where(said, answer)
        try:
            await self._platform.post(place, card, answer.said, only_for)
        except (TooMany, LineDropped, NotNow, Gone) as trouble:
            _log.info("room_answer_not_handed_over said=%s trouble=%s", answer.said, type(trouble).__name__)
            await self._house.not_handed_over(answer.said)
            return int(self._shown(answer.said))
        await self._house.handed_over(answer.said)
        return 1

    def _where(self, said: Said, answer: Answer) -> tuple[str, str | None]:
        """The place and, in a room, the only one who sees it. Without whispers: their direct conversation."""
        if answer.to == "room" or said.place.direct:
            return said.place.address, None
        if not self._platform.whispers:
            return people.direct_with(said.by.id), None
        return said.place.address, said.by.id

    def _shown(self, said: str) -> bool:
        return bool(messages.with_key(self._chat, said) or forms.answering(self._chat, said))
