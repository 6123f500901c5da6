"""Dates that were pinned to the other side of the visit from where they are counted."""

from typing import Any

from handlers.calendars import calendar_of
from handlers.rules.dates import Days, side_of
from handlers.shapes import Format
from handlers.tasks import milestone_of
from store.challenge import Challenge
from store.task import Task


def astray(task: Task, challenge: Challenge, format: Format, visit: Days | None) -> dict[str, Any]:
    """On which side of a visit (before, during, after) a pinned date lies, and where it would be counted to.

    `side` is "" where it lies on the side it is counted to, or is counted from another day.
    """
    milestone = milestone_of(task, format)
    if visit is None or milestone is None or task.due_on is None:
        return {"side": "", "counted": ""}
    anchor = {"first_day": visit.first, "last_day": visit.last}.get(milestone.anchor)
    if anchor is None:
        return {"side": "", "counted": ""}
    counted = milestone.due(anchor, calendar_of(challenge))
    side = side_of(task.due_on, visit)
    return {"side": side if side != side_of(counted, visit) else "", "counted": counted.isoformat()}
