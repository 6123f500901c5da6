"""What the bot can ask of the connector, each as documented.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference;
the words for a refusal: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/
conversation-messages, "Status codes from bot conversational APIs".
"""

from collections.abc import Callable
from typing import Any

from tests.fakes.teams import conversations, people, posts, refusals
from tests.fakes.teams.call import Blocked, Call, Refuse
from tests.fakes.teams.conversations import Conversation, Team
from tests.fakes.teams.people import Person
from tests.fakes.teams.tenancy import Json

Answer = tuple[int, Json]

_SHORTEST_PAGE = 50


def create(call: Call) -> Answer:
    """Begin a thread in a channel, or the personal chat with somebody: that always is the same one.

    Entra's id is taken where the person installed the app, Teams' own wherever the bot reaches them.
    """
    if call.body.get("isGroup"):
        return _begin_thread(call)
    members = call.body.get("members") or []
    if len(members) != 1:
        raise call.refuse_as_mistake(400, "BadSyntax", "a bot begins no group chats")
    person = people.called(call.tenancy, str(members[0].get("id")))
    if person is None or person.principal == members[0].get("id"):
        raise Refuse(404, "NotFound", "User not found.")
    chat = conversations.personal(call.tenancy, person)
    if person.id != members[0].get("id") and not chat.bot:
        raise Refuse(403, "ForbiddenOperationException", "The bot is not installed in user's personal scope.")
    tenant = _tenant(call.body)
    if tenant != chat.tenant:
        raise call.refuse_as_mistake(400, "BadSyntax", f"a conversation is created in tenant {tenant}")
    _check_reaches(call, chat, person)
    chat.known = True
    if call.body.get("activity"):
        return 201, {"id": chat.id, "activityId": _post(call, chat, call.body["activity"])}
    return 201, {"id": chat.id}


def _begin_thread(call: Call) -> Answer:
    named = (call.body.get("channelData") or {}).get("channel", {}).get("id")
    channel = _conversation(call, str(named))
    if channel.kind != "channel":
        raise call.refuse_as_mistake(400, "BadSyntax", "a thread is begun in a channel")
    if "activity" not in call.body:
        raise call.refuse_as_mistake(400, "BadSyntax", "a thread begins with a message")
    _check_writable(call, channel)
    made = _post(call, channel, call.body["activity"])
    return 201, {"id": f"{channel.id};messageid={made}", "activityId": made}


def send(call: Call) -> Answer:
    """Post in a conversation: in a thread of a channel, or as a new one."""
    found = _writable(call)
    if call.thread and posts.at(call.tenancy, found.id, call.thread) is None:
        raise Refuse(404, "ConversationNotFound", "Conversation not found.")
    return 201, {"id": _post(call, found, call.body)}


def update(call: Call) -> Answer:
    """Put another activity in the place of one of the bot's own."""
    found = _writable(call)
    post = _own(call, found)
    refusals.check(call, found, call.body)
    posts.change(call.tenancy, post, call.body)
    return 200, {"id": post.id}


def delete(call: Call) -> Answer:
    """Take one of the bot's own messages away."""
    posts.remove(call.tenancy, _own(call, _writable(call)))
    return 200, {}


def members(call: Call) -> Answer:
    """Everybody in a conversation, on one page: unreliable where there are many."""
    return 200, [people.public(one) for one in _members(call)]  # type: ignore[return-value]


def paged_members(call: Call) -> Answer:
    """A page of those in a conversation; `continuationToken` leads to the next."""
    everybody = _members(call)
    asked = max(int(call.query.get("pageSize") or 0), _SHORTEST_PAGE)
    longest = min(asked, call.tenancy.switches.longest_page)
    begin = int(call.query.get("continuationToken") or 0)
    page = everybody[begin : begin + longest]
    more = begin + longest < len(everybody)
    token = {"continuationToken": str(begin + longest)} if more else {}
    return 200, {"members": [people.public(one) for one in page], **token}


def member(call: Call) -> Answer:
    """One of those in a conversation, by the id in Teams or in Entra, or the principal name."""
    person = people.called(call.tenancy, call.path["user"])
    if person is None or person not in _members(call):
        raise Refuse(404, "MemberNotFoundInConversation", "Member not found in conversation.")
    return 200, people.public(person)


def team(call: Call) -> Answer:
    """What the bot may know of a team that it is in."""
    return 200, conversations.details(call.tenancy, _team(call))


def channels(call: Call) -> Answer:
    """The channels of a team that the bot is in; the first has no name."""
    return 200, conversations.listed(call.tenancy, _team(call))


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "create": create,
    "send": send,
    "reply": send,
    "update": update,
    "delete": delete,
    "members": members,
    "pagedmembers": paged_members,
    "member": member,
    "team": team,
    "channels": channels,
}


def _post(call: Call, conversation: Conversation, activity: Json) -> str:
    refusals.check(call, conversation, activity)
    if activity["type"] == "typing":
        return call.tenancy.stamp()
    return posts.put(call.tenancy, conversation, None, activity, thread=call.thread).id


def _conversation(call: Call, wanted: str) -> Conversation:
    found: Conversation | None = call.tenancy.conversations.get(wanted)
    if found is None or found.gone or (found.kind == "personal" and not found.known):
        raise Refuse(404, "ConversationNotFound", "Conversation not found.")
    return found


def _writable(call: Call) -> Conversation:
    found = _conversation(call, str(call.conversation))
    _check_writable(call, found)
    return found


def _check_writable(call: Call, found: Conversation) -> None:
    if found.kind == "personal":
        _check_reaches(call, found, call.tenancy.people[found.members[0]])
        return
    _check_inside(found)
    if found.team and found.team.archived:
        raise Refuse(403, "NotEnoughPermissions", "The team is archived.")


def _check_reaches(call: Call, chat: Conversation, person: Person) -> None:
    if chat.blocked:
        raise Blocked
    if chat.removed:
        raise Refuse(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    if not conversations.reaches(call.tenancy, person):
        raise Refuse(403, "ForbiddenOperationException", "The bot is not installed in user's personal scope.")


def _check_inside(found: Conversation) -> None:
    if not conversations.has_bot(found):
        raise Refuse(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def _own(call: Call, found: Conversation) -> posts.Post:
    post = posts.at(call.tenancy, found.id, call.path["activity"])
    if post is None:
        raise Refuse(404, "ActivityNotFoundInConversation", "Activity not found.")
    if post.author is not None:
        raise call.refuse_as_mistake(403, "NotEnoughPermissions", "a bot changes its own messages only")
    return post


def _members(call: Call) -> list[Person]:
    found = _conversation(call, str(call.conversation))
    if found.kind == "personal":
        _check_reaches(call, found, call.tenancy.people[found.members[0]])
    else:
        _check_inside(found)
    return [call.tenancy.people[one] for one in found.members]


def _team(call: Call) -> Team:
    found: Team | None = call.tenancy.teams.get(call.path["team"])
    if found is None or found.deleted:
        raise Refuse(404, "NotFound", "Team not found.")
    if not found.bot:
        raise Refuse(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
    return found


def _tenant(body: Json) -> str | None:
    """Microsoft's SDK for Python writes "tenantID", which the connector takes as well as "tenantId"."""
    told = (body.get("channelData") or {}).get("tenant", {}).get("id")
    found: str | None = told or body.get("tenantId") or body.get("tenantID")
    return found
