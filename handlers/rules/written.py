"""The grammar of days and times as people type them. What they mean on a given day is in `dates`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta


@dataclass(frozen=True, kw_only=True)
class Written:
    """A day as far as it was written: "13", "13 nov", "fri 13 nov 2026"."""

    day: int
    month: int | None
    year: int | None
    weekday: int | None

    def completed_by(self, other: "Written") -> "Written":
        """Take a missing month from the other end of "10-13 nov". A missing year stays missing."""
        return replace(self, month=self.month or other.month)

    def in_year(self, year: int) -> date | None:
        """The day in that year, or None when there is no such day."""
        try:
            return date(year, self.month or 0, self.day)
        except ValueError:
            return None


def tidy(text: str) -> str:
    """Lower case, plain dashes and quotes, single spaces; no ordinals, no "please", no "on" in front."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", text.casefold()).replace("\u2019", "'").replace(",", " ")
    plain = re.sub(r"\b([ap])\.m\b", r"\1m", plain)
    plain = re.sub(r"(?<=-\d\d)t(?=\d)", " ", plain)
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b(?: of\b)?", "", plain)
    plain = re.sub(r"(?<=[a-z])\.(?=[ -]|$)", "", plain)
    plain = " ".join(plain.split()).strip(" .;!?'\"\u201c\u201d")
    plain = re.sub(r"^please | please$|\bthe (?=\d)", "", plain)
    return re.sub(r"^(?:on|by|from|until|till|between|before) ", "", plain)


# Days

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_SHORTEST = 3
_SOME_DAY = date(2001, 1, 1)
_TWO_DIGITS = 100
_SHAPES = [
    re.compile(shape, re.ASCII)
    for shape in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?P<gap>[/.-])(?P<month>\d{1,2})(?P=gap)(?P<year>\d{4}|\d{2})",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})",
        r"(?P<day>\d{1,2}) ?(?P<month>[a-z]{3,9})(?: (?P<year>\d{4}|'?\d{2}))?",
        r"(?P<month>[a-z]{3,9}) (?P<day>\d{1,2})(?: (?P<year>\d{4}))?",
        r"(?P<day>\d{1,2})",
    )
]


def near(plain: str, today: date) -> date | None:
    """The day that "tomorrow", "thu", "this friday" or "next friday" means, or None.

    A weekday is the next one, today excluded; with "next" it is the one of next week.
    """
    if plain in _NAMED:
        return today + timedelta(days=_NAMED[plain])
    which, _, name = plain.rpartition(" ")
    weekday = _index(name, _WEEKDAYS)
    if weekday is None or which not in {"", "this", "next"}:
        return None
    if which == "next":
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def written(plain: str) -> Written | None:
    """Read a tidy text as a day with a number in it, or None."""
    head, _, rest = plain.partition(" ")
    weekday = _index(head, _WEEKDAYS) if rest else None
    bare = plain if weekday is None else rest
    found = next((match for shape in _SHAPES if (match := shape.fullmatch(bare))), None)
    parts = found.groupdict() if found else {}
    month = _month(parts.get("month"))
    if not parts or (parts.get("month") and month is None):
        return None
    return Written(day=int(parts["day"]), month=month, year=_year(parts.get("year")), weekday=weekday)


def ends(plain: str) -> Iterator[tuple[str, str]]:
    """Every way to take a tidy text as two ends: "10-13 nov" as "10" and "13 nov"."""
    for found in _TO.finditer(plain):
        yield plain[: found.start()], plain[found.end() :]


def is_day(plain: str) -> bool:
    """Say whether a tidy text has the shape of a day, though there may be no such day."""
    day = written(plain)
    return bool(day and day.month) or near(plain, _SOME_DAY) is not None


def is_end(plain: str) -> bool:
    """Say whether it has the shape of one end of "10-13 nov"."""
    return is_day(plain) or written(plain) is not None


def is_days(plain: str) -> bool:
    """Say whether it has the shape of a day or of days on end."""
    return is_day(plain) or any(is_end(first) and is_end(last) for first, last in ends(plain))


_TO = re.compile(r" ?\.{2,3} ?| (?:to|until|till|and|through) | ?- ?")


def _month(text: str | None) -> int | None:
    if text is None or text.isdigit():
        return int(text) if text else None
    named = _index(text, _MONTHS)
    return None if named is None else named + 1


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(text.removeprefix("'"))
    return year + 2000 if year < _TWO_DIGITS else year


def _index(word: str, names: tuple[str, ...]) -> int | None:
    """The place of the name that the word begins, from three letters on; "weds" and "fridays" too."""
    begins = [word, word.removesuffix("s")] if len(word) >= _SHORTEST else []
    return next((place for place, name in enumerate(names) if name.startswith(tuple(begins))), None)


# Times

_TIME = (
    r"(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap]m)"
    r"|(?P<hours>\d{1,2})[:.](?P<minutes>\d{2})"
    r"|(?P<named>noon|midday|close|cob|eod|end of day))"
)
_TIMED = [
    re.compile(shape, re.ASCII)
    for shape in (rf"(?:(?P<day>.+?) )?(?:at |by )?{_TIME}", rf"{_TIME}(?: on)? (?P<day>.+)")
]
_NOON = time(12, 0)
_CLOSE = time(17, 0)
_AFTERNOON = range(1, 7)


def split_time(plain: str) -> tuple[str, time | None]:
    """Part "thu noon" or "5pm on 20 oct" into its day (may be empty) and its time (may be None)."""
    for shape in _TIMED:
        found = shape.fullmatch(plain)
        clock = _clock(found.groupdict()) if found else None
        if found and clock:
            return found["day"] or "", clock
    return plain, None


def is_moment(plain: str) -> bool:
    """Say whether it has the shape of a day, a time, or both."""
    day, clock = split_time(plain)
    return is_day(day) or (not day and clock is not None)


def _clock(parts: dict[str, str | None]) -> time | None:
    if parts["named"]:
        return _NOON if parts["named"] in {"noon", "midday"} else _CLOSE
    if parts["half"]:
        return _half_day(int(parts["hour"] or 0), int(parts["minute"] or 0), parts["half"])
    hours = parts["hours"] or ""
    later = 12 if int(hours) in _AFTERNOON and not hours.startswith("0") else 0
    return _time(int(hours) + later, int(parts["minutes"] or 0))


def _half_day(hour: int, minute: int, half: str) -> time | None:
    """Noon is 12pm and midnight 12am."""
    if hour not in range(1, 13):
        return None
    return _time(hour % 12 + (12 if half == "pm" else 0), minute)


def _time(hour: int, minute: int) -> time | None:
    try:
        return time(hour, minute)
    except ValueError:
        return None
