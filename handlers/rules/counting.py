"""Days counted in working days: which are worked, the nth before or after, and how that was counted."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays.countries.united_kingdom

from handlers.rules.dates import Days

_SATURDAY = 5


class WorkingDays:
    """Which days are worked in a nation ("ENG", "WLS", "SCT" or "NIR"), less a council's closures."""

    def __init__(self, nation: str, closures: tuple[date, ...] = ()) -> None:
        self._nation = nation
        self._closures = frozenset(closures)

    def is_working(self, day: date) -> bool:
        """Say whether this is no weekend, bank holiday or closure."""
        return day.weekday() < _SATURDAY and self.why_not(day) is None

    def why_not(self, day: date) -> str | None:
        """The bank holiday's name, "" for a closure, None for any other day."""
        name = _bank_holiday(self._nation, day)
        return "" if name is None and day in self._closures else name

    def add(self, day: date, working_days: int) -> date:
        """Go so many working days on, or back when negative. Nought: the day, or the next that is worked."""
        if working_days < 0:
            return self.before(day, -working_days)
        return self.after(day, working_days)

    def after(self, day: date, working_days: int) -> date:
        """Go on to the nth working day after; nought is the day itself, or the next that is worked."""
        return self._walk(day, working_days, timedelta(days=1))

    def before(self, day: date, working_days: int) -> date:
        """Go back to the nth working day before; nought is the day itself, or the last that was worked."""
        return self._walk(day, working_days, timedelta(days=-1))

    def next(self, day: date) -> date:
        """The first working day after this one."""
        return self.after(day, 1)

    def _walk(self, day: date, working_days: int, step: timedelta) -> date:
        while working_days > 0 or not self.is_working(day):
            day += step
            working_days -= self.is_working(day)
        return day


@lru_cache(maxsize=4096)
def _bank_holiday(nation: str, day: date) -> str | None:
    """The name of a day that is a bank holiday. Asking the library takes ten times as long."""
    name = _bank_holidays(nation).get(day)
    return name.replace(" (observed)", ", substitute day") if name else None


@lru_cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    """A country is loaded when first asked for, a quarter of a second: the import above does it at start."""
    return holidays.country_holidays("GB", subdiv=nation)


def offset_day(anchor: date, working_days: int, calendar: WorkingDays) -> date:
    """The day so many working days after the anchor (before it, when negative)."""
    return calendar.add(anchor, working_days)


def months_after(day: date, months: int) -> date:
    """The same day so many months on, or that month's last day where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_month = date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(years, month + 1, 1) + timedelta(days=day.day - 1), next_month - timedelta(days=1))


def explain(anchor: date, working_days: int, calendar: WorkingDays) -> dict[str, Any]:
    """Facts for "20 October: 15 working days before 10 November".

    `left_out` are the bank holidays and closures (name "") on the way, which the count passes over: it
    begins beside the anchor, whatever day that is. For nought the anchor itself moves on to the next day that
    is worked, as months do.
    """
    day = offset_day(anchor, working_days, calendar)
    if not working_days:
        return {**_explained(day, anchor, 0, "working_days"), **_moved_on(anchor, day, calendar)}
    passed = _left_out(Days(first=min(day, anchor), last=max(day, anchor)), calendar)
    return {
        **_explained(day, anchor, working_days, "working_days"),
        "left_out": [one for one in passed if one["day"] != anchor.isoformat()],
    }


def explain_months(anchor: date, months: int, calendar: WorkingDays) -> dict[str, Any]:
    """Facts for "14 December: one month after 13 November (13 December is not worked)".

    `moved_from` is the weekend day from which it moved to the next working day, None when it did not.
    """
    exact = months_after(anchor, months)
    day = calendar.after(exact, 0)
    return {**_explained(day, anchor, months, "months"), **_moved_on(exact, day, calendar)}


def _moved_on(exact: date, day: date, calendar: WorkingDays) -> dict[str, Any]:
    """The day from which a date moved on to a working day, and the bank holidays that it passed."""
    passed = _left_out(Days(first=exact, last=day), calendar)
    named = exact.isoformat() in {one["day"] for one in passed}
    return {"left_out": passed, "moved_from": None if day == exact or named else exact.isoformat()}


def _left_out(way: Days, calendar: WorkingDays) -> list[dict[str, str]]:
    found = [(one, calendar.why_not(one)) for one in way if one.weekday() < _SATURDAY]
    return [{"day": one.isoformat(), "name": name} for one, name in found if name is not None]


def _explained(day: date, anchor: date, count: int, unit: str) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "anchor": anchor.isoformat(),
        "count": abs(count),
        "unit": unit,
        "side": "on" if day == anchor or not count else "before" if day < anchor else "after",
        "left_out": [],
        "moved_from": None,
    }
