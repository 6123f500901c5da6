"""What Slack sends, as what a person did or what happened. Pure: payloads in, values out.

Payloads: docs.slack.dev, "Interaction payloads", "Slash commands" and "Events API".
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.carried import UNREADABLE, carried
from bot.letters import units
from bot.slack.draw_form import LONGEST_METADATA, picked
from bot.slack.draw_form import typed as fields_of
from bot.slack.typed import mentions_bot
from handlers.message import Account, Facts

Payload: TypeAlias = Mapping[str, Any]

_SUBTYPES = frozenset({"file_share", "me_message", "thread_broadcast"})
"""Messages that a person wrote, although they are of some other kind than usual."""


@dataclass(frozen=True, kw_only=True)
class Modal:
    """The modal that was sent in, of which form in hand, and its page where that form has several.

    `blocks` are the ids of those where Slack can show an error.
    """

    id: str
    blocks: tuple[str, ...]
    title: str = ""
    form: str | None = None
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a person did, and how that can be answered.

    `channel` is None in the app's home. `in_body`: the response to the request may be the answer.
    `typed`: the text is as Slack writes it, not yet as somebody typed it. `picked` holds the user ids
    for those fields in which somebody was picked. `attached`: files came with it.
    """

    id: str
    user: str
    channel: str | None
    text: str
    typed: bool = False
    direct: bool = False
    attached: bool = False
    fields: Mapping[str, Any] | None = None
    picked: Mapping[str, str] = field(default_factory=dict)
    hidden: Facts = field(default_factory=dict)
    trigger: str | None = None
    response_url: str | None = None
    in_body: bool = False
    thread: str | None = None
    modal: Modal | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened, as `handlers.happenings` knows it. `user`: whose account belongs to its facts."""

    id: str
    kind: str
    facts: Facts = field(default_factory=dict)
    user: str | None = None


def slash(body: Payload, team: str) -> Act:
    """A slash command, typed anywhere, also where the bot is not."""
    return Act(
        id=_act(team, body["trigger_id"]),
        user=body["user_id"],
        channel=body["channel_id"],
        text=body.get("text", ""),
        typed=True,
        trigger=body["trigger_id"],
        response_url=body.get("response_url"),
        in_body=True,
    )


def message(event: Payload, team: str, bot: str) -> Act | None:
    """What was typed or sent to the bot, in their direct chat or naming it; None for anything else."""
    text = event.get("text") or ""
    direct = event.get("channel_type") == "im"
    attached = bool(event.get("files"))
    strange = event.get("subtype") not in {None, *_SUBTYPES} or event.get("bot_id") or event.get("hidden")
    if strange or event.get("user") in {None, bot, "USLACKBOT"} or not (text.strip() or attached):
        return None
    if not direct and not mentions_bot(text, bot):
        return None
    return Act(
        id=f"slack:{team}:{event['channel']}:{event['ts']}",
        user=event["user"],
        channel=event["channel"],
        text=text,
        typed=True,
        direct=direct,
        attached=attached,
        thread=event.get("thread_ts"),
    )


def press(body: Payload, team: str) -> Act:
    """A button: on a message, on one that only its reader sees, or in the app's home."""
    action, container = body["actions"][0], body.get("container") or {}
    known = str(action.get("action_id")).startswith("phrase:")
    phrase, hidden = carried(_json(action.get("value")), known=known)
    return Act(
        id=_act(team, body.get("trigger_id") or action.get("action_ts", "")),
        user=body["user"]["id"],
        channel=container.get("channel_id") or (body.get("channel") or {}).get("id"),
        text=phrase,
        hidden=hidden,
        trigger=body.get("trigger_id"),
        response_url=body.get("response_url"),
        thread=container.get("thread_ts"),
    )


def submission(body: Payload, team: str) -> Act:
    """A form that was sent in. Its modal says where it was asked for, beside what every form carries."""
    view = body["view"]
    phrase, hidden = carried(_json(view.get("private_metadata")), known=view.get("callback_id") == "form")
    filled = _filled(view)
    where = came_from(view.get("private_metadata"))
    return Act(
        id=_sent(body, where, team),
        user=body["user"]["id"],
        channel=where.get("channel"),
        direct=bool(where.get("direct")),
        text=phrase,
        fields=filled[0] if filled else {},
        picked=filled[1] if filled else {},
        hidden=hidden if filled else UNREADABLE,
        trigger=body.get("trigger_id"),
        thread=where.get("thread"),
        modal=_modal(view, where),
    )


