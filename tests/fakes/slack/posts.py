"""Messages: every version of each, who may see it, and how Slack shows one to an app."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.fakes.slack.workspace import Event, Json, Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.channels import Channel

MESSAGE_EVENTS = {"public": "message.channels", "private": "message.groups", "im": "message.im"}
_TYPES = {"public": "channel", "private": "group", "im": "im"}


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a message said from a moment on."""

    sequence: int
    text: str
    blocks: list[Json]
    metadata: Json | None = None


@dataclass(kw_only=True)
class Post:
    """One message. `only_for`: the user who alone sees it, until they reload (ephemeral)."""

    channel: str
    ts: str
    author: str
    versions: list[Version]
    only_for: str | None = None
    subtype: str | None = None
    pinned: int | None = None
    deleted: int | None = None
    files: list[Json] = field(default_factory=list)
    client_msg_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def newest(self) -> Version:
        """What it says now."""
        return self.versions[-1]


def put(workspace: Workspace, channel: "Channel", author: str, said: Json, **of: Any) -> Post:
    """Post what was said (text, blocks, metadata). The app hears of it, of its own messages too."""
    version = _version(workspace, said)
    post = Post(channel=channel.id, ts=workspace.ts(), author=author, versions=[version], **of)
    workspace.posts.append(post)
    if post.only_for is None:
        _tell(workspace, channel, post, public(workspace, post, metadata=False))
    return post


def change(workspace: Workspace, channel: "Channel", post: Post, said: Json) -> None:
    """Put something else in a message's place; what is not said again stays as it was."""
    kept = {"text": post.newest.text, "blocks": post.newest.blocks, "metadata": post.newest.metadata}
    before = public(workspace, post, metadata=False)
    post.versions.append(_version(workspace, kept | said))
    after = {"message": public(workspace, post, metadata=False), "previous_message": before}
    if post.only_for is None:
        _tell_hidden(workspace, channel, post, "message_changed", after)


def remove(workspace: Workspace, channel: "Channel", post: Post) -> None:
    """Delete a message."""
    before = public(workspace, post, metadata=False)
    post.deleted = workspace.changed()
    if post.only_for is None:
        gone = {"deleted_ts": post.ts, "previous_message": before}
        _tell_hidden(workspace, channel, post, "message_deleted", gone)


def at(workspace: Workspace, channel: str, ts: Any) -> Post | None:
    """The message with this timestamp that everybody in the channel can see."""
    for post in reversed(workspace.posts):
        if (post.channel, post.ts) == (channel, ts) and post.only_for is None and post.deleted is None:
            return post
    return None


def of(workspace: Workspace, channel: str) -> list[Post]:
    """What stands in a channel for everybody, oldest first."""
    return [
        post for post in workspace.posts
        if post.channel == channel and post.only_for is None and post.deleted is None
    ]  # fmt: skip


def public(workspace: Workspace, post: Post, *, metadata: bool) -> Json:
    """A message as conversations.history and events show one."""
    author = workspace.users[post.author]
    typed = not author.bot and not post.subtype
    edited = {"user": post.author, "ts": f"{int(workspace.clock())}.000000"}
    perhaps = {
        "bot_id": author.bot,
        "app_id": author.bot and "A0CRITICAL",
        "client_msg_id": post.client_msg_id if typed else None,
        "subtype": post.subtype,
        "blocks": post.newest.blocks,
        "edited": edited if len(post.versions) > 1 else None,
        "files": post.files,
        "pinned_to": [post.channel] if post.pinned else None,
        "metadata": post.newest.metadata if metadata else None,
    }
    return {
        "type": "message", "user": post.author, "ts": post.ts, "text": post.newest.text, "team": author.team,
        **{name: value for name, value in perhaps.items() if value},
    }  # fmt: skip


def _version(workspace: Workspace, said: Json) -> Version:
    return Version(
        sequence=workspace.changed(), text=said.get("text") or "", blocks=list(said.get("blocks") or []),
        metadata=said.get("metadata") or None,
    )  # fmt: skip


def _tell(workspace: Workspace, channel: "Channel", post: Post, shown: Json) -> None:
    where = {"channel": channel.id, "event_ts": post.ts, "channel_type": _TYPES[channel.kind]}
    subscription = MESSAGE_EVENTS[channel.kind]
    workspace.tell(
        Event(subscription=subscription, body=shown | where, channel=channel.id, author=post.author)
    )


def _tell_hidden(workspace: Workspace, channel: "Channel", post: Post, subtype: str, about: Json) -> None:
    stamp = workspace.ts()
    body = {"type": "message", "subtype": subtype, "hidden": True, "ts": stamp, **about}
    body |= {"channel": channel.id, "event_ts": stamp, "channel_type": _TYPES[channel.kind]}
    workspace.tell(
        Event(subscription=MESSAGE_EVENTS[channel.kind], body=body, channel=channel.id, author=post.author)
    )
