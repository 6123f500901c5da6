"""Which scope each method and each event needs. From docs.slack.dev, reference."""

CHANNEL_SCOPES = {
    "read": {"public": "channels:read", "private": "groups:read", "im": "im:read"},
    "history": {"public": "channels:history", "private": "groups:history", "im": "im:history"},
    "manage": {"public": "channels:manage", "private": "groups:write", "im": "im:write"},
}
"""For each thing to do to a conversation, the scope for its kind."""

METHOD_SCOPES = {
    "bots.info": "users:read",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.join": "channels:join",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "pins.add": "pins:write",
    "pins.list": "pins:read",
    "pins.remove": "pins:write",
    "team.info": "team:read",
    "users.info": "users:read",
    "users.lookupByEmail": "users:read.email",
}
"""Methods that always need the same scope. Those of conversations need one for the kind of channel."""

EVENT_SCOPES = {
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
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "pin_added": ("pins:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
"""For each event the scopes that let it through; of two, the one for the kind of channel."""


def for_event(subscription: str, kind: str | None) -> str | None:
    """The scope that an event needs, from a channel of this kind; None when it needs none."""
    scopes = EVENT_SCOPES[subscription]
    if not scopes:
        return None
    return scopes[-1] if kind == "private" else scopes[0]