def _modal(view: Payload, where: Facts) -> Modal:
    return Modal(
        id=view["id"],
        blocks=tuple(block.get("block_id", "") for block in view.get("blocks", ())),
        title=(view.get("title") or {}).get("text", ""),
        form=where.get("form"),
        page=where.get("page"),
    )


def _sent(body: Payload, where: Facts, team: str) -> str:
    """The id of a form that was sent in: the same when the same values are sent in again.

    Where its answer got lost, Slack keeps the modal open, and a second press has another trigger. What
    was filled in cannot be guessed from the id, as the form's own number is written down nowhere else.
    """
    if "form" not in where:
        return _act(team, body["trigger_id"])
    sent = json.dumps([where["form"], where.get("page"), body["view"].get("state")], sort_keys=True)
    return f"slack:{team}:form:{hashlib.sha256(sent.encode()).hexdigest()[:32]}"


def _filled(view: Payload) -> tuple[Mapping[str, Any], Mapping[str, str]] | None:
    """What was filled in, and who was picked; None where it is no form of ours."""
    try:
        return fields_of(view["state"]), picked(view["state"])
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def sent_with(metadata: str, where: Facts) -> str:
    """A modal's metadata, with where its form was asked for. Raises ValueError above 3,000 letters."""
    both = json.dumps({**_json(metadata), "from": where}, ensure_ascii=False, separators=(",", ":"))
    if units(both) > LONGEST_METADATA:
        raise ValueError(f"a modal would carry {units(both)} letters")
    return both


def came_from(metadata: Any) -> Facts:
    """Where a form was asked for."""
    where = _json(metadata).get("from")
    return where if isinstance(where, dict) else {}


def _json(value: Any) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _act(team: str, trigger: str) -> str:
    return f"slack:{team}:act:{trigger}"


# What happened


def came_or_went(body: Payload, team: str, bot: str) -> Change:
    """Somebody, or the bot itself, came into a channel or left it."""
    event = body["event"]
    came = event["type"] == "member_joined_channel"
    if event["user"] == bot:
        return _room(body, team, "room_back" if came else "room_gone", **({} if came else {"why": "removed"}))
    return _room(body, team, "entered" if came else "departed", user=event["user"])


def renamed(body: Payload, team: str) -> Change:
    """A channel has another name."""
    return _room(body, team, "room_renamed", title=body["event"]["channel"]["name"])


_GONE = {"archive": "archived", "deleted": "deleted", "left": "removed"}


def gone_or_back(body: Payload, team: str) -> Change:
    """A channel was archived, deleted or taken up again, or the bot was taken out of it."""
    how = body["event"]["type"].partition("_")[2]
    return _room(body, team, "room_gone", why=_GONE[how]) if how in _GONE else _room(body, team, "room_back")


def home_opened(body: Payload, team: str) -> Change | None:
    """Somebody opened the app's home; None for its other tabs."""
    event = body["event"]
    if event.get("tab") != "home":
        return None
    return Change(id=_event(body, team), kind="home_opened", user=event["user"])


def user_changed(body: Payload, team: str, account: Account) -> Change:
    """Somebody's profile changed, or they were deactivated or let in again: this is their account now."""
    active = not body["event"]["user"].get("deleted", False)
    return Change(id=_event(body, team), kind="account_changed", facts={"account": account, "active": active})


def _room(body: Payload, team: str, kind: str, user: str | None = None, **facts: Any) -> Change:
    channel = body["event"]["channel"]
    address = channel["id"] if isinstance(channel, Mapping) else channel
    where = {"platform": "slack", "tenant": team, "address": address}
    return Change(id=_event(body, team), kind=kind, facts={**where, **facts}, user=user)


def _event(body: Payload, team: str) -> str:
    return f"slack:{team}:event:{body['event_id']}"
