"""Which moment a person at the room's clock means."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.room.mistakes import Mistake
from bot.room.view import moment_in_words

MORNING = time(9)
FURTHEST = timedelta(days=2 * 366)
"""How far the clock moves at once: everything due on the way really happens."""


def wanted(to: str, now: datetime, zone: ZoneInfo, following: datetime | None) -> datetime:
    """The moment meant by "hour", "morning", "next" or a local time. Raises Mistake."""
    match to:
        case "hour":
            return now + timedelta(hours=1)
        case "morning":
            return next_morning(now, zone)
        case "next":
            return _next(now, following)
        case _:
            return _ahead(_local(to, zone), now, zone)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """The next nine o'clock in the zone."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone)


def _next(now: datetime, following: datetime | None) -> datetime:
    if following is None:
        raise Mistake("Nothing is due.", 409)
    return max(now, following)


def _local(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Mistake("Say a moment like 2026-07-06 09:00, or hour, morning or next.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _ahead(moment: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    if moment < now:
        raise Mistake(f"The clock only moves forward. It is {moment_in_words(now, zone)}.")
    if moment - now > FURTHEST:
        raise Mistake("That is more than two years away. Move there in smaller steps.")
    return moment
