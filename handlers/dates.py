"""The dates of a challenge: why each is where it is, and pinning one so that it stays there."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_of, closed_days
from handlers.closures import in_facts
from handlers.command import COORDINATION
from handlers.explaining import why_in_full
from handlers.giving import keep_told
from handlers.holding import Sight
from handlers.message import Refused, Reply
from handlers.pinned import astray
from handlers.plan import sight_of
from handlers.rules import phrases
from handlers.rules.dates import at
from handlers.rules.local import local_text
from handlers.settling import board
from handlers.shapes import Format
from handlers.tasks import milestone_of, redate
from handlers.visit import days_of, not_worked, visit_of
from handlers.words import Words
from store.challenge import Challenge
from store.person import Person
from store.task import Task, tasks_of


class NotPinned(Refused):
    """The date of this task is counted from the visit already."""


def explain_dates(
    session: Session, challenge: Challenge, format: Format, words: Words, speaker: Person,
    roles: frozenset[str], today: date,
) -> Reply:  # fmt: skip
    """The on-site dates, and every other with its reason; what is done by its name, to whoever may know."""
    sight = sight_of(session, challenge, format, speaker, roles, today)
    dated = [task for task in tasks_of(session, challenge.id) if _is_dated(task, sight)]
    found = sorted(dated, key=lambda task: (task.due_on or date.max, task.number))
    done = [task for task in found if task.state == "done" and sight.sees_done(task)]
    facts = {
        "challenge": challenge.name,
        "first_day": challenge.first_day.isoformat() if challenge.first_day else "",
        "last_day": challenge.last_day.isoformat() if challenge.last_day else "",
        **not_worked(days_of(challenge), calendar_of(challenge)),
        "council_closed": in_facts(closed_days(challenge)),
        "tasks": [_row(task, challenge, format, words, today) for task in found if task not in done],
        "done": [{"number": task.number, "title": task.title} for task in done],
        "may_move": bool(roles & COORDINATION),
        "this_year": today.year,
    }
    return Reply("dates", facts, hidden={"challenge": challenge.id})


def _is_dated(task: Task, sight: Sight) -> bool:
    """Every milestone, and what else is open and has a day."""
    if milestone_of(task, sight.format) is not None:
        return sight.knows(task) and task.state != "not_needed"
    return task.state == "open" and task.due_on is not None and sight.sees(task)


def _row(task: Task, challenge: Challenge, format: Format, words: Words, today: date) -> dict[str, Any]:
    return {
        "number": task.number,
        "title": task.title,
        "due": task.due_on.isoformat() if task.due_on else "",
        "why": why_in_full(task, challenge, format, words, today),
    }


# One date set by hand


def read_pin(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, text: str,
) -> dict[str, str]:  # fmt: skip
    """The item's number, and its new day."""
    found = phrases.snooze(text)
    if "until" in found:
        found["day"] = found.pop("until")
    if "item" in found:
        seen = board(session, challenge, format, speaker, roles, today)
        found["item"] = str(seen.find(found["item"]).number)
    return found


def pin(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, item: str, day: date,
) -> Reply:  # fmt: skip
    """Give a task another day by hand. A milestone then stays there when the visit moves."""
    task = board(session, challenge, format, speaker, roles, today).still_open(item)
    milestone = milestone_of(task, format) is not None
    if task.due_at is not None:
        task.due_at = _same_time(task.due_at, day, challenge.zone)
    task.due_on, task.pinned_by = day, speaker.id
    task.snoozed_until, task.chased_at = None, None
    keep_told(session, challenge, task)
    facts = {
        "number": task.number,
        "title": task.title,
        "day": day.isoformat(),
        "milestone": milestone,
        "this_year": today.year,
        **astray(task, challenge, format, visit_of(challenge)),
        **not_worked([day], calendar_of(challenge)),
    }
    return Reply("task_pinned", facts, hidden={"challenge": challenge.id})


def _same_time(moment: datetime, day: date, zone: str) -> datetime:
    clock = datetime.fromisoformat(local_text(moment, zone)).time()
    return at(day, clock, zone)


def unpin(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, item: str,
) -> Reply:  # fmt: skip
    """Count a milestone's date from the visit again."""
    task = board(session, challenge, format, speaker, roles, today).still_open(item)
    if task.pinned_by is None or milestone_of(task, format) is None:
        raise NotPinned(title=task.title)
    task.pinned_by = None
    redate(session, challenge, format)
    day = task.due_on.isoformat() if task.due_on else ""
    facts = {"number": task.number, "title": task.title, "day": day, "this_year": today.year}
    return Reply("task_unpinned", facts)
