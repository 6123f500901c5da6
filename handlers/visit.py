"""The times of an on-site day, and the days ahead that everybody counts towards."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from handlers.rules.counting import WorkingDays
from handlers.rules.dates import Days
from handlers.shapes import Format
from store.challenge import Challenge

_FRIDAY = 5
_SHARED = frozenset({"conversation", "preview"})


def visit_of(challenge: Challenge) -> Days | None:
    """The visit from its first day to its last; None while they are not known."""
    if challenge.first_day is None or challenge.last_day is None:
        return None
    return Days(first=challenge.first_day, last=challenge.last_day)


def days_of(challenge: Challenge) -> list[date]:
    """The on-site days, none while they are not known."""
    return list(visit_of(challenge) or ())


def not_worked(days: Iterable[date], calendar: WorkingDays) -> dict[str, list[Any]]:
    """Those of some days that are bank holidays, by name, closed at the council, and at a weekend."""
    off = [day for day in days if not calendar.is_working(day)]
    named = [(day, calendar.why_not(day)) for day in off if not _at_weekend(day)]
    return {
        "holidays": [{"day": day.isoformat(), "name": name} for day, name in named if name],
        "closures": [day.isoformat() for day, name in named if not name],
        "weekend": [day.isoformat() for day in off if _at_weekend(day)],
    }


def _at_weekend(day: date) -> bool:
    return day.isoweekday() > _FRIDAY


def unusual(days: Sequence[date], calendar: WorkingDays, today: date) -> dict[str, Any]:
    """What somebody who typed these days may not have meant: another year, days that are not worked."""
    other_year = str(days[0].year) if days and days[0].year != today.year else ""
    off = not_worked(days, calendar)
    return {**off, "other_year": other_year, "unusual": bool(other_year or any(off.values()))}


def times(challenge: Challenge, format: Format, day: date) -> list[dict[str, str]]:
    """What happens at which time of an on-site day, as the peer team knows it; nothing on other days."""
    days = days_of(challenge)
    if day not in days:
        return []
    hours = format.on_site
    wanted: list[tuple[str, time | None, bool]] = [
        ("notes_prompt", hours.notes_prompt, day in hours.debrief_days(days)),
        ("debrief", hours.debrief, day in hours.debrief_days(days)),
        ("conversation", hours.conversation, day in hours.summary_days(days)),
        ("preview", hours.preview, day == hours.preview_day(days)),
    ]
    found = sorted((clock, what) for what, clock, comes in wanted if comes and clock)
    return [{"what": what, "at": clock.isoformat("minutes")} for clock, what in found]


def shared(times: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those of a day's times that the council has a part in."""
    return [one for one in times if one["what"] in _SHARED]


def ahead(challenge: Challenge, format: Format, today: date) -> list[dict[str, Any]]:
    """The days still to come that everybody counts towards: arrival, preview, presentation."""
    days = days_of(challenge)
    if not days:
        return []
    preview = format.on_site.preview_day(days)
    at = format.on_site.preview.isoformat("minutes") if format.on_site.preview else ""
    wanted = [("arrival", days[0], ""), ("preview", preview, at), ("presentation", days[-1], "")]
    return [
        {"what": what, "day": day.isoformat(), "at": clock}
        for what, day, clock in wanted
        if day and day > today
    ]
