"""What is next: what is due, whose, and why on that day. Only what the asker may know."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers import visit
from handlers.calendars import calendar_of
from handlers.explaining import in_short, shown
from handlers.holding import Sight, holding, owners
from handlers.message import Facts, Reply, Said
from handlers.part import Part, Thing, thing
from handlers.rules.mention import Mention, is_near
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.person import Person
from store.task import Task, open_tasks

SHOWN = 12
_LONGEST_NAME = 4
_MINE = {"", "me", "mine", "my"}
_ALL = {"all", "everybody", "everyone"}


def is_whose(text: str) -> bool:
    """Whether a few words may be a name, "me" or "all"."""
    return len(text.split()) <= _LONGEST_NAME


def sight_of(
    session: Session, challenge: Challenge, format: Format, person: Person, roles: frozenset[str], today: date
) -> Sight:
    """What somebody may know of a challenge's tasks today."""
    held = holding(session, challenge, today)
    return Sight(format=format, holding=held, person=person, roles=roles, today=today)


def whats_next(
    session: Session, challenge: Challenge, format: Format, words: Words, speaker: Person,
    roles: frozenset[str], today: date, said: Said, text: str,
) -> Reply:  # fmt: skip
    """What is due, the soonest first: the speaker's own, somebody's, or everybody's."""
    sight = sight_of(session, challenge, format, speaker, roles, today)
    whose = text.strip(" .!?").casefold()
    person = (
        speaker if whose in _MINE else None if whose in _ALL else sight.holding.named(text, said, challenge)
    )
    tasks = [task for task in sight.seen(open_tasks(session, challenge.id)) if _of(person, sight)(task)]
    facts = [shown(task, challenge, sight, words) for task in tasks[:SHOWN]]
    return Reply(
        "next_tasks",
        {
            "challenge": challenge.name,
            "whose": "all" if person is None else "me" if person is speaker else person.name,
            "tasks": facts,
            "more": len(tasks) - len(facts),
            "settles": _settles(facts),
            "this_year": today.year,
        },
        hidden={"challenge": challenge.id},
    )


def _of(person: Person | None, sight: Sight) -> Callable[[Task], bool]:
    return lambda task: person is None or person in owners(task, sight.holding)


def _settles(facts: list[dict[str, Any]]) -> bool:
    return any(fact["can_settle"] for fact in facts)


# What waits, and what is next


def waits(part: Part) -> Iterator[Thing]:
    """One's own tasks that are late or near, and those that were given without a date."""
    for task in part.tasks:
        if not _comes_later(task, part):
            facts = in_short(task, part.challenge, part.sight)
            yield thing("task", *_buttons(part, facts), day=facts["due"][:10], **_brief(facts))


def later(part: Part) -> Iterator[Facts]:
    """What is next for somebody: their tasks that are not near, and the days all count towards."""
    for task in part.tasks:
        if task.due_on and _comes_later(task, part):
            facts = in_short(task, part.challenge, part.sight)
            yield {"what": "task", "day": facts["due"][:10], "at": "", **_brief(facts)}
    for one in () if part.is_guest else visit.ahead(part.challenge, part.format, part.today):
        yield {"number": 0, "title": "", **one}


def _comes_later(task: Task, part: Part) -> bool:
    """Whether somebody need not think of a task yet: it is far off, put off, or waits for something else."""
    snoozed = task.snoozed_until and task.snoozed_until > part.today
    if task.due_on is None:
        return bool(snoozed) or task.kind == "milestone"
    known = Mention(due=task.due_on, ahead=part.format.digest.ahead, snoozed_until=task.snoozed_until)
    return not is_near(known, part.today, calendar_of(part.challenge))


def _buttons(part: Part, facts: Facts) -> Iterator[Thing]:
    number = facts["number"]
    if facts["can_do"]:
        yield part.button("done", f"done {number}", number=number)
    if facts["late"]:
        yield part.button("stuck", "stuck", number=number, known={"item": str(number)})


def _brief(facts: Facts) -> dict[str, Any]:
    return {name: facts[name] for name in ("number", "title", "due", "timed", "late", "today")}
