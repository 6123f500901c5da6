"""How unkind the room is being: what real chats do to a bot now and then, done on purpose."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.room.chat import Chat
from bot.room.mistakes import Mistake

_USUAL_DELAY = 0.5
_LONGEST_DELAY = 30.0


@dataclass(frozen=True, kw_only=True)
class Unkindness:
    """Each is off by default.

    `drop_line`: the first try of each call takes effect, then the line drops.
    `too_many`: the first try of each call is answered "too many requests" and does nothing.
    `delay`: seconds before each call is served.
    `twice`: whatever a person says to the bot is delivered twice.
    `no_whispers`: nothing in a room can be for one person alone.
    `no_trigger`: a form cannot be opened in answer to what was typed, nor to a press, unless the
    act before it was refused one already.
    `no_rooms`, `no_invites`, `no_pins`: the bot may make no rooms, bring nobody in, pin nothing; people may.
    """

    drop_line: bool = False
    too_many: bool = False
    delay: float = 0.0
    twice: bool = False
    no_whispers: bool = False
    no_trigger: bool = False
    no_rooms: bool = False
    no_invites: bool = False
    no_pins: bool = False


def now(chat: Chat) -> Unkindness:
    """How unkind the room is being at present."""
    row = chat.row("SELECT value FROM settings WHERE name = 'unkindness'")
    return Unkindness(**json.loads(row["value"])) if row else Unkindness()


def become(chat: Chat, wanted: Mapping[str, Any]) -> Unkindness:
    """Change what is named and leave the rest. Raises Mistake."""
    changes: dict[str, Any] = {name: _value(name, value) for name, value in wanted.items()}
    unkindness = replace(now(chat), **changes)
    with chat.change() as change:
        text = json.dumps(asdict(unkindness))
        change.run("INSERT OR REPLACE INTO settings VALUES ('unkindness', ?)", text)
    return unkindness


def _value(name: str, value: Any) -> bool | float:
    names = [field.name for field in fields(Unkindness)]
    if name not in names:
        raise Mistake(f"There is no unkindness called {name}. There are: {', '.join(names)}.")
    if name == "delay":
        return _seconds(value)
    if not isinstance(value, bool):
        raise Mistake(f"{name} is true or false.")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool):
        return _USUAL_DELAY if value else 0.0
    if isinstance(value, int | float) and 0 <= value <= _LONGEST_DELAY:
        return float(value)
    raise Mistake(f"delay is true, false, or seconds from 0 to {_LONGEST_DELAY:.0f}.")
