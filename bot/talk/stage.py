"""What a talk is played on: a chat with people in it, and a clock that can be moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


class NotPossible(Exception):
    """What a step wants cannot be done on this stage, as a person could not do it. `why` is plain."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whether the bot was addressed by an act, and how many answers stood there at once."""

    heard: bool
    answers: int = 0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Something that became visible to a person: a message, a form, or a room's own name and topic.

    `author` is None for the bot. `message` tells one message's versions from another message's; it
    is None for what is no message.
    """

    sequence: int
    place: str
    author: str | None
    plain: str
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One field of a form that is open, with what stands in it."""

    name: str
    label: str
    kind: str
    value: Any = None


class Stage(Protocol):
    """People are called by their first names. Whatever cannot be done raises NotPossible."""

    @property
    def people(self) -> Sequence[str]:
        """Those who are there, in the order they came."""

    async def begin(self) -> None:
        """Learn who is there already."""

    async def add(self, name: str, details: Mapping[str, str]) -> None:
        """Somebody comes in, with the details that their line gives: council, email."""

    async def say(self, who: str, place: str, challenge: str, text: str) -> Outcome:
        """Type a text, in "direct", in the room of that kind of a challenge, or in that of a title."""

    async def open_room(self, who: str, title: str) -> None:
        """Make a private room with this person and the bot in it."""

    async def enter(self, who: str, place: str, challenge: str) -> None:
        """Come into a room that somebody is in."""

    async def leave(self, who: str, place: str, challenge: str) -> None:
        """Go out of a room."""

    async def close_room(self, who: str, place: str, challenge: str) -> None:
        """Archive a room."""

    async def reopen_room(self, who: str, place: str, challenge: str) -> None:
        """Bring an archived room back."""

    async def let_make_rooms(self, *, allowed: bool) -> None:
        """From now on the bot may make rooms, or may not."""

    async def let_bring_in(self, *, allowed: bool) -> None:
        """From now on the bot may bring people into rooms, or may not."""

    async def let_pin(self, *, allowed: bool) -> None:
        """From now on the bot may pin cards, or may not."""

    async def press(self, who: str, label: str) -> Outcome:
        """Press the newest button of that label that this person can see."""

    async def fill(self, who: str, title: str, values: Mapping[str, str]) -> Outcome:
        """Send the open form of that title in; fields that are not named keep what is in them."""

    async def appeared(self, who: str, since: int) -> list[Seen]:
        """What became visible to a person after a sequence number, in order."""

    async def rest(self) -> int:
        """Come back when nothing more is in hand or due, with the sequence number reached."""

    async def move_to(self, moment: datetime) -> None:
        """Move the clock forward to a local time; everything due on the way happens."""


def typed(values: Mapping[str, str], field: Asked) -> Any:
    """What is typed into a field; one that the talk does not name keeps what is in it."""
    for called in (field.name, field.label):
        if called in values:
            value = values[called]
            return [part.strip() for part in value.split(",")] if field.kind == "choices" else value
    return field.value if field.value is not None else ""


def check_named(values: Mapping[str, str], fields: Sequence[Asked]) -> None:
    """Every value has its field. Raises NotPossible."""
    names = [field.name for field in fields]
    strange = sorted(set(values) - set(names) - {field.label for field in fields})
    if strange:
        raise NotPossible(f"the form has no field {strange[0]}; it has {', '.join(names)}")
