"""Every Web API method that the peer answers, by name."""

from collections.abc import Callable

from tests.fakes.slack import (
    method_chat,
    method_conversations,
    method_files,
    method_members,
    method_users,
    method_views,
)
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.workspace import Json

LISTS_EVERYBODY = {"users.list", "conversations.list", "search.messages", "team.accessLogs"}
"""What the bot must never call: it would read the whole of somebody's workspace."""


def auth_test(call: Call) -> Json:
    """auth.test"""
    return {
        "url": f"https://{call.workspace.domain}.slack.example/", "team": call.workspace.name,
        "user": call.app.bot.handle, "team_id": call.workspace.team, "user_id": call.me,
        "bot_id": call.app.bot.bot, "is_enterprise_install": False,
    }  # fmt: skip


def api_test(call: Call) -> Json:
    """api.test: says the arguments again"""
    if call.args.get("error"):
        raise Refuse(call.text("error"))
    return {"args": {name: value for name, value in call.args.items() if name != "token"}}


METHODS: dict[str, Callable[[Call], Json]] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "bots.info": method_users.bot,
    "chat.delete": method_chat.delete,
    "chat.getPermalink": method_chat.permalink,
    "chat.postEphemeral": method_chat.post_ephemeral,
    "chat.postMessage": method_chat.post_message,
    "chat.update": method_chat.update,
    "conversations.archive": method_conversations.archive,
    "conversations.create": method_conversations.create,
    "conversations.history": method_conversations.history,
    "conversations.info": method_conversations.info,
    "conversations.invite": method_members.invite,
    "conversations.join": method_members.join,
    "conversations.kick": method_members.kick,
    "conversations.leave": method_members.leave,
    "conversations.members": method_members.members,
    "conversations.open": method_conversations.open_direct,
    "conversations.rename": method_conversations.rename,
    "conversations.setPurpose": method_conversations.set_purpose,
    "conversations.setTopic": method_conversations.set_topic,
    "files.completeUploadExternal": method_files.complete,
    "files.getUploadURLExternal": method_files.upload_url,
    "pins.add": method_chat.pin,
    "pins.list": method_chat.pins,
    "pins.remove": method_chat.unpin,
    "team.info": method_users.team,
    "users.conversations": method_conversations.of_user,
    "users.info": method_users.info,
    "users.lookupByEmail": method_users.by_email,
    "views.open": method_views.open_view,
    "views.publish": method_views.publish,
    "views.push": method_views.push,
    "views.update": method_views.update,
}
