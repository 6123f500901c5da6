"""What Slack's words of refusal mean for the bot: a room that is gone, or something that can never work."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final

import structlog

from bot.platform import Gone, RoomGone
from bot.slack.client import NOT_THIS, NotAllowed, Refusal

log = structlog.get_logger()

_ROOM_GONE: Final[Mapping[str, str]] = {
    "is_archived": "archived",
    "is_inactive": "archived",
    "channel_not_found": "removed",
    "not_in_channel": "removed",
}
"""A private channel that the bot is not in any more does not exist for it."""

_NOBODY = "There is no such person in Slack."
_GONE: Final[Mapping[str, str]] = {
    "cannot_dm_bot": "That is an app, not a person.",
    "cant_invite": "Slack does not let this person be invited here.",
    "cant_kick_from_general": "Nobody can be taken out of this channel.",
    "cant_kick_self": "The bot cannot take itself out.",
    "cant_update_message": "This is not a message of the bot's.",
    "edit_window_closed": "The message is too old to be changed.",
    "invitee_cant_see_channel": "This person's workspace cannot see the channel.",
    "message_not_found": "Somebody deleted the message.",
    "messages_tab_disabled": "The app takes no direct messages: paste its manifest again.",
    "method_not_supported_for_channel_type": "This kind of conversation does not allow it.",
    "no_external_invite_permission": "The bot may not invite people from other workspaces.",
    "not_enabled": "The app has no Home: paste its manifest again.",
    "not_pinnable": "Slack does not let this be pinned.",
    "org_user_not_in_team": "This person is not in the workspace.",
    "permission_denied": "The workspace's settings do not let the bot do this.",
    "restricted_action": "The workspace's settings do not let the bot do this.",
    "restricted_action_read_only_channel": "The channel is set to be read only.",
    "too_many_members": "The channel is full.",
    "too_many_pins": "The channel has as many pins as Slack allows.",
    "ura_max_channels": "This guest may be in one channel only, and is in one.",
    "user_disabled": "This person's account is deactivated.",
    "user_is_restricted": "Slack does not let this be done for a guest.",
    "user_is_ultra_restricted": "Slack does not let this be done for a guest of one channel.",
    "user_not_found": _NOBODY,
    "user_not_visible": _NOBODY,
    "user_team_not_in_channel": "This person's workspace does not share the channel.",
    "users_not_found": _NOBODY,
}


@contextlib.contextmanager
def understood(channel: str = "") -> Iterator[None]:
    """Raise Gone or RoomGone for a refusal whose meaning is known. `channel`: what the call was about.

    Any other is a mistake of ours, and is logged by its word.
    """
    try:
        yield
    except NotAllowed:
        raise
    except Refusal as refusal:
        if refusal.word in _ROOM_GONE and channel and not is_direct(channel):
            raise RoomGone(_ROOM_GONE[refusal.word]) from refusal
        if refusal.word in _ROOM_GONE:
            raise Gone("There is no such conversation.") from refusal
        if refusal.word in _GONE:
            raise Gone(_GONE[refusal.word]) from refusal
        log.warning("slack_refused", why=refusal.word)
        raise


@contextlib.contextmanager
def allowed() -> Iterator[None]:
    """Raise Gone where the bot may do much, only not this: nothing that comes later waits for it.

    What says that the token is worth nothing stays what it is: that waits.
    """
    try:
        yield
    except NotAllowed as refused:
        if refused.word in NOT_THIS:
            raise Gone("The bot has no permission for this in Slack: run doctor.") from refused
        raise


@contextlib.contextmanager
def well(*words: str) -> Iterator[None]:
    """Take these refusals for success: what was asked for is so already."""
    try:
        yield
    except Refusal as refusal:
        if refusal.word not in words:
            raise


def is_direct(channel: str) -> bool:
    """Whether a channel is a direct conversation, by its id."""
    return channel.startswith("D")
