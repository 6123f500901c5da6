"""Conversations: public and private channels, and direct ones; who is in them, and since when."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.chat import Stay
from tests.fakes.slack import posts
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Event, Json, Workspace

KINDS = {"public": "channel", "private": "group", "im": "im"}
"""What Slack calls each kind in the events about it."""


@dataclass(kw_only=True)
class Channel:
    """`kind` is "public", "private" or "im". `shared`: with another workspace, by Slack Connect."""

    id: str
    name: str
    kind: str
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    deleted: bool = False
    shared: bool = False
    before: list[str] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """Who is in it now, in the order they came."""
        return [stay.user for stay in self.stays if stay.left is None]


def make(workspace: Workspace, name: str, kind: str, creator: str) -> Channel:
    """A new channel with only its creator in it."""
    channel = Channel(
        id=workspace.id("D" if kind == "im" else "C"), name=name, kind=kind, creator=creator,
        created=int(workspace.clock()),
    )  # fmt: skip
    workspace.channels[channel.id] = channel
    channel.stays.append(Stay(user=creator, joined=workspace.changed()))
    return channel


def direct(workspace: Workspace, one: str, other: str) -> Channel:
    """The direct conversation of two, made when there is none yet."""
    for channel in workspace.channels.values():
        if channel.kind == "im" and set(channel.members) == {one, other}:
            return channel
    channel = make(workspace, "directmessage", "im", one)
    if other != one:
        channel.stays.append(Stay(user=other, joined=workspace.sequence))
    return channel


def join(workspace: Workspace, channel: Channel, user: User, inviter: str | None = None) -> None:
    """Come in, or be invited; everybody there reads that."""
    channel.stays.append(Stay(user=user.id, joined=workspace.changed()))
    _say_so(workspace, channel, user.id, "join", f"<@{user.id}> has joined the channel")
    body = {
        "type": "member_joined_channel", "user": user.id, "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C", "team": user.team,
        "event_ts": workspace.ts(), **({"inviter": inviter} if inviter else {}),
    }  # fmt: skip
    workspace.tell(Event(subscription="member_joined_channel", body=body, channel=channel.id))


def leave(workspace: Workspace, channel: Channel, user: User, why: str = "left") -> None:
    """Go, or be removed. The app itself hears channel_left or group_left, of others member_left_channel."""
    for stay in channel.stays:
        if stay.user == user.id and stay.left is None:
            stay.left = workspace.changed()
    if user.bot:
        kind = f"{KINDS[channel.kind]}_left"
        body = {"type": kind, "channel": channel.id, "actor_id": user.id, "event_ts": workspace.ts()}
        workspace.tell(Event(subscription=kind, body=body))
        return
    _say_so(workspace, channel, user.id, "leave", f"<@{user.id}> has left the channel")
    body = {
        "type": "member_left_channel", "user": user.id, "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C", "team": user.team,
        "event_ts": workspace.ts(), "reason": why,
    }  # fmt: skip
    workspace.tell(Event(subscription="member_left_channel", body=body, channel=channel.id))


def rename(workspace: Workspace, channel: Channel, name: str, by: str) -> None:
    """Give it another name."""
    channel.before.append(channel.name)
    channel.name = name
    workspace.changed()
    _say_so(workspace, channel, by, "name", f"has renamed the channel to {name}")
    kind = f"{KINDS[channel.kind]}_rename"
    about = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    about |= {"is_channel": channel.kind == "public"}
    body = {"type": kind, "channel": about, "event_ts": workspace.ts()}
    workspace.tell(Event(subscription=kind, body=body, channel=channel.id))


def archive(workspace: Workspace, channel: Channel, by: str) -> None:
    """Close it to new messages; it can be read on."""
    _ends(workspace, channel, by, "archive")
    channel.archived = True


def unarchive(workspace: Workspace, channel: Channel, by: str) -> None:
    """Open it again."""
    channel.archived = False
    _ends(workspace, channel, by, "unarchive")


def delete(workspace: Workspace, channel: Channel, by: str) -> None:
    """Throw it away with everything in it."""
    _ends(workspace, channel, by, "deleted")
    channel.deleted = True


def _ends(workspace: Workspace, channel: Channel, by: str, how: str) -> None:
    workspace.changed()
    kind = f"{KINDS[channel.kind]}_{how}"
    body = {"type": kind, "channel": channel.id, "user": by, "event_ts": workspace.ts()}
    workspace.tell(Event(subscription=kind, body=body, channel=channel.id))


def set_text(workspace: Workspace, channel: Channel, what: str, text: str, by: str) -> None:
    """Set the topic or the purpose."""
    setattr(channel, what, text)
    workspace.changed()
    _say_so(workspace, channel, by, what, f"set the channel {what}: {text}")


def _say_so(workspace: Workspace, channel: Channel, by: str, what: str, text: str) -> None:
    prefix = "group" if channel.kind == "private" else "channel"
    posts.put(workspace, channel, by, {"text": text}, subtype=f"{prefix}_{what}")


def public(workspace: Workspace, channel: Channel, me: str) -> Json:
    """A channel as conversations.info shows one to the app."""
    now = channel.created
    if channel.kind == "im":
        other = next((one for one in channel.members if one != me), me)
        return {
            "id": channel.id, "created": now, "is_im": True, "is_org_shared": False, "user": other,
            "is_user_deleted": workspace.users[other].deleted, "is_archived": False, "priority": 0,
            "context_team_id": workspace.team,
        }  # fmt: skip
    return {
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": now,
        "creator": channel.creator, "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private", "is_im": False, "is_mpim": False,
        "is_private": channel.kind == "private", "is_archived": channel.archived, "is_general": False,
        "is_shared": channel.shared, "is_ext_shared": channel.shared, "is_org_shared": False,
        "is_member": me in channel.members, "context_team_id": workspace.team,
        "topic": _text(channel.topic, channel.creator, now),
        "purpose": _text(channel.purpose, channel.creator, now), "previous_names": list(channel.before),
    }  # fmt: skip


def shown(workspace: Workspace, channel: Channel, me: str) -> Json:
    """A channel as most methods answer with one."""
    return {"channel": public(workspace, channel, me)}


def _text(value: str, creator: str, at: int) -> Json:
    return {"value": value, "creator": creator if value else "", "last_set": at if value else 0}


def name_trouble(workspace: Workspace, name: Any) -> str | None:
    """Why Slack refuses a name for a channel, if it does."""
    if not name:
        return "invalid_name_required"
    if len(name) > 80:
        return "invalid_name_maxlength"
    if not all(_fit_for_name(letter) for letter in name):
        return "invalid_name_specials"
    if not re.search(r"\w", name.replace("_", "")):
        return "invalid_name_punctuation"
    taken = {one.name for one in workspace.channels.values() if one.kind != "im" and not one.deleted}
    return "name_taken" if name in taken else None


def _fit_for_name(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return letter in "-_" or kind in {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
