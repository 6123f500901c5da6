"""chat.*: messages posted, shown to one person, edited and deleted; pins."""

from tests.fakes.slack import blocks, channels, posts
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.posts import Post
from tests.fakes.slack.workspace import Event, Json

_LONGEST_TEXT = 40_000


def post_message(call: Call) -> Json:
    """chat.postMessage"""
    channel = _place(call)
    said = _said(call)
    post = posts.put(call.workspace, channel, call.me, said)
    message = posts.public(call.workspace, post, metadata=True)
    return {"channel": channel.id, "ts": post.ts, "message": message}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral"""
    channel = call.channel()
    user = call.user()
    _check_open(call, channel)
    if user.id not in channel.members:
        raise Refuse("user_not_in_channel")
    post = posts.put(call.workspace, channel, call.me, _said(call), only_for=user.id)
    return {"message_ts": post.ts}


def update(call: Call) -> Json:
    """chat.update"""
    channel = call.channel()
    post = _own(call, channel, "cant_update_message")
    if channel.archived:
        raise Refuse("is_inactive")
    said = _said(call, before=post)
    posts.change(call.workspace, channel, post, said)
    message = posts.public(call.workspace, post, metadata=True)
    return {"channel": channel.id, "ts": post.ts, "text": post.newest.text, "message": message}


def delete(call: Call) -> Json:
    """chat.delete"""
    channel = call.channel()
    post = _own(call, channel, "cant_delete_message")
    posts.remove(call.workspace, channel, post)
    return {"channel": channel.id, "ts": post.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink"""
    channel = call.channel()
    post = posts.at(call.workspace, channel.id, call.needed("message_ts"))
    if post is None:
        raise Refuse("message_not_found")
    link = f"https://{call.workspace.domain}.slack.example/archives/{channel.id}/p{post.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def pin(call: Call) -> Json:
    """pins.add"""
    channel, post = _pinned(call)
    if not call.workspace.switches.bots_pin:
        raise Refuse("permission_denied")
    if post.pinned:
        raise Refuse("already_pinned")
    post.pinned = call.workspace.changed()
    body = {"type": "pin_added", "user": call.me, "channel_id": channel.id, "event_ts": call.workspace.ts()}
    call.workspace.tell(Event(subscription="pin_added", body=body, channel=channel.id))
    return {}


def unpin(call: Call) -> Json:
    """pins.remove"""
    _, post = _pinned(call)
    if not post.pinned:
        raise Refuse("no_pin")
    post.pinned = None
    call.workspace.changed()
    return {}


def pins(call: Call) -> Json:
    """pins.list"""
    channel = call.channel()
    pinned = [post for post in posts.of(call.workspace, channel.id) if post.pinned]
    shown = [posts.public(call.workspace, post, metadata=False) for post in pinned]
    return {"items": [{"type": "message", "channel": channel.id, "message": one} for one in shown]}


def _place(call: Call) -> Channel:
    """Where to post; a user's id means the direct conversation with them."""
    user = call.workspace.users.get(call.needed("channel"))
    if user is not None and not user.bot:
        return channels.direct(call.workspace, call.me, user.id)
    channel = call.channel()
    _check_open(call, channel)
    return channel


def _check_open(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise Refuse("is_archived")
    if channel.kind == "im" and not call.app.home.get("messages_tab_enabled"):
        raise Refuse("messages_tab_disabled")
    if call.me not in channel.members and "chat:write.public" not in call.app.scopes:
        raise Refuse("not_in_channel")


def _said(call: Call, before: Post | None = None) -> Json:
    """What a call says, checked; of an edit only what it changes."""
    said: Json = {name: call.json(name) for name in ("blocks", "metadata") if call.args.get(name) is not None}
    if call.args.get("text") is not None:
        said["text"] = call.text("text")
    blocks.check_message(call.text("text"), said.get("blocks"), silent=before is not None)
    if "metadata" in said:
        blocks.check_metadata(said["metadata"])
    if len(said.get("text", "")) > _LONGEST_TEXT:
        raise Refuse("msg_too_long")
    if said.get("blocks"):
        said["blocks"] = blocks.with_ids(said["blocks"])
    return said


def _own(call: Call, channel: Channel, error: str) -> Post:
    post = posts.at(call.workspace, channel.id, call.needed("ts"))
    if post is None:
        raise Refuse("message_not_found")
    if post.author != call.me:
        raise Refuse(error)
    return post


def _pinned(call: Call) -> tuple[Channel, Post]:
    channel = call.channel()
    if call.me not in channel.members:
        raise Refuse("not_in_channel")
    if channel.archived:
        raise Refuse("is_archived")
    if not call.args.get("timestamp"):
        raise Refuse("no_item_specified")
    post = posts.at(call.workspace, channel.id, call.args["timestamp"])
    if post is None:
        raise Refuse("message_not_found")
    return channel, post
