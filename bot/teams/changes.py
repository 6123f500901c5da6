"""What Teams tells of its conversations, as what happened. Pure: activities in, values out.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.teams.conversations import PLATFORM, Conversation, account_id, conversation_of, without_thread
from bot.teams.hearing import named
from bot.teams.transport import Json
from handlers.message import Facts

LOOK: Final = "look"
"""Somebody has to look who is in there now."""

INSTALLED: Final = "installed"
"""Somebody added the app."""

UNREACHABLE: Final = "unreachable"
"""Somebody cannot be written to any more."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened, as `handlers.happenings` knows it, or one of the above.

    It happened at an address, or in every conversation of a `team`. `user`: whose account belongs to its
    facts. `gone`: the bot cannot speak there any more; `back`: it can again.
    """

    id: str
    kind: str
    where: Conversation
    address: str | None = None
    team: str | None = None
    user: str | None = None
    facts: Facts = field(default_factory=dict)
    gone: bool = False
    back: bool = False


def changes(activity: Json) -> tuple[Change, ...]:
    """What happened, in order. What is of no use to the bot is nothing."""
    where = conversation_of(activity)
    if where is None:
        return ()
    found = _installed if activity.get("type") == "installationUpdate" else _updated
    return tuple(
        Change(id=_event(activity, where, number), where=where, **one)
        for number, one in enumerate(found(activity, where))
    )


def _event(activity: Json, where: Conversation, number: int) -> str:
    return f"{PLATFORM}:{where.tenant}:event:{named(activity)}" + (f":{number}" if number else "")


def _installed(activity: Json, where: Conversation) -> Iterator[dict[str, Any]]:
    """The app was added, or taken away. A new version of it changes nothing."""
    action = activity.get("action")
    if where.direct and action in {"add", "remove"}:
        kind = INSTALLED if action == "add" else UNREACHABLE
        by = activity.get("from")
        yield {"kind": kind, "address": where.address, "user": account_id(by if isinstance(by, dict) else {})}
    elif action == "add":
        yield {**_BACK, **_all(where)}
    elif action == "remove":
        yield {**_gone("removed"), **_all(where)}


def _updated(activity: Json, where: Conversation) -> Iterator[dict[str, Any]]:
    data = activity.get("channelData") or {}
    event, channel = str(data.get("eventType") or ""), data.get("channel") or {}
    if event in _CHANNEL and channel.get("id"):
        yield {**_CHANNEL[event], "address": without_thread(str(channel["id"]))}
    elif event in _TEAM and where.team:
        yield {**_TEAM[event], "team": where.team}
    elif event == "channelRenamed" and channel.get("id"):
        renamed = {"title": str(channel.get("name") or "")}
        yield {"kind": "room_renamed", "address": without_thread(str(channel["id"])), "facts": renamed}
    elif activity.get("topicName") and not where.direct:
        renamed = {"title": str(activity["topicName"])}
        yield {"kind": "room_renamed", "address": where.address, "facts": renamed}
    elif not where.direct:
        yield from _members(activity, where, event, channel)


def _members(activity: Json, where: Conversation, event: str, channel: Json) -> Iterator[dict[str, Any]]:
    """People came or went: into a chat or a private channel one by one, into a team for all its channels.

    Whatever else happened has somebody look: a channel may be read by others now ("channelShared").
    """
    bot = activity["recipient"]["id"]
    own = event.startswith("channel") and bool(channel.get("id"))
    there = {"address": without_thread(str(channel["id"]))} if own else _all(where)
    came, went = _ids(activity, "membersAdded"), _ids(activity, "membersRemoved")
    if bot in went:
        yield {**_gone("removed"), **there}
    elif bot in came:
        yield {**_BACK, **there}
    elif "team" in there or not (came or went):
        yield {"kind": LOOK, **there}
    else:
        yield from ({"kind": "entered", "user": user, **there} for user in came.values() if user)
        yield from ({"kind": "departed", "user": user, **there} for user in went.values() if user)


def _ids(activity: Json, name: str) -> dict[str, str | None]:
    """What Teams calls them, and the ids of those who are people."""
    listed = activity.get(name)
    found = (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()
    return {str(one.get("id")): account_id(one) for one in found}


def _all(where: Conversation) -> dict[str, Any]:
    """Every conversation of the team, or the one chat."""
    return {"team": where.team} if where.team else {"address": where.address}


def _gone(why: str) -> dict[str, Any]:
    return {"kind": "room_gone", "facts": {"why": why}, "gone": True}


_BACK: Final[Mapping[str, Any]] = {"kind": LOOK, "back": True}

_CHANNEL: Final[Mapping[str, Mapping[str, Any]]] = {
    "channelDeleted": _gone("deleted"),
    "channelRestored": _BACK,
}
_TEAM: Final[Mapping[str, Mapping[str, Any]]] = {
    "teamArchived": _gone("archived"),
    "teamUnarchived": _BACK,
    "teamDeleted": _gone("deleted"),
    "teamHardDeleted": _gone("deleted"),
    "teamRestored": _BACK,
}
