"""What the connector refuses in an activity of the bot, and what a bot must not send at all.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages: a message
of the bot may hold some 100 KB as UTF-16. A mention counts only with an entity for it, whose text
is a part of the message's (channel-and-group-conversations).
"""

import re
from collections.abc import Iterator
from typing import Any

from botbuilder.schema import Activity

from tests.fakes.teams import cards
from tests.fakes.teams.call import Call
from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.tenancy import Json

MOST_BYTES = 100_000

_KNOWN = {about["key"] for about in Activity._attribute_map.values()}
_FORMATS = {"plain", "markdown", "xml"}
_AT = re.compile(r"<at\b[^>]*>.*?</at>", re.DOTALL)


def check(call: Call, conversation: Conversation, activity: Any) -> None:
    """Raise Refuse, and note a mistake, where the connector would not take an activity."""
    for problem in of_activity(activity, set(conversation.members) | {call.app.bot}):
        raise call.refuse_as_mistake(400, "BadSyntax", problem)
    if cards.size(activity) > MOST_BYTES or any(
        cards.size(one) > cards.MOST_BYTES for one in _cards(activity)
    ):
        raise call.refuse_as_mistake(413, "MessageSizeTooBig", "Message size too large.")


def of_activity(activity: Any, members: set[str]) -> Iterator[str]:
    """Everything wrong with an activity of the bot for a conversation with these members."""
    if not isinstance(activity, dict):
        yield "an activity is an object"
        return
    yield from (f"an activity has no {name}" for name in sorted(set(activity) - _KNOWN))
    if activity.get("type") not in {"message", "typing"}:
        yield f"a bot sends no activity of type {activity.get('type')}"
    if activity.get("type") == "message" and not (activity.get("text") or activity.get("attachments")):
        yield "a message without text and attachments"
    if activity.get("textFormat", "plain") not in _FORMATS:
        yield f"an unknown textFormat {activity['textFormat']}"
    yield from _of_attachments(activity.get("attachments") or [])
    yield from _of_mentions(activity, members)


def _of_attachments(attachments: Any) -> Iterator[str]:
    for one in attachments:
        if not isinstance(one, dict) or one.get("contentType") != cards.TYPE:
            yield f"an attachment that is no Adaptive Card: {one}"
        else:
            yield from (f"card: {problem}" for problem in cards.problems(one.get("content")))


def _of_mentions(activity: Json, members: set[str]) -> Iterator[str]:
    entities = [one for one in activity.get("entities") or () if one.get("type") == "mention"]
    text = activity.get("text") or ""
    for one in entities:
        if one.get("text", "") not in text or not _AT.fullmatch(one.get("text") or ""):
            yield f"a mention whose text {one.get('text')!r} does not stand in the message"
        if one.get("mentioned", {}).get("id") not in members:
            yield f"a mention of somebody who is not here: {one.get('mentioned')}"
    for found in _AT.findall(text):
        if found not in {one.get("text") for one in entities}:
            yield f"{found} has no entity"


def _cards(activity: Json) -> list[Json]:
    return [one["content"] for one in activity.get("attachments") or ()]
