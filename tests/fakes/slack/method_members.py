"""conversations.*: who is in a channel, and how people and the app come and go."""

from tests.fakes.slack import channels, users
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.users import User
from tests.fakes.slack.workspace import Json


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
    return channels.shown(call.workspace, channel, call.me)


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


def members(call: Call) -> Json:
    """conversations.members: nobody who was deactivated"""
    channel = call.channel("read")
    there = [user for user in channel.members if not call.workspace.users[user].deleted]
    page, following = call.page(there)
    return {"members": page, "response_metadata": following}


def join(call: Call) -> Json:
    """conversations.join"""
    channel = call.channel()
    if channel.kind != "public":
        raise Refuse("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refuse("is_archived")
    if call.me in channel.members:
        return channels.shown(call.workspace, channel, call.me) | {"warning": "already_in_channel"}
    channels.join(call.workspace, channel, call.app.bot)
    return channels.shown(call.workspace, channel, call.me)


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
