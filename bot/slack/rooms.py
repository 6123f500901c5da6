"""Rooms in Slack: private channels, made and kept by the bot."""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from html import unescape
from itertools import count, islice
from typing import Any

import structlog

from bot.clock import Clock
from bot.letters import short, units
from bot.platform import CROWDED, MOST_INSIDE, Gone, RoomGone
from bot.slack.client import Json, Line, Refusal
from bot.slack.refusals import allowed, understood, well

log = structlog.get_logger()

_LONGEST_NAME, _LONGEST_TEXT = 80, 250
_MOST_NAMES, _MOST_PAGES = 20, 10
_BEGUN_WITHIN = 60 * 60
_CANNOT_MAKE = {
    "access_denied",
    "cannot_create_channel",
    "missing_scope",
    "no_permission",
    "restricted_action",
    "user_is_restricted",
}


class Rooms:
    """Channels by their ids. `me`: the bot's own user id."""

    def __init__(self, line: Line, me: str) -> None:
        self._line = line
        self._me = me
        self._clock = Clock()

    async def make(self, title: str, topic: str, key: str) -> str:
        """Make a private channel, or finish one begun with this key. Raises Gone where the bot may not.

        Its purpose, which is set last, ends with the key: a room that has it is finished.
        """
        channel = await self._made(title, key)
        await self._describe(channel, "conversations.setTopic", topic=short(topic, _LONGEST_TEXT))
        await self._describe(channel, "conversations.setPurpose", purpose=_purpose(title, key))
        return channel

    async def find(self, key: str) -> str | None:
        """The channel that was made and finished with this key."""
        async for channel in self._own():
            if _has_key(channel, key):
                return str(channel["id"])
        return None

    async def invite(self, channel: str, user: str) -> None:
        """Bring somebody in. Already there is well."""
        with understood(channel), allowed(), well("already_in_channel", "cant_invite_self"):
            await self._line.call("conversations.invite", channel=channel, users=user)

    async def remove(self, channel: str, user: str) -> None:
        """Take somebody out. Not there is well."""
        with understood(channel), allowed(), well("not_in_channel"):
            await self._line.call("conversations.kick", channel=channel, user=user)

    async def about(self, channel: str) -> Json:
        """What Slack says of a channel. Raises RoomGone where it is archived, or the bot is not in it.

        Who was in an archived channel is still told, so that alone says nothing.
        """
        with understood(channel):
            about: Json = (await self._line.call("conversations.info", channel=channel))["channel"]
        if about.get("is_archived"):
            raise RoomGone("archived")
        if not about.get("is_member", True):
            raise RoomGone("removed")
        return about

    async def members(self, channel: str) -> tuple[str, ...]:
        """The ids of everybody in a channel, apps too. Raises RoomGone, where it is crowded too."""
        found: list[str] = []
        with understood(channel):
            async for user in self._pages("conversations.members", "members", channel=channel):
                found.append(user)
                if len(found) > MOST_INSIDE:
                    raise RoomGone(CROWDED)
        return tuple(found)

    async def _made(self, title: str, key: str) -> str:
        """A new channel under the first name that is free, or the one that was begun with this key."""
        own: list[Json] | None = None
        for name in islice(_names(title), _MOST_NAMES):
            channel = await self._create(name)
            if channel:
                return channel
            own = own or [channel async for channel in self._own()]
            begun = next((one for one in own if one["name"] == name and self._may_be(one, key)), None)
            if begun:
                return str(begun["id"])
        raise Gone("Every name for this channel is taken.")

    def _may_be(self, channel: Json, key: str) -> bool:
        """Whether a channel is the one begun with a key: it says so, or it is new and nobody had time to.

        An old one without a purpose was another room, whose purpose somebody took away.
        """
        blank = not (channel.get("purpose") or {}).get("value")
        return _has_key(channel, key) or (
            blank and self._clock.wall().timestamp() - channel["created"] < _BEGUN_WITHIN
        )

    async def _create(self, name: str) -> str | None:
        """A new private channel; None when the name is taken. Raises Gone where the bot may not."""
        try:
            answer = await self._line.call("conversations.create", name=name, is_private=True)
        except Refusal as refusal:
            if refusal.word == "name_taken":
                return None
            if refusal.word in _CANNOT_MAKE:
                raise Gone("The workspace does not let the bot make channels.") from refusal
            raise
        return str(answer["channel"]["id"])

    async def _describe(self, channel: str, method: str, **text: str) -> None:
        """Set a topic or a purpose. A room without is still a room."""
        try:
            with understood(channel), allowed():
                await self._line.call(method, channel=channel, **text)
        except RoomGone:
            raise
        except (Gone, Refusal) as refusal:
            log.warning("slack_room_not_described", method=method, why=str(refusal))

    async def _own(self) -> AsyncIterator[Json]:
        """The private channels that the bot made, and is in."""
        found = self._pages(
            "users.conversations", "channels", types="private_channel", exclude_archived=True, limit=200
        )
        async for channel in found:
            if channel.get("creator") == self._me:
                yield channel

    async def _pages(self, method: str, name: str, **arguments: Any) -> AsyncIterator[Any]:
        """What lies under a name on every page that a method answers."""
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            answer = await self._line.call(method, cursor=cursor, **arguments)
            for one in answer.get(name, ()):
                yield one
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return


def _names(title: str) -> Iterator[str]:
    """Names for a channel, the plainest first: small letters, digits and hyphens, at most 80."""
    small = unicodedata.normalize("NFKC", title).lower()
    name = re.sub(r"[\W_]+", "-", small).strip("-")[:_LONGEST_NAME].rstrip("-") or "room"
    yield name
    for number in count(2):
        yield f"{name[: _LONGEST_NAME - 3].rstrip('-')}-{number}"


def _purpose(title: str, key: str) -> str:
    mark = f" ({key})"
    return short(title, _LONGEST_TEXT - units(mark)) + mark


def _has_key(channel: Json, key: str) -> bool:
    purpose = (channel.get("purpose") or {}).get("value", "")
    return unescape(purpose).endswith(f"({key})")
