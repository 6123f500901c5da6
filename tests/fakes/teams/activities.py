"""What Teams sends for each act and event, as plain JSON.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
for events: those of a team have the team's id as their conversation, but for the app's own coming,
which has the channel that was chosen. Invokes: adaptive-cards/authoring-cards/universal-action-model
and task-modules-and-cards/task-modules/task-modules-bots.
"""

from typing import Any

from tests.fakes.teams import people
from tests.fakes.teams.app import App
from tests.fakes.teams.conversations import Conversation, Team
from tests.fakes.teams.people import Person
from tests.fakes.teams.posts import Post
from tests.fakes.teams.tenancy import Json, Tenancy, event_id

_CLIENT = {
    "locale": "en-GB", "country": "GB", "platform": "Windows", "timezone": "Europe/London",
    "type": "clientInfo",
}  # fmt: skip


def message(base: Json, post: Post, sent: Json) -> Json:
    """What somebody typed. `sent` holds its text, its HTML and its mentions."""
    html = {"contentType": "text/html", "content": sent["html"]}
    return base | {
        "type": "message", "id": post.id, "textFormat": "plain", "text": sent["text"],
        "attachments": [html], "entities": [*sent["mentions"], _CLIENT],
    }  # fmt: skip


def with_file(message: Json, kind: str) -> Json:
    """A message with a file or a picture in it.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
    """
    file = {"contentType": kind, "contentUrl": "https://files.example/1", "name": "children.xlsx"}
    return message | {"attachments": [file, *message["attachments"]]}


def edited(base: Json, post: Post, sent: Json) -> Json:
    """What somebody typed was changed by them."""
    about = {"channelData": base["channelData"] | {"eventType": "editMessage"}}
    return message(base, post, sent) | {"type": "messageUpdate"} | about


def reaction(base: Json, post: Post, kind: str) -> Json:
    """Somebody reacted to a message."""
    added = [{"type": kind}]
    return base | {
        "type": "messageReaction", "id": event_id(), "replyToId": post.id, "reactionsAdded": added
    }  # fmt: skip


def pressed_by_old_client(base: Json, activity_id: str, card: Post, data: Json) -> Json:
    """A press of an Action.Submit on a message: a message without text."""
    legacy = {"replyToId": card.id}
    return base | {
        "type": "message", "id": activity_id, "replyToId": card.id, "value": data, "entities": [_CLIENT],
        "channelData": base["channelData"] | {"source": {"name": "message"}, "legacy": legacy},
    }  # fmt: skip


def invoke(base: Json, name: str, value: Json, card: Post | None) -> Json:
    """An invoke; `card` is the message whose button was pressed."""
    of = {"replyToId": card.id} if card else {}
    source = {"source": {"name": "message"}}
    return base | {
        "type": "invoke", "id": event_id(), "name": name, "value": value, **of, "entities": [_CLIENT],
        "channelData": base["channelData"] | source,
    }  # fmt: skip


def action(element: Json, data: Json) -> Json:
    """The value of adaptiveCard/action: the button as the card has it, with what was filled in."""
    kept = {name: element[name] for name in ("type", "title", "id", "verb") if name in element}
    return {"action": {**kept, "data": data}, "trigger": "manual"}


def task(data: Json) -> Json:
    """The value of task/fetch and task/submit."""
    return {"data": data, "context": {"theme": "default"}}


def members(base: Json, *, added: bool, accounts: list[Json], kind: str | None) -> Json:
    """Somebody came or went. `kind` is the eventType, where there is one."""
    who = "membersAdded" if added else "membersRemoved"
    return _update(base, {"eventType": kind} if kind else {}) | {who: accounts}


def named(base: Json, kind: str, about: Json) -> Json:
    """Something happened to a channel or a team."""
    return _update(base, {"eventType": kind, **about})


def renamed_chat(base: Json, name: str) -> Json:
    """A group chat has another name."""
    return _update(base, {}) | {"topicName": name}


def installation(base: Json, doing: str) -> Json:
    """The app was installed ("add") or taken away ("remove")."""
    return base | {"type": "installationUpdate", "id": event_id(), "action": doing, "entities": [_CLIENT]}


def reference(conversation: Conversation, thread: str | None) -> Json:
    """A conversation as activities name one."""
    if conversation.kind == "personal":
        return {"conversationType": "personal", "tenantId": conversation.tenant, "id": conversation.id}
    within = f"{conversation.id};messageid={thread}" if thread else conversation.id
    return {
        "isGroup": True, "conversationType": conversation.kind, "tenantId": conversation.tenant, "id": within,
    }  # fmt: skip


def base(
    tenancy: Tenancy,
    app: App,
    service_url: str,
    person: Person,
    conversation: Conversation,
    *,
    thread: str | None = None,
) -> Json:
    """What is in every activity of a person in a conversation."""
    now = tenancy.moment()
    return {
        "channelId": "msteams", "serviceUrl": service_url, "timestamp": now, "localTimestamp": now,
        "locale": "en-GB", "localTimezone": "Europe/London", "from": people.account(person),
        "recipient": app.account, "conversation": reference(conversation, thread),
        "channelData": _channel_data(conversation),
    }  # fmt: skip


def team_base(tenancy: Tenancy, app: App, service_url: str, person: Person, team: Team) -> Json:
    """What is in every event of a team."""
    first: Any = tenancy.conversations[team.id]
    found = base(tenancy, app, service_url, person, first)
    about = {"id": team.id, "name": team.name, "aadGroupId": team.group}
    return found | {"channelData": {"team": about, "tenant": {"id": tenancy.tenant}}}


def _channel_data(conversation: Conversation) -> Json:
    found: Json = {"tenant": {"id": conversation.tenant}}
    if conversation.team is None:
        return found
    return found | {
        "teamsChannelId": conversation.id, "teamsTeamId": conversation.team.id,
        "channel": {"id": conversation.id}, "team": {"id": conversation.team.id},
    }  # fmt: skip


def _update(base: Json, about: Json) -> Json:
    return base | {
        "type": "conversationUpdate",
        "id": event_id(),
        "channelData": {**base["channelData"], **about},
    }
