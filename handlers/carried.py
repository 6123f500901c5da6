"""What a button or a form brings back, checked before anybody reads it.

A chat hands back what it was given, but whoever can speak to the chat can make up something else.
Whether a row of that id may be used by the speaker is for each handler to say.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from handlers.message import Refused, Said

_LARGEST = 2**31 - 1
"""The largest number that every database keeps in a column of ids."""


class StrangeCard(Refused):
    """The card carries something that none of ours does: it is refused like a card of nobody."""


def check(said: Said) -> None:
    """Raise StrangeCard unless everything that came beside the words is of its kind."""
    there = said.hidden.keys()
    sound = all(_KINDS.get(name, _anything)(value) for name, value in said.hidden.items())
    whole = all(others <= there for name, others in _TOGETHER.items() if name in there)
    if not (sound and whole and all(map(_is_typed, (said.fields or {}).values()))):
        raise StrangeCard


def _anything(_value: Any) -> bool:
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_mark(value: Any) -> bool:
    return isinstance(value, bool)


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_typed(value: Any) -> bool:
    """What a field of a form holds: a text, a number, several texts, or nothing."""
    several = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value is None or isinstance(value, str | int | float) or several


def _are_typed(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_typed, value.values()))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _are_people(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_number, value.values()))


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("challenge", "invitation", "summary", "revision", "version"), _is_number),
    **dict.fromkeys(("participation", "reader", "number", "from"), _is_number),
    **dict.fromkeys(("series", "thing", "asked", "pick", "change", "questionnaire", "question"), _is_text),
    **dict.fromkeys(("at", "was", "role"), _is_text),
    **dict.fromkeys(("first", "last", "first_day", "last_day"), _is_day),
    **dict.fromkeys(("anyway", "new"), _is_mark),
    "known": _are_typed,
    "needed": _are_names,
    "chosen": _are_people,
}
"""What each thing is that a card of ours carries."""

_TOGETHER = {"series": {"challenge"}, "first": {"last", "was"}, "first_day": {"last_day"}}
"""What says nothing without the other."""
