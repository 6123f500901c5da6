"""Days and moments: read as typed, set in local time.

`today` and `now` are always given, never asked for. The grammar of what people type is in `written`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from handlers.rules import written
from handlers.rules.written import Written

END_OF_DAY = time(17, 0)
"""The time meant by a deadline that names only a day."""


class NotADate(Exception):
    """What was typed cannot be taken as a date.

    `what` is "not_a_date", "reversed" (last before first), "past", or "wrong_weekday" (the
    weekday typed is not that day's). `text` is what was typed.
    """

    def __init__(self, what: str, text: str) -> None:
        super().__init__(what, text)
        self.what = what
        self.text = text


@dataclass(frozen=True, kw_only=True)
class Days:
    """Days on end, first and last included. Iterates over each of them."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


def side_of(day: date, visit: Days) -> str:
    """Where a day lies beside others on end: "before", "during" or "after"."""
    return "before" if day < visit.first else "after" if day > visit.last else "during"


def in_a_row(days: Iterable[date]) -> list[Days]:
    """Days as they follow on each other, the first of them first."""
    found: list[Days] = []
    for day in sorted(days):
        follows = found and found[-1].last + timedelta(days=1) == day
        first = found.pop().first if follows else day
        found.append(Days(first=first, last=day))
    return found


# What people type


def read_day(text: str, today: date) -> date:
    """Read one day: "thu", "20 oct", "tomorrow", "next friday", "20/10/2026", "2026-10-20".

    A day without a year is the next one, today included. A weekday alone is the next one,
    today excluded; "next friday" is the one of next week. Raises NotADate.
    """
    plain = written.tidy(text)
    near = written.near(plain, today)
    if near is not None:
        return _choose([Days(first=near, last=near)], today, text).first
    day = written.written(plain)
    found = [Days(first=one, last=one) for one in _possible(day, today)] if day else []
    chosen = _choose(found, today, text).first
    _check_weekday(day, chosen, today, text)
    return chosen


def read_days(text: str, today: date) -> Days:
    """Read days on end: "10-13 nov", "10 nov - 2 dec 2026", "thu to fri", or a single day.

    Without a year they are the next ones that are not over: the first may lie behind. Raises NotADate.
    """
    plain = written.tidy(text)
    if written.is_day(plain):
        day = read_day(text, today)
        return Days(first=day, last=day)
    for first, last in written.ends(plain):
        if written.is_end(first) and written.is_end(last):
            return _between(first, last, today, text)
    raise NotADate("not_a_date", text)


def read_moment(text: str, now: datetime, zone: str | ZoneInfo) -> datetime:
    """Read a moment in a zone, as UTC: "thu noon", "fri 5pm", "20 oct 17:30", "5.30pm".

    A day alone means END_OF_DAY. A time with a weekday or with no day is the soonest ahead.
    Hours 1 to 6 without am, pm or a leading nought are in the afternoon. Raises NotADate.
    """
    today = now.astimezone(_zone(zone)).date()
    day, clock = written.split_time(written.tidy(text))
    if not day and not clock:
        raise NotADate("not_a_date", text)
    if clock and _may_mean_today(day, today) and at(today, clock, zone) > now:
        return at(today, clock, zone)
    try:
        moment = at(read_day(day or "tomorrow", today), clock or END_OF_DAY, zone)
    except NotADate as wrong:
        raise NotADate(wrong.what, text) from None
    if moment <= now:
        raise NotADate("past", text)
    return moment


_AHEAD = 10
"""Years ahead (and behind) that a date may lie; further is a slip of the finger."""

_OVER_NEW_YEAR = 92
"""Days on end that may cross the new year when the years were not written; longer was swapped."""

_JUST_OVER = 92
"""Days for which a weekday and date without a year are still taken as last year's."""


def _may_mean_today(day: str, today: date) -> bool:
    week_ago = today - timedelta(days=7)
    return not day or written.near(day.removeprefix("this "), week_ago) == today


def _possible(day: Written, today: date) -> list[date]:
    """The days that this may mean: one a year where no year was written."""
    near_years = range(today.year - _AHEAD, today.year + _AHEAD + 1)
    years = near_years if day.year is None else [day.year]
    return [found for year in years if year in near_years and (found := day.in_year(year))]


def _between(left: str, right: str, today: date, text: str) -> Days:
    one, other = written.written(left), written.written(right)
    if one is None or other is None:
        first = read_day(left, today)
        return _choose([Days(first=first, last=read_day(right, first))], today, text)
    one, other = one.completed_by(other), other.completed_by(one)
    all_written = one.year is not None and other.year is not None
    pairs = product(_possible(one, today), _possible(other, today))
    chosen = _choose([Days(first=a, last=b) for a, b in pairs if all_written or _likely(a, b)], today, text)
    _check_weekday(one, chosen.first, today, text)
    _check_weekday(other, chosen.last, today, text)
    return chosen


def _likely(first: date, last: date) -> bool:
    return first.year == last.year or (last - first).days <= _OVER_NEW_YEAR


def _choose(possible: list[Days], today: date, text: str) -> Days:
    """Take the soonest that is in order and not over, or say what is wrong with all of them."""
    if not possible:
        raise NotADate("not_a_date", text)
    ordered = [days for days in possible if days.first <= days.last]
    if not ordered:
        raise NotADate("reversed", text)
    ahead = [days for days in ordered if days.last >= today]
    if not ahead:
        raise NotADate("past", text)
    return min(ahead, key=lambda days: (days.last, len(days)))


def _check_weekday(day: Written | None, chosen: date, today: date, text: str) -> None:
    """Refuse "tue 11 nov" when that is a Wednesday; "tue 10 nov" said a day late is past, not next year's."""
    if day is None or day.weekday in {None, chosen.weekday()}:
        return
    last_year = None if day.year else day.in_year(chosen.year - 1)
    just_over = last_year and (today - last_year).days <= _JUST_OVER and last_year.weekday() == day.weekday
    raise NotADate("past" if just_over else "wrong_weekday", text)


# Local time


def at(day: date, clock: time, zone: str | ZoneInfo) -> datetime:
    """The moment, in UTC, when clocks in a zone show this time on this day.

    A time that the spring change skips moves on by the hour; one that comes twice is the first.
    """
    return datetime.combine(day, clock, _zone(zone)).astimezone(UTC)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    """A zone, or the one with this IANA name."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone
