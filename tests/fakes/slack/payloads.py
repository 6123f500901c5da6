"""What Slack sends for each act. From docs.slack.dev, reference/interaction-payloads and reference/events."""

import re
from typing import Any

from tests.fakes.chat import Cannot
from tests.fakes.slack import filling, posts, users, views
from tests.fakes.slack.app import ID
from tests.fakes.slack.channels import Channel
from tests.fakes.slack.posts import Post
from tests.fakes.slack.users import User
from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Json, Workspace

_NAMES = {"im": "directmessage", "private": "privategroup"}


def command(workspace: Workspace, user: User, channel: Channel, name: str) -> Json:
    """A slash command, without its text, trigger and response_url."""
    if users.stranger(workspace, user):
        raise Cannot("commands of this app are not there for other workspaces")
    return {
        "token": "verification", "team_id": workspace.team, "team_domain": workspace.domain,
        "channel_id": channel.id, "channel_name": _NAMES.get(channel.kind, channel.name),
        "user_id": user.id, "user_name": user.handle, "command": name, "api_app_id": ID,
        "is_enterprise_install": "false",
    }  # fmt: skip


def mention(workspace: Workspace, post: Post) -> Json:
    """An app_mention event."""
    body = posts.public(workspace, post, metadata=False)
    return body | {"type": "app_mention", "channel": post.channel, "event_ts": post.ts}


def actions(workspace: Workspace, user: User, action: Json) -> Json:
    """A press (block_actions), without where it was."""
    return {
        "type": "block_actions", "user": _person(user), "api_app_id": ID, "token": "verification",
        "team": _team(workspace, user), "enterprise": None, "is_enterprise_install": False,
        "actions": [action | {"action_ts": workspace.ts()}], "state": {"values": {}},
    }  # fmt: skip


def on_message(workspace: Workspace, channel: Channel, post: Post) -> Json:
    """Where a press was, on a message; of an ephemeral one the app is not sent the content."""
    ephemeral = post.only_for is not None
    found: Json = {
        "container": {
            "type": "message", "message_ts": post.ts, "channel_id": channel.id, "is_ephemeral": ephemeral,
        },
        "channel": {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)},
    }  # fmt: skip
    shown = {} if ephemeral else {"message": posts.public(workspace, post, metadata=True)}
    return found | shown


def on_view(workspace: Workspace, view: View) -> Json:
    """Where a press was, on a form or home: there is no response_url then."""
    state = {} if view.body["type"] == "home" else _typed_so_far(view)
    return {
        "container": {"type": "view", "view_id": view.id}, "view": views.public(workspace, view, state),
    }  # fmt: skip


def action(workspace: Workspace, element: Json, block_id: str, chosen: Any) -> Json:
    """What was pressed or chosen."""
    found: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    match element["type"]:
        case "button":
            kept = ("text", "value", "style", "url")
            return found | {name: element[name] for name in kept if name in element}
        case "datepicker":
            return found | {"selected_date": chosen}
        case "users_select":
            return found | {"selected_user": chosen}
    option = next(
        (one for one in filling.options(element) if chosen in {one["value"], one["text"]["text"]}), None
    )
    if option is None:
        raise Cannot(f"there is no choice {chosen}")
    return found | {"selected_option": option}


def submission(workspace: Workspace, user: User, view: View, state: Json) -> Json:
    """A form sent in (view_submission)."""
    return {
        "type": "view_submission", "team": _team(workspace, user), "user": _person(user), "api_app_id": ID,
        "token": "verification", "view": views.public(workspace, view, state), "response_urls": [],
        "is_enterprise_install": False, "enterprise": None,
    }  # fmt: skip


def closed(workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """A form closed without being sent in (view_closed)."""
    return {
        "type": "view_closed", "team": _team(workspace, user), "user": _person(user), "api_app_id": ID,
        "token": "verification", "view": views.public(workspace, view), "is_cleared": cleared,
        "is_enterprise_install": False, "enterprise": None,
    }  # fmt: skip


def home_opened(workspace: Workspace, user: User, direct: Channel, tab: str) -> Json:
    """An app_home_opened event, with what stands there already."""
    body = {
        "type": "app_home_opened", "user": user.id, "channel": direct.id, "tab": tab,
        "event_ts": workspace.ts(),
    }  # fmt: skip
    home = workspace.homes.get(user.id)
    return body | ({"view": views.public(workspace, home)} if home and tab == "home" else {})


def rich(sent: str) -> list[Json]:
    """The rich text that Slack's client makes of what somebody typed."""
    parts = [part for part in re.split(r"(<@\w+>)", sent) if part]
    elements = [
        {"type": "user", "user_id": part[2:-1]} if part.startswith("<@")
        else {"type": "text", "text": _letters(part)}
        for part in parts
    ]  # fmt: skip
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def _letters(sent: str) -> str:
    shown = re.sub(r"<(?:[^<>|]*\|)?([^<>]*)>", r"\1", sent)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _typed_so_far(view: View) -> Json:
    return {
        block["block_id"]: {block["element"]["action_id"]: {"type": block["element"]["type"], "value": None}}
        for block in view.body["blocks"] if block["type"] == "input"
    }  # fmt: skip


def _person(user: User) -> Json:
    return {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team}


def _team(workspace: Workspace, user: User) -> Json:
    own = not users.stranger(workspace, user)
    return {"id": user.team, "domain": workspace.domain if own else "elsewhere"}
