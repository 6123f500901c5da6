"""What a person typed, taken as the answer to the question they were asked."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from handlers.message import Choice
from handlers.rules.dates import NotADate, read_day
from handlers.rules.series import Question
from handlers.rules.wishes import is_yes


class NotAnAnswer(Exception):
    """What was typed does not answer the question.

    `what` is "empty", "too_long" (over `limit`), "not_a_number", "not_a_date" or "not_a_choice".
    """

    def __init__(self, what: str, limit: int = 0, length: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.limit = limit
        self.length = length


LONGEST_CHOICE = 100
"""Letters of a choice in one's own words."""

_NUMBERS = ("nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NOTHING = {"none", "no", "nothing", "none of these", "none of them", "neither", "nought"}
_SHORTEST = 3


def read_answer(question: Question, text: str, today: date) -> Any:
    """The value of an answer as it was typed: text, number, ISO date, a choice's value or a list of them.

    A choice is known by its number, its words or enough of them. Raises NotAnAnswer.
    """
    typed = text.strip()
    if not typed:
        raise NotAnAnswer("empty")
    if len(typed) > question.limit:
        raise NotAnAnswer("too_long", question.limit, len(typed))
    match question.kind:
        case "number":
            return _number(typed)
        case "date":
            return _day(typed, today)
        case "choice":
            return _chosen(question, typed)
        case "choices":
            return _several(question, typed)
    return typed


def toggled(question: Question, value: str) -> list[str]:
    """The chosen values with one more, or without it; the last one stays."""
    now = list(question.value or [])
    if value not in now:
        return [*now, value]
    return [one for one in now if one != value] or now


def as_said(question: Question, value: Any) -> str:
    """An answer as a person reads it: labels for values."""
    labels = {choice.value: choice.label for choice in question.choices}
    if isinstance(value, list):
        return "; ".join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value))


def _number(typed: str) -> int:
    """The one whole number in a text: "about 12 days", "four"."""
    found = re.findall(r"\d+(?:[.,]\d+)?", typed, re.ASCII) or [
        str(_NUMBERS.index(word)) for word in re.findall(r"[a-z]+", typed.casefold()) if word in _NUMBERS
    ]
    if len(found) != 1 or not found[0].isdecimal() or len(found[0]) > 9:
        raise NotAnAnswer("not_a_number")
    return int(found[0])


def _day(typed: str, today: date) -> str:
    try:
        return read_day(typed, today).isoformat()
    except NotADate as wrong:
        raise NotAnAnswer("not_a_date") from wrong


def _chosen(question: Question, typed: str) -> str:
    value = _choice(question.choices, typed)
    if value is not None:
        return value
    if not question.own_words:
        raise NotAnAnswer("not_a_choice")
    return typed


def _several(question: Question, typed: str) -> list[str]:
    whole = _choice(question.choices, typed)
    if whole is not None:
        return [whole]
    if _plain(typed) in _NOTHING:
        return []
    return list(dict.fromkeys(_each(question, typed)))


def _each(question: Question, typed: str) -> Iterator[str]:
    """The value of each part of an enumeration; "and" parts only what is no choice as it stands."""
    for part in _parts(typed):
        value = _choice(question.choices, part)
        if value is not None:
            yield value
            continue
        found = (_choice(question.choices, half) for half in _halves(part))
        halves = [half for half in found if half is not None]
        yield from halves if len(halves) == len(_halves(part)) else [_own(question, part)]


def _parts(typed: str) -> list[str]:
    pieces = re.split(r"[,;\n]+|(?<=\d)\s+(?=\d)", typed)
    parts = (re.sub(r"(?i)^\s*(?:and|&|plus)\s+", "", piece).strip(" .\t") for piece in pieces)
    return [part for part in parts if part]


def _halves(part: str) -> list[str]:
    return re.split(r"(?i)\s+(?:and|&|plus|\+)\s+", part)


def _own(question: Question, part: str) -> str:
    if not question.own_words:
        raise NotAnAnswer("not_a_choice")
    if len(part) > LONGEST_CHOICE:
        raise NotAnAnswer("too_long", LONGEST_CHOICE, len(part))
    return part


def _choice(choices: Sequence[Choice], typed: str) -> str | None:
    """The choice of this number, of these words, or the only one that these words begin or stand in."""
    plain = _plain(typed)
    if plain.isdecimal():
        place = int(plain) if len(plain) < _SHORTEST else 0
        return choices[place - 1].value if 1 <= place <= len(choices) else None
    if is_yes(typed) and any(choice.value == "yes" for choice in choices):
        return "yes"
    for means in (_is, _begins, _holds):
        found = [choice.value for choice in choices if means(choice, plain)]
        if len(found) == 1:
            return found[0]
    return None


def _is(choice: Choice, plain: str) -> bool:
    return plain in {_plain(choice.value), _plain(choice.label)}


def _begins(choice: Choice, plain: str) -> bool:
    return len(plain) >= _SHORTEST and _plain(choice.label).startswith(plain)


def _holds(choice: Choice, plain: str) -> bool:
    return len(plain) >= _SHORTEST and f" {plain} " in f" {_plain(choice.label)} "


def _plain(text: str) -> str:
    letters = re.sub(r"[^\w' ]+", " ", text.casefold().replace("\u2019", "'"))
    return " ".join(letters.split()).removeprefix("the ")
