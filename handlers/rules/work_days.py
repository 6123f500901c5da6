"""On which days of the week somebody works, read as typed: "mon-thu", "not wed", "mon, tue and fri"."""

import re
from collections.abc import Iterator

WEEK = "12345"
"""The days that are worked where nothing else is said, as ISO weekdays."""
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST = 3
_DASHES = re.compile(r"[\u2010-\u2015\u2212]| (?:to|until|till|through) ")
_NOT = re.compile(r"^(?:not|no|never|all but|every day (?:but|except)|except) ")
_GAPS = re.compile(r"\s*(?:,|;|/|&|\band\b|\bor\b|\s)\s*")
_PART = re.compile(r"([a-z]+)(?:-([a-z]+))?")


def read(text: str) -> str | None:
    """The days from Monday to Friday, for instance "1245"; None for words that are no days, or for none.

    What follows "not" is left out of the week; days at weekends are left out, as nobody is nudged then.
    """
    plain = " ".join(_DASHES.sub("-", " ".join(text.casefold().split())).split()).strip(" .!")
    plain = re.sub(r"\s*-\s*", "-", re.sub(r"^on ", "", plain))
    if plain in {"weekdays", "all", "every day", "full time"}:
        return WEEK
    without = _NOT.match(plain)
    days = _days(_NOT.sub("", plain))
    if days is None:
        return None
    wanted = set(WEEK) - days if without else set(WEEK) & days
    return "".join(sorted(wanted)) or None


def _days(plain: str) -> set[str] | None:
    found: set[str] = set()
    for part in filter(None, _GAPS.split(plain)):
        shape = _PART.fullmatch(part)
        first = _weekday(shape[1]) if shape else 0
        last = _weekday(shape[2]) if shape and shape[2] else first
        if not first or not last or last < first:
            return None
        found.update(map(str, range(first, last + 1)))
    return found or None


def _weekday(word: str) -> int:
    """The ISO weekday that a word of three letters or more begins, "weds" and "fridays" too; 0: none."""
    begins = (word, word.removesuffix("s"))
    days = [place for place, name in enumerate(_NAMES, 1) if name.startswith(begins)]
    return days[0] if days and len(word) >= _SHORTEST else 0


def names(working_days: str) -> list[str]:
    """The names of those days, as people write them."""
    return [name.capitalize() for place, name in enumerate(_NAMES, 1) if str(place) in working_days]


def toggled(working_days: str) -> Iterator[tuple[str, bool, str]]:
    """Each day of the week with whether it is worked, and the days once that is turned round; never none."""
    for place, name in enumerate(_NAMES[: len(WEEK)], 1):
        worked = str(place) in working_days
        after = set(working_days) ^ {str(place)}
        if after:
            yield name.capitalize(), worked, " ".join(names("".join(sorted(after))))
