"""conversations.* and users.conversations: channels made, named, entered, left, closed and read."""

from tests.fakes.slack import channels, posts, users
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.scopes import CHANNEL_SCOPES
from tests.fakes.slack.users import User
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
    return _shown(call, channel)


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
    return _shown(call, channel) | {what: text}


def invite(call: Call) -> Json:
    """conversations.invite: all of the users, or nobody"""
    channel = call.channel_inside("manage")
    wanted = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if not wanted:
        raise Refuse("no_user")
    errors = {user: error for user in wanted if (error := _cannot_come(call, channel, user))}
    if errors:
        each = [{"user": user, "ok": False, "error": error} for user, error in errors.items()]
        raise Refuse(next(iter(errors.values())), errors=each)
    for user in wanted:
        channels.join(call.workspace, channel, call.user_with(user), inviter=call.me)
    return _shown(call, channel)


def _cannot_come(call: Call, channel: Channel, user: str) -> str | None:
    found: User | None = call.workspace.users.get(user)
    if found is None:
        return "user_not_found"
    if user == call.me:
        return "cant_invite_self"
    if user in channel.members:
        return "already_in_channel"
    if not call.workspace.switches.bots_invite:
        return "restricted_action"
    if found.deleted or users.stranger(call.workspace, found):
        return "cant_invite"
    return "ura_max_channels" if found.guest == "single" and _somewhere(call, user) else None


def _somewhere(call: Call, user: str) -> bool:
    every = call.workspace.channels.values()
    return any(user in one.members for one in every if one.kind != "im" and not one.archived)


def kick(call: Call) -> Json:
    """conversations.kick"""
    channel = call.channel_inside("manage")
    user = call.user()
    if user.id == call.me:
        raise Refuse("cant_kick_self")
    if user.id not in channel.members:
        raise Refuse("not_in_channel")
    channels.leave(call.workspace, channel, user, why="removed")
    return {}


def open_direct(call: Call) -> Json:
    """conversations.open"""
    wanted = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if not wanted:
        return _shown(call, call.channel("manage"))
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
    found = _shown(call, channel)
    if call.flag("include_num_members"):
        found["channel"]["num_members"] = len(channel.members)
    return found


def members(call: Call) -> Json:
    """conversations.members: nobody who was deactivated"""
    channel = call.channel("read")
    there = [user for user in channel.members if not call.workspace.users[user].deleted]
    page, following = call.page(there)
    return {"members": page, "response_metadata": following}


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
    return _shown(call, channel)


def archive(call: Call) -> Json:
    """conversations.archive"""
    channel = call.channel("manage")
    if channel.archived:
        raise Refuse("already_archived")
    channels.archive(call.workspace, call.channel_inside(), call.me)
    return {}


def join(call: Call) -> Json:
    """conversations.join"""
    channel = call.channel()
    if channel.kind != "public":
        raise Refuse("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refuse("is_archived")
    if call.me in channel.members:
        return _shown(call, channel) | {"warning": "already_in_channel"}
    channels.join(call.workspace, channel, call.app.bot)
    return _shown(call, channel)


def leave(call: Call) -> Json:
    """conversations.leave"""
    channel = call.channel("manage")
    if channel.kind == "im":
        raise Refuse("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refuse("is_archived")
    if call.me not in channel.members:
        return {"not_in_channel": True}
    if channel.members == [call.me] and channel.kind == "private":
        raise Refuse("last_member")
    channels.leave(call.workspace, channel, call.app.bot)
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
