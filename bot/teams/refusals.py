"""What Teams' refusals mean for the bot, as the port's errors.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
("Status codes from bot conversational APIs") says which may be tried again.
"""

import math
from typing import Final

from bot.platform import Gone, LineDropped, NotNow, RoomGone, TooMany
from bot.teams.conversations import Conversation
from bot.teams.transport import Refusal

PATIENCE: Final = 30.0
_MOST_PATIENCE: Final = 600.0

_DID_NOTHING: Final = frozenset({412, 502, 503, 504})
_NOT_TAKEN: Final = frozenset({401, 421})
"""The bot's token is not good, or may not be sent to where this conversation is."""
_OF_THE_BOT: Final = frozenset({"BotNotRegistered", "InvalidBotApiHost", "Unauthorized"})
_SAYS_NOTHING: Final = frozenset({"", "ServiceError", "Unknown"})
_NO_APP: Final = "The app is not installed for this person in Teams."
_BLOCKED: Final = "This person blocked the app in Teams."
_REASONS: Final = {
    "BotDisabledByAdmin": "An administrator does not let this person use the app in Teams.",
    "BotNotInConversationRoster": _NO_APP,
    "ConversationBlockedByUser": _BLOCKED,
    "MessageWritesBlocked": _BLOCKED,
}
_FORBIDDEN: Final = "Teams does not let the app write to this person."
_NOT_THERE: Final = "There is no such conversation in Teams any more."


class NotAllowed(NotNow):
    """Teams does not take the bot for itself: a person must put it right, and all waits."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class MessageGone(Gone):
    """The message is not there any more; the conversation may well be."""


def meant(refusal: Refusal, of: Conversation) -> Exception:
    """What a refused call about a conversation comes to. Whatever is known of none is a mistake of ours."""
    if refusal.status == 429:
        return TooMany(patience(refusal.seconds))
    if refusal.status in _DID_NOTHING:
        return NotNow(refusal.code)
    if refusal.status >= 500 or refusal.status == 408:
        return LineDropped(refusal.code)
    if refusal.status in _NOT_TAKEN or refusal.code in _OF_THE_BOT:
        return NotAllowed(refusal.code or str(refusal.status))
    if refusal.status in {403, 404, 410}:
        return _gone(refusal, of)
    return refusal


def meant_of_message(refusal: Refusal, of: Conversation) -> Exception:
    """What it comes to that a message could not be changed.

    For one that was deleted, Teams says 404, or 403 with no word that says why:
    https://github.com/microsoft/BotFramework-Services/issues/269
    """
    if refusal.status == 404 or (refusal.status == 403 and refusal.code in _SAYS_NOTHING):
        return MessageGone("Somebody deleted the message.")
    return meant(refusal, of)


def patience(seconds: float | None) -> float:
    """Seconds to wait after there was too much: what Teams asks for, where that makes sense."""
    if seconds is None or not math.isfinite(seconds):
        return PATIENCE
    return min(max(1.0, seconds), _MOST_PATIENCE)


def _gone(refusal: Refusal, of: Conversation) -> Gone:
    if not of.direct:
        return RoomGone(_room_gone(refusal))
    if refusal.status == 403:
        return Gone(_REASONS.get(refusal.code, _FORBIDDEN))
    return Gone(_NOT_THERE)


def _room_gone(refusal: Refusal) -> str:
    """Why the bot cannot speak in a room: an archived team lets nobody write, and is still shown."""
    if refusal.code == "NotEnoughPermissions":
        return "archived"
    return "removed" if refusal.status == 403 else "deleted"
