"""A card as activities. Pure: plain JSON, to be sent in this order.

No activity holds `text` beside a card: Teams makes two messages of it, and tells the id of neither.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
"""

from typing import Final

from bot.letters import DASH, short
from bot.teams.draw import cards
from bot.teams.rich import Drawn
from bot.teams.transport import Json
from handlers.message import Card

CARD: Final = "application/vnd.microsoft.card.adaptive"

_LONGEST_SUMMARY = 200
_NEVER_MARKUP = str.maketrans("<>", "\u2039\u203a")


def activities(card: Card) -> tuple[Json, ...]:
    """A card as one message, or as several. `summary` is what a notification says."""
    return tuple(message(content, card.plain) for content in cards(card))


def message(content: Drawn, plain: str) -> Json:
    """A message of one Adaptive Card."""
    return {
        "type": "message",
        "summary": _summary(plain),
        "attachments": [{"contentType": CARD, "content": content}],
    }


def notifying(activity: Json) -> Json:
    """The message, told to its reader even while Teams is closed. For personal chats."""
    return {**activity, "channelData": {"notification": {"alert": True}}}


def nothing() -> Json:
    """What is left of a message that a card does not need any more: the bot can take none away."""
    [empty] = activities(Card(blocks=(), plain=DASH))
    return empty


def _summary(plain: str) -> str:
    """The first words on one line; nothing in it reads as a mention or as HTML."""
    return short(" ".join(plain.split()), _LONGEST_SUMMARY).translate(_NEVER_MARKUP)
