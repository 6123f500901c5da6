"""When somebody may be nudged: not in quiet hours, not on a day they or the nation do not work."""

from datetime import date, datetime, time, timedelta

from handlers.rules.counting import WorkingDays
from handlers.rules.dates import at
from handlers.rules.local import local_day, local_text

_FURTHEST = 60


def when_to_nudge(
    now: datetime, *, zone: str, calendar: WorkingDays, working_days: str, quiet_from: time, quiet_until: time
) -> datetime:
    """The first moment from `now` on at which somebody may be nudged, aware and in UTC.

    `working_days` names the ISO weekdays they work, for instance "1245".
    """
    today = local_day(now, zone)
    clock = time.fromisoformat(local_text(now, zone)[11:16])
    if works_on(today, calendar, working_days) and quiet_until <= clock < quiet_from:
        return now
    first = today if clock < quiet_until else today + timedelta(days=1)
    return at(next_working_day(first, calendar, working_days), quiet_until, zone)


def works_on(day: date, calendar: WorkingDays, working_days: str) -> bool:
    """Whether somebody works on a day: their own weekday, and no bank holiday."""
    return calendar.is_working(day) and str(day.isoweekday()) in working_days


def next_working_day(day: date, calendar: WorkingDays, working_days: str) -> date:
    """The first day from `day` on that somebody works; `day` itself where there is none in two months."""
    days = (day + timedelta(days=ahead) for ahead in range(_FURTHEST))
    return next((one for one in days if works_on(one, calendar, working_days)), day)
