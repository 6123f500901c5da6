"""conversations.* and users.conversations: channels made, named, closed, listed and read."""

from tests.fakes.slack import channels, posts
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.scopes import CHANNEL_SCOPES
from tests.fakes.slack.workspace import Json

_LONGEST_TEXT = 250
_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


def create(call: Call) -> Json:
    """conversations.create"""
    kind = "private" if call.flag("is_private") else "public"
    call.need_scope(CHANNEL_SCOPES["manage"][kind])
    if not call.workspace.switches.bots_make_channels:
        raise Refuse("restricted_action")
    trouble = channels.name_trouble(call.workspace, call.text("name"))
    if trouble:
        raise Refuse(trouble)
    channel = channels.make(call.workspace, call.text("name"), kind, call.me)
    return channels.shown(call.workspace, channel, call.me)


def set_topic(call: Call) -> Json:
    """conversations.setTopic"""
    return _set_text(call, "topic")


def set_purpose(call: Call) -> Json:
    """conversations.setPurpose"""
    return _set_text(call, "purpose")


def _set_text(call: Call, what: str) -> Json:
    channel = call.channel_inside("manage")
    text = call.text(what)
    if len(text) > _LONGEST_TEXT:
        raise Refuse("too_long")
    channels.set_text(call.workspace, channel, what, text, call.me)
    return channels.shown(call.workspace, channel, call.me) | {what: text}


def open_direct(call: Call) -> Json:
    """conversations.open"""
    wanted = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if not wanted:
        return channels.shown(call.workspace, call.channel("manage"), call.me)
    call.need_scope(CHANNEL_SCOPES["manage"]["im"])
    if len(wanted) > 1:
        raise Refuse("missing_scope", needed="mpim:write", provided=",".join(call.app.scopes))
    user = call.user_with(wanted[0])
    if user.bot:
        raise Refuse("cannot_dm_bot")
    if user.deleted:
        raise Refuse("user_disabled")
    channel = channels.direct(call.workspace, call.me, user.id)
    shown = channels.public(call.workspace, channel, call.me)
    return {"channel": shown if call.flag("return_im") else {"id": channel.id}, "no_op": False}


def info(call: Call) -> Json:
    """conversations.info"""
    channel = call.channel("read")
    found = channels.shown(call.workspace, channel, call.me)
    if call.flag("include_num_members"):
        found["channel"]["num_members"] = len(channel.members)
    return found


def history(call: Call) -> Json:
    """conversations.history: the newest first; with metadata only when asked for"""
    channel = call.channel("history")
    if call.me not in channel.members:
        raise Refuse("not_in_channel")
    oldest, latest = call.text("oldest", "0"), call.text("latest", "9999999999.999999")
    within = [post for post in posts.of(call.workspace, channel.id) if _within(call, post.ts, oldest, latest)]
    most = call.workspace.switches.longest_history
    page, following = call.page(within[::-1], default=min(100, most), most=most)
    metadata = call.flag("include_all_metadata")
    shown = [posts.public(call.workspace, post, metadata=metadata) for post in page]
    return {"messages": shown, "has_more": bool(following["next_cursor"]), "response_metadata": following}


def _within(call: Call, ts: str, oldest: str, latest: str) -> bool:
    if call.flag("inclusive"):
        return float(oldest) <= float(ts) <= float(latest)
    return float(oldest) < float(ts) < float(latest)


def rename(call: Call) -> Json:
    """conversations.rename: only who made a channel may, unless it is an administrator"""
    channel = call.channel_inside("manage")
    if channel.creator != call.me:
        raise Refuse("not_authorized")
    trouble = channels.name_trouble(call.workspace, call.text("name"))
    if trouble:
        raise Refuse(trouble)
    channels.rename(call.workspace, channel, call.text("name"), call.me)
    return channels.shown(call.workspace, channel, call.me)


def archive(call: Call) -> Json:
    """conversations.archive"""
    channel = call.channel("manage")
    if channel.archived:
        raise Refuse("already_archived")
    channels.archive(call.workspace, call.channel_inside(), call.me)
    return {}


def of_user(call: Call) -> Json:
    """users.conversations: what the app, or somebody else, is a member of"""
    wanted = call.text("types", "public_channel").replace(" ", "").split(",")
    if set(wanted) - set(_TYPES):
        raise Refuse("invalid_types")
    kinds = {_TYPES[one] for one in wanted}
    for kind in kinds & set(CHANNEL_SCOPES["read"]):
        call.need_scope(CHANNEL_SCOPES["read"][kind])
    found = [one for one in call.workspace.channels.values() if one.kind in kinds and _listed(call, one)]
    page, following = call.page(found)
    shown = [channels.public(call.workspace, one, call.me) for one in page]
    return {"channels": shown, "response_metadata": following}


def _listed(call: Call, channel: Channel) -> bool:
    """Of somebody else, only what the app can see as well."""
    if channel.deleted or (channel.archived and call.flag("exclude_archived")):
        return False
    inside = {call.text("user") or call.me} | (set() if channel.kind == "public" else {call.me})
    return inside <= set(channel.members)


def _shown(call: Call, channel: Channel) -> Json:
    return {"channel": channels.public(call.workspace, channel, call.me)}
