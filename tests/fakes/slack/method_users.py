"""users.*, bots.info, team.info: people looked up one by one."""

from tests.fakes.slack import users
from tests.fakes.slack.call import Call, Refuse
from tests.fakes.slack.workspace import Json


def info(call: Call) -> Json:
    """users.info"""
    return {"user": _shown(call, call.user().id)}


def by_email(call: Call) -> Json:
    """users.lookupByEmail: members and guests of this workspace who are active"""
    wanted = call.needed("email").casefold()
    for user in call.workspace.users.values():
        here = not (user.deleted or user.bot or users.stranger(call.workspace, user))
        if here and user.email and user.email.casefold() == wanted:
            return {"user": _shown(call, user.id)}
    raise Refuse("users_not_found")


def bot(call: Call) -> Json:
    """bots.info"""
    for user in call.workspace.users.values():
        if user.bot and user.bot == call.args.get("bot"):
            return {
                "bot": {"id": user.bot, "deleted": False, "name": user.name, "app_id": "A0CRITICAL",
                        "user_id": user.id},
            }  # fmt: skip
    raise Refuse("bot_not_found")


def team(call: Call) -> Json:
    """team.info"""
    space = call.workspace
    return {"team": {"id": space.team, "name": space.name, "domain": space.domain, "email_domain": ""}}


def _shown(call: Call, user: str) -> Json:
    email = "users:read.email" in call.app.scopes
    return users.public(call.workspace, call.workspace.users[user], email=email)
