"""Moments as the people of a challenge see them: on the wall clock of their own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(now: datetime, zone: str) -> date:
    """The day that the wall clock of a zone shows at an aware moment."""
    return now.astimezone(ZoneInfo(zone)).date()


def local_text(moment: datetime, zone: str) -> str:
    """A moment as local ISO text to the minute, as templates' `day` and `time` expect it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
