"""Setting the on-site dates and moving them: first what would happen, then all of it at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from handlers.challenge import check_length
from handlers.holding import holding
from handlers.message import Facts, Refused, Reply
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.dates import Days, NotADate, WorkingDays, read_days
from handlers.rules.local import local_day
from handlers.shapes import Format
from handlers.tasks import anchor_days, milestone_day, milestone_of, redate
from handlers.visit import days_of
from store.challenge import Challenge
from store.outbox import unsent_later
from store.room import room_of
from store.task import Task, open_tasks

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class NotTheDates(Refused):
    """The day from which the visit was to move is not its first day."""


class SameDates(Refused):
    """The visit is on these days already."""


class VisitIsOver(Refused):
    """The last on-site day has passed."""


class DatesChanged(Refused):
    """The dates were changed after the preview whose button was pressed."""


class NothingToMove(Refused):
    """Nothing was previewed that could be confirmed."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What moving the visit does to one task."""

    task: Task
    before: date | None
    after: date | None


def read_days_meant(challenge: Challenge, text: str) -> dict[str, str]:
    """From when and to when, as typed. While the dates are blank, all of it is the days."""
    if challenge.first_day is None:
        return {"days": text}
    found = phrases.dates(text)
    if "to" not in found:
        return {"days": found.get("from", "")}
    return {"days": found["to"], **({"was": found["from"]} if "from" in found else {})}


def propose(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, today: date,
    days: Days, was: str | None,
) -> Reply:  # fmt: skip
    """Set blank dates; show what would happen to dates that are known, and do nothing yet."""
    if challenge.last_day and challenge.last_day < today:
        raise VisitIsOver(challenge=challenge.name, last_day=challenge.last_day.isoformat())
    wanted = _whole_visit(challenge, days, was)
    check_length(format, wanted)
    if challenge.first_day is None:
        return _set(session, challenge, format, post, now, wanted)
    facts = _effect(session, challenge, format, wanted, today)
    chosen = {
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
        "was": str(challenge.first_day),
    }
    return Reply("dates_preview", facts, hidden={"challenge": challenge.id, **chosen})


def _whole_visit(challenge: Challenge, days: Days, was: str | None) -> Days:
    """The days meant: a first day alone keeps the length. Raises NotTheDates, SameDates."""
    if challenge.first_day is None or challenge.last_day is None:
        return days
    there = {"first_day": challenge.first_day.isoformat(), "last_day": challenge.last_day.isoformat()}
    if was and not _is_first_day(challenge.first_day, was):
        raise NotTheDates(at_field="was", **there)
    if len(days) == 1:
        days = Days(first=days.first, last=days.first + (challenge.last_day - challenge.first_day))
    if (days.first, days.last) == (challenge.first_day, challenge.last_day):
        raise SameDates(at_field="days", **there)
    return days


def _is_first_day(first_day: date, was: str) -> bool:
    """Whether the words name the first day, though it may have passed."""
    try:
        return read_days(was, first_day - timedelta(days=1)).first == first_day
    except NotADate:
        return False


def _set(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days
) -> Reply:
    facts = _effect(session, challenge, format, days, local_day(now, challenge.zone))
    _apply(session, challenge, format, post, now, days)
    return Reply("dates_set", facts, hidden={"challenge": challenge.id})


def confirm(
    session: Session,
    challenge: Challenge,
    format: Format,
    post: Post,
    now: datetime,
    today: date,
    about: Facts,
) -> Reply:
    """Move the visit as it was previewed, unless it was moved in the meantime."""
    if "first" not in about:
        raise NothingToMove(challenge=challenge.name)
    days = Days(first=date.fromisoformat(about["first"]), last=date.fromisoformat(about["last"]))
    there = {"first_day": str(challenge.first_day or ""), "last_day": str(challenge.last_day or "")}
    if (days.first, days.last) == (challenge.first_day, challenge.last_day):
        raise SameDates(**there)
    if str(challenge.first_day) != about["was"]:
        raise DatesChanged(**there)
    check_length(format, days)
    facts = _effect(session, challenge, format, days, today)
    _apply(session, challenge, format, post, now, days)
    return Reply("dates_moved", facts, hidden={"challenge": challenge.id})


