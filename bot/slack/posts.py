"""A card in Slack: one message, or several in a row; posted, found again by its key, and edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.letters import DASH
from bot.platform import Gone, RoomGone, TooMany
from bot.slack.client import Json, Line, Refusal
from bot.slack.draw import messages
from bot.slack.history import metadata, standing
from bot.slack.refusals import allowed, understood, well
from handlers.message import Card


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a card stands: its messages in order, written as `channel:ts,ts`."""

    channel: str
    stamps: tuple[str, ...]

    @classmethod
    def read(cls, address: str) -> "Address":
        """The address from its text. Raises Gone for what is none."""
        channel, _, stamps = address.partition(":")
        if not (channel and stamps):
            raise Gone("There is no such message.")
        return cls(channel=channel, stamps=tuple(stamps.split(",")))

    def __str__(self) -> str:
        return f"{self.channel}:{','.join(self.stamps)}"


class Posts:
    """Cards in channels and direct conversations."""

    def __init__(self, line: Line, me: str) -> None:
        self._line = line
        self._me = me

    async def post(self, channel: str, card: Card, key: str) -> str:
        """Post a card and return its address. A part of it that stands already is not posted again."""
        drawn = messages(card)
        stamps = await self._all(channel, drawn, range(1, len(drawn) + 1), key, look=len(drawn) > 1)
        return str(Address(channel=channel, stamps=stamps))

    async def find(self, channel: str, key: str) -> str | None:
        """The address of the whole card posted with a key; None where it, or a part of it, does not stand."""
        found = await standing(self._line, channel, key, self._me)
        return str(Address(channel=channel, stamps=found.in_order())) if found.whole else None

    async def edit(self, address: str, card: Card, key: str) -> str:
        """Put another card in the place of one; its new address, as it may take more messages or fewer.

        Raises Gone where one of its messages was deleted; the others are taken away.
        """
        at, drawn = Address.read(address), messages(card)
        kept, surplus = at.stamps[: len(drawn)], at.stamps[len(drawn) :]
        try:
            for stamp, message in zip(kept, drawn, strict=False):
                await self._update(at.channel, stamp, message)
        except RoomGone:
            raise
        except Gone:
            await self._take_away(at.channel, at.stamps)
            raise
        await self._take_away(at.channel, surplus)
        missing = range(len(kept) + 1, len(drawn) + 1)
        more = await self._all(at.channel, drawn, missing, key, look=bool(missing))
        return str(Address(channel=at.channel, stamps=(*kept, *more)))

    async def pin(self, address: str) -> None:
        """Pin the first message of a card: it stays the first, whatever becomes of the others."""
        at = Address.read(address)
        with understood(at.channel), allowed(), well("already_pinned"):
            await self._line.call("pins.add", channel=at.channel, timestamp=at.stamps[0])

    async def _all(
        self, channel: str, drawn: Sequence[Json], parts: range, key: str, *, look: bool
    ) -> tuple[str, ...]:
        """The stamps of these parts of a card; each is posted, unless a `look` shows that it stands."""
        there = await self._there(channel, key) if look else {}
        return tuple(
            [
                there.get(part) or await self._post(channel, drawn[part - 1], metadata(key, part, len(drawn)))
                for part in parts
            ]
        )

    async def _there(self, channel: str, key: str) -> dict[int, str]:
        """What stands of a card. Where that may not be asked for now, only this card has to wait."""
        try:
            return (await standing(self._line, channel, key, self._me)).stamps
        except TooMany as asked:
            raise TooMany(asked.seconds) from asked

    async def _post(self, channel: str, message: Json, about: Json) -> str:
        with understood(channel):
            answer = await self._line.call(
                "chat.postMessage",
                channel=channel,
                metadata=about,
                unfurl_links=False,
                unfurl_media=False,
                **message,
            )
        return str(answer["ts"])

    async def _update(self, channel: str, stamp: str, message: Json) -> None:
        with understood(channel):
            await self._line.call("chat.update", channel=channel, ts=stamp, **message)

    async def _take_away(self, channel: str, stamps: Sequence[str]) -> None:
        """Delete messages of the bot's; where the workspace forbids that a dash is left of them."""
        for stamp in stamps:
            try:
                with understood(channel), well("message_not_found"):
                    await self._line.call("chat.delete", channel=channel, ts=stamp)
            except Refusal:
                await self._update(channel, stamp, {"text": DASH, "blocks": []})
