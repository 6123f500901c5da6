"""What stands in a channel, by the keys that the bot's messages carry as metadata.

The first message of a card carries the card's key, the others `key/2`, `key/3` and so on; each says
how many there are.
"""

from dataclasses import dataclass, field
from typing import Final

from bot.platform import TooMany
from bot.slack.client import Json, Line
from bot.slack.refusals import understood

EVENT_TYPE: Final = "critical_friend"

_PAGES = 2
"""Nobody looks further back: what nobody knows about was posted a moment ago."""


@dataclass(kw_only=True)
class Standing:
    """The stamps of those parts of a card that stand, by number, and how many parts it has."""

    stamps: dict[int, str] = field(default_factory=dict)
    parts: int = 0

    @property
    def whole(self) -> bool:
        """Whether the card stands with all its parts."""
        return 0 < self.parts == len(self.stamps)

    def in_order(self) -> tuple[str, ...]:
        """The stamps as the parts follow one another."""
        return tuple(self.stamps[part] for part in sorted(self.stamps))


def metadata(key: str, part: int, parts: int) -> Json:
    """What a message of a card carries."""
    own = key if part == 1 else f"{key}/{part}"
    return {"event_type": EVENT_TYPE, "event_payload": {"key": own, "part": part, "parts": parts}}


async def standing(line: Line, channel: str, key: str, me: str) -> Standing:
    """What stands of the card with a key, of the messages by the bot (`me`), by one or two looks."""
    found = Standing()
    cursor: str | None = None
    for page in range(_PAGES):
        history = await _page(line, channel, cursor, last=page == _PAGES - 1)
        for message in history.get("messages", ()):
            _note(found, message, key, me)
        cursor = (history.get("response_metadata") or {}).get("next_cursor")
        if found.whole or not cursor:
            break
    return found


async def _page(line: Line, channel: str, cursor: str | None, *, last: bool) -> Json:
    """One page, the newest messages first. An app sold outside Slack's Marketplace may read one a minute."""
    try:
        with understood(channel):
            return await line.call(
                "conversations.history", channel=channel, cursor=cursor, include_all_metadata=True
            )
    except TooMany:
        if last:
            return {}
        raise


def _note(found: Standing, message: Json, key: str, me: str) -> None:
    about = message.get("metadata") or {}
    if message.get("user") != me or about.get("event_type") != EVENT_TYPE:
        return
    payload = about.get("event_payload") or {}
    part, parts = int(payload.get("part", 1)), int(payload.get("parts", 1))
    if metadata(key, part, parts)["event_payload"]["key"] == payload.get("key"):
        found.stamps[part], found.parts = str(message["ts"]), parts
