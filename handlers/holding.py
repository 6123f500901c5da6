"""Who holds which role in a challenge today, read once; and whose a task is, who sees it, who settles it."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from handlers.command import COORDINATION
from handlers.message import Said
from handlers.people import the_one
from handlers.rules.audiences import may_read, may_stand_in
from handlers.rules.people import match
from handlers.shapes import Format
from store.challenge import Challenge
from store.person import Person
from store.role import Role, roles_on
from store.task import Task


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The roles in force in a challenge on one day, the programme's own ones included."""

    roles: tuple[Role, ...]

    def people(self, role: str) -> list[Person]:
        """The people holding a role: a challenge's own before the programme's."""
        rows = [row for row in self.roles if row.role == role]
        own = [row.person for row in rows if row.challenge_id is not None]
        return list(dict.fromkeys(own or [row.person for row in rows]))

    def everybody(self) -> list[Person]:
        """Everybody with a part, once."""
        return list(dict.fromkeys(row.person for row in self.roles))

    def roles_of(self, person_id: int | None) -> frozenset[str]:
        """The names of the roles that somebody holds."""
        return frozenset(row.role for row in self.roles if row.person_id == person_id)

    def named(self, name: str, said: Said, challenge: Challenge) -> Person:
        """The one person with a part who goes by a name. Raises NobodyOfThatName, SeveralOfThatName."""
        return the_one(match(name, self.everybody()), name, said, challenge_id=challenge.id)


def holding(session: Session, challenge: Challenge, today: date) -> Holding:
    """Who holds which role in a challenge on a day."""
    return Holding(roles=tuple(roles_on(session, challenge.id, challenge.programme_id, today)))


def owners(task: Task, holding: Holding) -> list[Person]:
    """Whose a task is: the person named, else whoever holds the role."""
    return [task.owner] if task.owner else holding.people(task.owner_role or "")


def side(task: Task, format: Format, holding: Holding) -> Set[str]:
    """The sides whose task it is: "team", "council", "programme", "guest"."""
    roles = holding.roles_of(task.owner_id) if task.owner_id else {task.owner_role}
    return {format.roles[role].side for role in roles if role in format.roles}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one person may know of a challenge's tasks, and what they may do about them."""

    format: Format
    holding: Holding
    person: Person
    roles: frozenset[str]
    today: date

    def owns(self, task: Task) -> bool:
        """Whether a task is this person's own."""
        return self.person in owners(task, self.holding)

    def knows(self, task: Task) -> bool:
        """Whether this person may know that there is such a task."""
        mine = self.owns(task) or task.added_by == self.person.id
        return mine or may_read(self.roles, self.format.audience(task.audience))

    def sees(self, task: Task) -> bool:
        """Whether this person may know how a task stands.

        The council is never told that the others are late: their open tasks vanish when overdue.
        """
        if self._of_council() and is_late(task, self.today) and not self._councils(task):
            return False
        return self.knows(task)

    def settles(self, task: Task) -> bool:
        """Whether this person may settle a task: its owner, the coordination, the council its own."""
        if not self.sees(task):
            return False
        return bool(
            self.owns(task) or self.roles & COORDINATION or (self._of_council() and self._councils(task))
        )

    def sees_done(self, task: Task) -> bool:
        """Whether this person may know that a task is done: the council could tell which are late."""
        return self.settles(task) or (self.sees(task) and not self._of_council())

    def seen(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of some tasks that this person may know of."""
        return [task for task in tasks if self.sees(task)]

    def _of_council(self) -> bool:
        return self.roles <= self.format.side("council") | {"summary_reader"}

    def _councils(self, task: Task) -> bool:
        return "council" in side(task, self.format, self.holding)


def room_sees(task: Task, kind: str, format: Format, holding: Holding, today: date) -> bool:
    """Whether everybody who reads a room may know of a task; the council never reads that others are late."""
    readers = format.audience(kind)
    if not may_stand_in(readers, format.audience(task.audience)):
        return False
    others_are_late = is_late(task, today) and "council" not in side(task, format, holding)
    return not (others_are_late and readers & format.side("council"))


def is_late(task: Task, today: date) -> bool:
    """Whether an open task's day has passed."""
    return task.state == "open" and task.due_on is not None and task.due_on < today
