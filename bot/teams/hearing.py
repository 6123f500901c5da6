"""What Teams sends, as what a person did. Pure: activities in, values out.

Activities: learn.microsoft.com, "Bot conversations", "Universal Actions for Adaptive Cards" and
"Use dialogs with bots".
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

from bot.carried import carried
from bot.teams.conversations import PLATFORM, Conversation, account_id, conversation_of
from bot.teams.draw_form import picked, typed
from bot.teams.transport import Json
from bot.teams.typed import Mention, mentions
from handlers.message import Facts

Way: TypeAlias = Literal["message", "press", "fetch", "submit"]

LONGEST: Final = 100_000
"""Letters in a message, with what Teams writes around them: it takes 100 KB at most.

https://learn.microsoft.com/microsoftteams/limits-specifications-teams
"""

_FILES: Final = ("image/", "video/", "audio/", "application/vnd.microsoft.teams.file.")
"""How the kinds of attachments begin that are files or pictures."""

MOST_PICKED: Final = 3
"""People picked in one form; no form asks for more."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a person did, and how that can be answered.

    `user` is an id of whoever did it, in Entra where that is told; `speaker` is what Teams calls them before
    this bot ("29:…"), which is always told. `thread` names the thread in `where`, or `where`
    itself. `way`: Teams waits for a response to all but a message; a fetch opens a dialog, and a submit
    comes from one. `typed`: the text is as Teams writes it, not yet as somebody typed it. `form` is the
    number of the form that was sent in. `press` names a button of a card and what it carried, for Teams
    may send one press under several ids. `attached`: files or pictures came with it.
    """

    id: str
    user: str
    speaker: str
    where: Conversation
    thread: str
    way: Way
    text: str
    typed: bool = False
    attached: bool = False
    mentions: tuple[Mention, ...] = ()
    fields: Mapping[str, Any] | None = None
    picked: Mapping[str, str] = field(default_factory=dict)
    hidden: Facts = field(default_factory=dict)
    form: str | None = None
    press: str | None = None

    @property
    def dialog(self) -> bool:
        """Whether the response can be a dialog."""
        return self.way in {"fetch", "submit"}


def message(activity: Json) -> Act | None:
    """What was typed or sent to the bot, in their personal chat or naming it; None for anything else.

    A button is pressed in this way too, where Teams does not know Action.Execute. What is longer than Teams
    lets anybody type is nothing.
    """
    text, pressed = activity.get("text"), activity.get("value")
    if isinstance(text, str) and len(text) > LONGEST:
        return None
    if isinstance(pressed, dict) and not (isinstance(text, str) and text.strip()):
        return _act(activity, "message", *carried(pressed))
    text, attached = text if isinstance(text, str) else "", _is_file_with(activity)
    if not (text.strip() or attached):
        return None
    named = mentions(activity)
    act = _act(activity, "message", text, {}, typed=True, mentions=named, attached=attached)
    return act if act and (act.where.direct or any(one.user is None for one in named)) else None


def _is_file_with(activity: Json) -> bool:
    """Whether a file or a picture came with a message: its words, and what it replies to, are attached too.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
    """
    found = activity.get("attachments")
    kinds = [_object(one).get("contentType") for one in found] if isinstance(found, list) else []
    return any(isinstance(kind, str) and kind.startswith(_FILES) for kind in kinds)


def press(activity: Json) -> Act | None:
    """A button on a card (adaptiveCard/action)."""
    action = _object(_object(activity.get("value")).get("action"))
    known = action.get("verb") == "phrase"
    data = _object(action.get("data"))
    return _act(activity, "press", *carried(data, known=known), press=_press(activity, data))


def fetch(activity: Json) -> Act | None:
    """A button that opens a form (task/fetch)."""
    data = _data(activity)
    return _act(activity, "fetch", *carried(data), press=_press(activity, data))


def submission(activity: Json) -> Act | None:
    """A form that was sent in, or a button on a card in a dialog (task/submit)."""
    data = _data(activity)
    number, filled = data.get("form"), any(name.partition(":")[1] for name in data)
    if number is None and not filled:
        return _act(activity, "submit", *carried(data), press=_press(activity, data))
    ours = isinstance(number, str) and bool(number)
    phrase, hidden = carried(data, known=ours)
    people = dict(list(picked(data).items())[:MOST_PICKED])
    sent = _act(
        activity, "submit", phrase, hidden, fields=typed(data) if ours else {}, picked=people,
        form=number if ours else None,
    )  # fmt: skip
    return _known_by_its_values(sent, data) if sent and ours else sent


def _press(activity: Json, data: Json) -> str:
    """The button that was pressed: the card it is on, and what it carried."""
    return _fingerprint([activity.get("name"), activity.get("replyToId"), data])


def _known_by_its_values(sent: Act, data: Json) -> Act:
    """The act, with an id that is the same when the same person sends the same values in again.

    Where its answer got lost, Teams keeps the dialog open. What was filled in cannot be guessed from the
    id, as the form's own number is written down nowhere else.
    """
    return replace(sent, id=f"{PLATFORM}:{sent.where.tenant}:form:{_fingerprint([sent.speaker, data])}")


def _act(activity: Json, way: Way, text: str, hidden: Facts, **more: Any) -> Act | None:
    """An act of whoever Teams says that it is from; None where that is a bot."""
    where, by = conversation_of(activity), _object(activity.get("from"))
    user = account_id(by)
    if where is None or user is None:
        return None
    return Act(
        id=f"{PLATFORM}:{where.tenant}:{where.address}:{named(activity)}",
        user=user, speaker=str(by.get("id") or user), where=where, thread=str(activity["conversation"]["id"]),
        way=way, text=text, hidden=hidden, **more,
    )  # fmt: skip


def named(activity: Json) -> str:
    """The id of an activity; of one that has none, what it says."""
    own = activity.get("id")
    if isinstance(own, str) and own:
        return own
    return _fingerprint(activity)


def _fingerprint(of: Any) -> str:
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:32]


def _data(activity: Json) -> Json:
    return _object(_object(activity.get("value")).get("data"))


def _object(found: Any) -> Json:
    return found if isinstance(found, dict) else {}
