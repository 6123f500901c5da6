"""What is next: what is due, whose, and why on that day. Only what the asker may know."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from handlers.explaining import shown
from handlers.holding import Sight, holding, owners
from handlers.message import Reply, Said
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
    whose = text.strip().casefold()
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
        },
        hidden={"challenge": challenge.id},
    )


def _of(person: Person | None, sight: Sight) -> Callable[[Task], bool]:
    return lambda task: person is None or person in owners(task, sight.holding)


def _settles(facts: list[dict[str, Any]]) -> bool:
    return any(fact["can_settle"] for fact in facts)
