"""Settling a task: done, not needed (with a reason), later, or taken up again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.calendars import calendar_for
from handlers.giving import keep_told
from handlers.holding import Sight, owners
from handlers.message import Refused, Reply
from handlers.plan import sight_of
from handlers.post import Post
from handlers.rules import phrases
from handlers.rules.local import local_text
from handlers.rules.quiet import next_working_day
from handlers.shapes import Format, FormShape, Shapes
from handlers.tasks import settled_by
from store.challenge import Challenge
from store.person import Person
from store.role import holders
from store.task import Task, open_tasks, tasks_of

_OFFERED = 90


class NoSuchTask(Refused):
    """No task that the speaker may know of has this number or these words in its title."""


class SeveralTasks(Refused):
    """More than one task has these words in its title."""


class NotYourTask(Refused):
    """Somebody else settles this task."""


class AlreadySettled(Refused):
    """The task was done or not needed before: a stale button, or two people at once."""


class NotSettled(Refused):
    """The task is still open, so there is nothing to take up again."""


class SettlesItself(Refused):
    """The task is done when something happens here, and not by saying so."""


@dataclass(frozen=True, kw_only=True)
class Board:
    """The tasks of a challenge as one person sees them."""

    session: Session
    challenge: Challenge
    sight: Sight

    def find(self, item: str) -> Task:
        """The one task meant by a number or by words of its title, open ones first.

        Raises NoSuchTask and SeveralTasks.
        """
        tasks = self.sight.seen(tasks_of(self.session, self.challenge.id))
        found = _numbered(tasks, item) or _titled(tasks, item)
        if not found:
            raise NoSuchTask(item=item, challenge=self.challenge.name)
        if len(found) > 1:
            several = [{"number": task.number, "title": task.title} for task in found[:_OFFERED]]
            raise SeveralTasks(item=item, tasks=several)
        return found[0]

    def own(self, number: str) -> Task:
        """The task of that number, which this person may settle. Raises NotYourTask."""
        task = self.find(number)
        if not self.sight.settles(task):
            names = [person.name for person in owners(task, self.sight.holding)]
            raise NotYourTask(title=task.title, who=names)
        return task

    def still_open(self, number: str) -> Task:
        """The same, still open. Raises AlreadySettled, saying by whom and when."""
        task = self.own(number)
        if task.state == "open":
            return task
        person = self.session.get(Person, task.settled_by) if task.settled_by else None
        raise AlreadySettled(
            title=task.title,
            state=task.state,
            who=person.name if person else "",
            at=local_text(task.settled_at, self.challenge.zone) if task.settled_at else "",
        )


def _numbered(tasks: Iterable[Task], item: str) -> list[Task]:
    found = re.fullmatch(r"#?(\d{1,6})[.)]?", item.strip())
    return [task for task in tasks if found and task.number == int(found[1])]


def _titled(tasks: Iterable[Task], item: str) -> list[Task]:
    """Those with every word in the title; an exact title wins, and open ones before settled ones."""
    wanted = _words(item)
    matching = [task for task in tasks if wanted and _holds(_words(task.title), wanted)]
    for state in ("open", "done", "not_needed"):
        found = [task for task in matching if task.state == state]
        exact = [task for task in found if _words(task.title) == wanted]
        if found:
            return exact or found
    return []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _holds(title: list[str], wanted: list[str]) -> bool:
    return all(any(word.startswith(one) for word in title) for one in wanted)


# What forms hold and offer


def board(
    session: Session,
    challenge: Challenge,
    format: Format,
    speaker: Person,
    roles: frozenset[str],
    today: date,
) -> Board:
    """The tasks of a challenge for the speaker."""
    sight = sight_of(session, challenge, format, speaker, roles, today)
    return Board(session=session, challenge=challenge, sight=sight)


def read_done(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, text: str,
) -> dict[str, str]:  # fmt: skip
    """The item's number and, where it is not needed, the reason, which may be empty."""
    return _with_number(phrases.done(text), board(session, challenge, format, speaker, roles, today))


def read_item(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, text: str,
) -> dict[str, str]:  # fmt: skip
    """The item's number."""
    return _with_number({"item": text}, board(session, challenge, format, speaker, roles, today))


def read_snooze(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, text: str,
) -> dict[str, str]:  # fmt: skip
    """The item's number, and until when."""
    return _with_number(phrases.snooze(text), board(session, challenge, format, speaker, roles, today))


