"""A card as activities. Pure: plain JSON, to be sent in this order.

No activity holds `text` beside a card: Teams makes two messages of it, and tells the id of neither.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
"""

from typing import Final

from bot.about import NAME
from bot.letters import DASH, short
from bot.teams.draw import cards
from bot.teams.rich import Drawn
from bot.teams.transport import Json
from handlers.message import Card, Heading, Paragraph
from handlers.words import plain

CARD: Final = "application/vnd.microsoft.card.adaptive"

_LONGEST_SUMMARY = 200
_NEVER_MARKUP = str.maketrans("<>", "\u2039\u203a")


def activities(card: Card) -> tuple[Json, ...]:
    """A card as one message, or as several. `summary` is what a notification says."""
    notice = _notice(card)
    return tuple(message(content, notice) for content in cards(card))


def message(content: Drawn, notice: str) -> Json:
    """A message of one Adaptive Card, and what a notification of it says."""
    return {
        "type": "message",
        "summary": notice,
        "attachments": [{"contentType": CARD, "content": content}],
    }


def notifying(activity: Json) -> Json:
    """The message, told to its reader even while Teams is closed. For personal chats."""
    return {**activity, "channelData": {"notification": {"alert": True}}}


def nothing() -> Json:
    """What is left of a message that a card does not need any more: the bot can take none away."""
    [empty] = activities(Card(blocks=(), plain=DASH))
    return empty


def _notice(card: Card) -> str:
    """A card's first line, which says what it is about; nothing in it reads as a mention or as HTML.

    Never more: notifications stand on locked screens and in Teams' e-mails, where a draft or what somebody
    said has no place, and whoever sees that something is up looks here.
    """
    first = next((block for block in card.blocks if isinstance(block, Heading | Paragraph)), None)
    said = " ".join(plain((first,)).split()) if first else NAME
    return short(said, _LONGEST_SUMMARY).translate(_NEVER_MARKUP)
