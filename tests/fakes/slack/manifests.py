"""An app manifest for tests of the peer itself: everything the peer knows, allowed."""

import copy
from typing import Any

from tests.fakes.slack.scopes import CHANNEL_SCOPES, EVENT_SCOPES, METHOD_SCOPES
from tests.fakes.slack.workspace import Json

_SCOPES = sorted(
    {"commands", "users:read.email", "channels:read"}
    | set(METHOD_SCOPES.values())
    | {scope for kinds in CHANNEL_SCOPES.values() for scope in kinds.values()}
    | {scope for scopes in EVENT_SCOPES.values() for scope in scopes}
)

_EVERYTHING: Json = {
    "display_information": {"name": "Critical Friend"},
    "features": {
        "app_home": {
            "home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Critical Friend", "always_online": True},
        "slash_commands": [
            {"command": "/challenge", "description": "Peer challenges", "should_escape": True}
        ],
    },
    "oauth_config": {"scopes": {"bot": _SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": sorted(EVENT_SCOPES)},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": False,
    },
}  # fmt: skip


def everything(*, socket: bool = False, without_scopes: tuple[str, ...] = (), **settings: Any) -> Json:
    """A manifest that asks for all there is, over Socket Mode or HTTP."""
    manifest = copy.deepcopy(_EVERYTHING)
    manifest["settings"] |= {"socket_mode_enabled": socket, **settings}
    bot = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = [scope for scope in bot if scope not in without_scopes]
    return manifest
