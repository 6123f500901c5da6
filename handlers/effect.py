"""What moving the visit does: which dates move, which stay, and which days nobody works."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_of
from handlers.pinned import astray
from handlers.rules.counting import WorkingDays
from handlers.rules.dates import Days
from handlers.rules.local import local_day, local_text
from handlers.shapes import Format
from handlers.tasks import anchor_days, milestone_day, milestone_of
from handlers.visit import days_of, unusual
from store.challenge import Challenge
from store.role import dated_roles
from store.summary import talks_of
from store.task import Task, open_tasks

_SHOWN = 5
"""How many of the dates that move are named."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What moving the visit does to one task."""

    task: Task
    before: date | None
    after: date | None


def effect(session: Session, challenge: Challenge, format: Format, days: Days, today: date) -> dict[str, Any]:
    """How many dates move, which of them are past, which are pinned, and what else stays where it is."""
    anchors = {**anchor_days(challenge), "first_day": days.first, "last_day": days.last}
    calendar = calendar_of(challenge)
    tasks = open_tasks(session, challenge.id)
    pinned = [task for task in tasks if task.pinned_by and milestone_of(task, format)]
    return {
        "challenge": challenge.name,
        "first_day": days.first.isoformat(),
        "last_day": days.last.isoformat(),
        "old_first": challenge.first_day.isoformat() if challenge.first_day else "",
        "old_last": challenge.last_day.isoformat() if challenge.last_day else "",
        **moved(changes(session, challenge, format, anchors, calendar), today),
        "pinned": [{**_dated(task, task.due_on), **astray(task, challenge, format, days)} for task in pinned],
        "deputies": list(_deputies(session, challenge)),
        "talks": list(_talks(session, challenge, today)),
        "this_year": today.year,
        **unusual(list(days), calendar, today),
    }


def changes(
    session: Session, challenge: Challenge, format: Format, anchors: dict[str, date | None],
    calendar: WorkingDays,
) -> list[Change]:  # fmt: skip
    """What becomes of each open milestone that is not pinned, counted from these days by this calendar."""
    found = []
    for task in open_tasks(session, challenge.id):
        milestone = milestone_of(task, format)
        if milestone and task.pinned_by is None:
            after = milestone_day(milestone, challenge, anchors, calendar)
            found.append(Change(task=task, before=task.due_on, after=after))
    return [change for change in found if change.before != change.after]


def moved(found: list[Change], today: date) -> dict[str, Any]:
    """How many dates move, the first of them, and those that would be past."""
    past = [one for one in found if one.after is not None and one.after < today]
    return {
        "moved": len(found),
        "moving": [_moving(one) for one in sorted(found, key=_soonest)[:_SHOWN]],
        "past": [_dated(one.task, one.after) for one in past],
    }


def _soonest(change: Change) -> date:
    return min(day for day in (change.before, change.after) if day)


def _moving(change: Change) -> dict[str, Any]:
    before = change.before.isoformat() if change.before else ""
    return {**_dated(change.task, change.after), "before": before}


def _dated(task: Task, day: date | None) -> dict[str, Any]:
    return {"number": task.number, "title": task.title, "due": day.isoformat() if day else ""}


def _deputies(session: Session, challenge: Challenge) -> Iterator[dict[str, str]]:
    """Those who stand in for somebody on days of the visit: their days were agreed, and stay."""
    visit = days_of(challenge)
    for row in dated_roles(session, challenge.id):
        begins, ends = row.starts or date.min, row.ends or date.max
        if row.covers_id and any(begins <= day <= ends for day in visit):
            yield {"name": row.person.name, "starts": str(row.starts or ""), "ends": str(row.ends or "")}


def _talks(session: Session, challenge: Challenge, today: date) -> Iterator[dict[str, str]]:
    """The talks for which the sponsor was told a time that is still to come."""
    for talk in talks_of(session, challenge.id):
        if talk.offered_at and talk.held_at is None and local_day(talk.at, challenge.zone) >= today:
            yield {"kind": talk.kind, "at": local_text(talk.at, challenge.zone)}