# What it does


def _changes(session: Session, challenge: Challenge, format: Format, days: Days) -> list[Change]:
    """What becomes of each open milestone that is not pinned."""
    anchors = {**anchor_days(challenge), "first_day": days.first, "last_day": days.last}
    found = []
    for task in open_tasks(session, challenge.id):
        milestone = milestone_of(task, format)
        if milestone and task.pinned_by is None:
            after = milestone_day(milestone, challenge, anchors)
            found.append(Change(task=task, before=task.due_on, after=after))
    return [change for change in found if change.before != change.after]


def _effect(
    session: Session, challenge: Challenge, format: Format, days: Days, today: date
) -> dict[str, Any]:
    """The facts of a preview: how many dates move or are past, which are pinned, which days not worked."""
    changes = _changes(session, challenge, format, days)
    pinned = [
        task for task in open_tasks(session, challenge.id) if task.pinned_by and milestone_of(task, format)
    ]
    calendar = WorkingDays(challenge.nation)
    return {
        "challenge": challenge.name,
        "first_day": days.first.isoformat(),
        "last_day": days.last.isoformat(),
        "old_first": challenge.first_day.isoformat() if challenge.first_day else "",
        "old_last": challenge.last_day.isoformat() if challenge.last_day else "",
        "moved": len(changes),
        "past": sum(change.after is not None and change.after < today for change in changes),
        "pinned": [_pinned(task) for task in pinned],
        "holidays": [_holiday(day, calendar) for day in days if calendar.why_not(day) is not None],
        "weekend": [day.isoformat() for day in days if day.isoweekday() > 5],
    }


def _pinned(task: Task) -> dict[str, Any]:
    return {"number": task.number, "title": task.title, "due": task.due_on.isoformat() if task.due_on else ""}


def _holiday(day: date, calendar: WorkingDays) -> dict[str, str]:
    return {"day": day.isoformat(), "name": calendar.why_not(day) or ""}


def _apply(
    session: Session, challenge: Challenge, format: Format, post: Post, now: datetime, days: Days
) -> None:
    """Move everything at once. Unsent messages whose moment moved are deleted; those sent stay sent."""
    visit, due = set(days_of(challenge)), _due_days(session, challenge)
    old = {"old_first": str(challenge.first_day or ""), "old_last": str(challenge.last_day or "")}
    challenge.first_day, challenge.last_day = days.first, days.last
    redate(session, challenge, format)
    gone = (visit - set(days)) | (due - _due_days(session, challenge) - set(days))
    for row in unsent_later(session, challenge.id, now):
        if {day.isoformat() for day in gone}.intersection(_ISO_DAY.findall(row.key)):
            session.delete(row)
    session.flush()
    _tell(session, challenge, format, post, old)


def _due_days(session: Session, challenge: Challenge) -> set[date]:
    """Every day on which something falls due."""
    return {task.due_on for task in open_tasks(session, challenge.id) if task.due_on}


def _tell(session: Session, challenge: Challenge, format: Format, post: Post, old: dict[str, str]) -> None:
    """Tell those whom it concerns of new dates: in the liaison room, or each of them before there is one."""
    if challenge.ready_at is None:
        return
    facts = {
        "challenge": challenge.name,
        "first_day": str(challenge.first_day),
        "last_day": str(challenge.last_day),
    }
    key = f"dates_told:{challenge.id}:{challenge.first_day}:{post.now.isoformat()}"
    room = room_of(session, challenge.id, "liaison")
    if room and room.state == "bound":
        post.to_room(room, "dates_told", {**facts, **old}, key=key, challenge=challenge)
        return
    for person in _concerned(session, challenge, format, local_day(post.now, challenge.zone)):
        post.nudge(person, "dates_told", {**facts, **old}, key=f"{key}:{person.id}", challenge=challenge)


def _concerned(session: Session, challenge: Challenge, format: Format, today: date) -> Iterable[Any]:
    """Those with a part of their own in the challenge who may read what both sides read."""
    readers = format.audience("liaison")
    rows = holding(session, challenge, today).roles
    own = (row.person for row in rows if row.challenge_id and row.role in readers)
    return dict.fromkeys(own)
