"""On which days a task is worth mentioning in somebody's morning digest.

When it is new, when it comes near, on the day before and on the day; once it is late, on the next
working day and then when a week begins. A director is spared most of this: told when it comes
near, and reminded once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.counting import WorkingDays


@dataclass(frozen=True, kw_only=True)
class Mention:
    """What is known of a task. `new_on`: the first working day after somebody gave it; `ahead`: working
    days before `due` from which it is near; `once`: whoever has it is reminded once, and `reminded` was.
    """

    due: date | None
    ahead: int
    new_on: date | None = None
    snoozed_until: date | None = None
    once: bool = False
    reminded: bool = False


def first_mention(task: Mention, first: date, calendar: WorkingDays) -> date | None:
    """The first day from `first` on that a task is mentioned for its own sake; None: it is not any more."""
    if task.snoozed_until and task.snoozed_until > first:
        first = task.snoozed_until
    days = [day for day in _days(task, first, calendar) if day >= first]
    return min(days, default=None)


def is_near(task: Mention, today: date, calendar: WorkingDays) -> bool:
    """Whether a task belongs in a digest of today: late, near or new, and not put off."""
    if task.snoozed_until and task.snoozed_until > today:
        return False
    near = task.due is not None and calendar.before(task.due, task.ahead) <= today
    return near or task.new_on == today


def _days(task: Mention, first: date, calendar: WorkingDays) -> Iterator[date]:
    if task.new_on:
        yield task.new_on
    if task.snoozed_until:
        yield task.snoozed_until
    if task.due is None:
        return
    yield calendar.before(task.due, task.ahead)
    late = calendar.after(task.due, 1)
    if task.once:
        if not task.reminded:
            yield max(first, late)
        return
    yield from (calendar.before(task.due, 1), task.due, late)
    yield max(late, _week_begins(first, calendar))


def _week_begins(first: date, calendar: WorkingDays) -> date:
    """The first working day of a week, from `first` on."""
    this = calendar.add(first - timedelta(days=first.weekday()), 0)
    return this if this >= first else calendar.add(this + timedelta(days=7 - this.weekday()), 0)
