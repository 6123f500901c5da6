"""What Slack is asked for: the app manifest, with the scopes, events and commands that the code uses.

A test walks bot/slack and fails when the code calls a method or hears an event that is not listed
here, or when something listed here is not used. Scopes of a method or event: docs.slack.dev/reference.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.about import LONG, NAME, SHORT

COMMAND: Final = "/challenge"
EVENTS_PATH: Final = "/slack/events"

# A room is a private channel. A public one is looked at only to see that it is none of ours.
_READ = ("channels:read", "groups:read")
_HISTORY = ("groups:history", "im:history")

METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.create": ("groups:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.invite": ("groups:write",),
    "conversations.kick": ("groups:write",),
    "conversations.members": _READ,
    "conversations.open": ("im:write",),
    "conversations.setPurpose": ("groups:write",),
    "conversations.setTopic": ("groups:write",),
    "pins.add": ("pins:write",),
    "users.conversations": ("groups:read",),
    "users.info": ("users:read", "users:read.email"),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.update": (),
    "views.publish": (),
}
"""The Web API methods called with the bot's token, and the scopes each needs for what it is used for."""

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": _READ,
    "member_left_channel": _READ,
    "message.im": ("im:history",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""The events heard, and the scopes Slack wants to see before it sends them."""

APP_SCOPE: Final = "connections:write"
"""What the app-level token of Socket Mode needs; it is given when that token is made, not here."""


def scopes() -> tuple[str, ...]:
    """Every scope of the bot's token, in order."""
    used = [*METHODS.values(), *EVENTS.values(), ("commands",)]
    return tuple(sorted({scope for one in used for scope in one}))


def manifest(address: str | None = None) -> dict[str, Any]:
    """The manifest. `address`: where Slack reaches the bot over HTTPS; None for Socket Mode."""
    url = address.rstrip("/") + EVENTS_PATH if address else None
    return {
        "display_information": {
            "name": NAME,
            "description": SHORT,
            "long_description": LONG,
            "background_color": "#2B4A6B",
        },
        "features": _features(url),
        "oauth_config": {"scopes": {"bot": list(scopes())}},
        "settings": _settings(url),
    }


def _features(url: str | None) -> dict[str, Any]:
    """`should_escape` brings a person named in the command as their account, not as a display name."""
    command = {
        "command": COMMAND,
        "description": "Everything about a peer challenge: say what you want, or help",
        "usage_hint": "help · next · status · team · new exampleshire lga_full",
        "should_escape": True,
    }
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": NAME, "always_online": True},
        "slash_commands": [command | _request_url("url", url)],
    }


def _settings(url: str | None) -> dict[str, Any]:
    """Token rotation is off: the bot is given one token by its operator and keeps no refresh token."""
    return {
        "event_subscriptions": {"bot_events": sorted(EVENTS)} | _request_url("request_url", url),
        "interactivity": {"is_enabled": True} | _request_url("request_url", url),
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }


def _request_url(name: str, url: str | None) -> dict[str, str]:
    return {name: url} if url else {}