def _with_number(found: dict[str, str], board: Board) -> dict[str, str]:
    return {**found, "item": str(board.find(found["item"]).number)} if found.get("item") else found


def done_form(shapes: Shapes, text: str) -> FormShape:
    """The form behind "done …": with a reason, when the words say that it is not needed."""
    return shapes.form("task_not_needed" if "reason" in phrases.done(text) else "task_done")


def offered(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, typed: dict[str, Any], about: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The open tasks that the speaker may settle, and the one meant, whatever became of it."""
    seen = board(session, challenge, format, speaker, roles, today)
    meant = {str(typed.get("item", "")), str(about.get("known", {}).get("item", ""))}
    tasks = [task for task in open_tasks(session, challenge.id) if seen.sight.settles(task)][:_OFFERED]
    others = [
        task for task in tasks_of(session, challenge.id) if str(task.number) in meant and task not in tasks
    ]
    found = [*tasks, *seen.sight.seen(others)]
    return {"tasks": [(str(task.number), f"{task.number}. {task.title}") for task in found]}


# What can be said


def done(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, now: datetime, post: Post, item: str, reason: str | None = None,
) -> Reply:  # fmt: skip
    """Settle a task as done or, with a reason, as not needed. What settles itself needs the reason."""
    task = board(session, challenge, format, speaker, roles, today).still_open(item)
    event = settled_by(task, format)
    if event and reason is None:
        raise SettlesItself(title=task.title, event=event.partition(":")[0])
    task.state = "not_needed" if reason else "done"
    task.reason, task.settled_by, task.settled_at, task.snoozed_until = reason, speaker.id, now, None
    keep_told(session, challenge, task)
    _tell(session, challenge, task, speaker, post)
    facts = {"number": task.number, "title": task.title, "reason": reason or "", "challenge": challenge.name}
    return Reply("task_settled", facts, hidden={"challenge": challenge.id})


def take_up(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, item: str,
) -> Reply:  # fmt: skip
    """Open a settled task again: it was settled by mistake."""
    task = board(session, challenge, format, speaker, roles, today).own(item)
    if task.state == "open":
        raise NotSettled(title=task.title)
    task.state, task.reason, task.settled_by, task.settled_at = "open", None, None, None
    return Reply("task_taken_up", {"number": task.number, "title": task.title})


def snooze(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, item: str, until: date,
) -> Reply:  # fmt: skip
    """Leave a task out of digests until a day, or the next on which the speaker works. Its own date stays."""
    task = board(session, challenge, format, speaker, roles, today).still_open(item)
    task.snoozed_until = until
    due = task.due_on.isoformat() if task.due_on else ""
    facts = {"number": task.number, "title": task.title, "until": until.isoformat(), "due": due}
    seen = next_working_day(until, calendar_for(speaker, challenge), speaker.working_days)
    beyond = bool(task.due_on and seen > task.due_on)
    return Reply(
        "task_snoozed", {**facts, "seen": seen.isoformat(), "beyond": beyond, "this_year": today.year}
    )


def ask_for_help(
    session: Session, challenge: Challenge, format: Format, speaker: Person, roles: frozenset[str],
    today: date, post: Post, item: str,
) -> Reply:  # fmt: skip
    """Tell the coordinators that somebody is stuck with a task."""
    task = board(session, challenge, format, speaker, roles, today).still_open(item)
    told = holders(session, challenge.id, challenge.programme_id, "coordinator", today)
    facts = {"challenge": challenge.name, "who": speaker.name, "number": task.number, "title": task.title}
    for person in told:
        key = f"stuck:{challenge.id}:{task.number}:{speaker.id}:{today}:{person.id}"
        post.nudge(person, "task_stuck", facts, key=key, challenge=challenge)
    names = [person.name for person in told]
    return Reply("help_is_asked", {"title": task.title, "who": names})


def _tell(session: Session, challenge: Challenge, task: Task, speaker: Person, post: Post) -> None:
    """Who asked the council for something is told that it is there."""
    asker = session.get(Person, task.added_by) if task.kind == "request" and task.added_by else None
    if asker is None or asker is speaker or challenge.ready_at is None:
        return
    facts = {
        "challenge": challenge.name,
        "title": task.title,
        "who": speaker.name,
        "reason": task.reason or "",
    }
    key = f"request_settled:{challenge.id}:{task.number}:{post.now.isoformat()}"
    post.nudge(asker, "request_settled", facts, key=key, challenge=challenge)
