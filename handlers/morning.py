"""What a challenge has to say to its people in the morning, and when it next has something to say."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers.calendars import calendar_for, calendar_of
from handlers.command import COORDINATION
from handlers.delivery import to_pass_on
from handlers.doubts import in_doubt
from handlers.holding import Holding, is_late, owners
from handlers.reach import chats_of, not_found
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.rules.mention import Mention, first_mention, is_near
from handlers.rules.quiet import next_working_day
from handlers.shapes import Format
from handlers.words import Words
from store.challenge import Challenge
from store.person import Person
from store.task import Task, open_tasks

NEVER = "never"
"""What stands in the place of a time for somebody who wants no digest."""

_DIRECTORS = frozenset({"sponsor", "director"})


class Morning:
    """A challenge's open tasks, as its people's digests see them at one moment."""

    def __init__(
        self,
        *,
        session: Session,
        challenge: Challenge,
        format: Format,
        words: Words,
        held: Holding,
        now: datetime,
    ) -> None:
        self.session, self.challenge, self.format, self.held, self.now = session, challenge, format, held, now
        self._words = words
        self.today = local_day(now, challenge.zone)
        self.calendar = calendar_of(challenge)
        self.tasks = open_tasks(session, challenge.id)
        people = held.everybody()
        chats = chats_of(session, people)
        without = [person for person in people if person.id not in chats]
        self._deaf = not_found(session, without) if without else set()
        self._told = {task.number: self._whose_digest(task) for task in self.tasks}

    def next_one(self, person: Person) -> datetime | None:
        """The next morning on which something is to be said to somebody; None while nothing is."""
        if not self._may_be_told(person):
            return None
        clock = digest_clock(person, self.format)
        first = self._morning_from(self.now, clock)
        days = [first_mention(one, first, self.calendar) for one in self._mentions(person)]
        soonest = min(
            (day for day in (*days, first if self._waits_on(person) else None) if day), default=None
        )
        if soonest is None:
            return None
        day = next_working_day(soonest, calendar_for(person, self.challenge), person.working_days)
        return at(day, clock, self.challenge.zone)

    def near(self, person: Person) -> list[Task]:
        """The tasks that belong in somebody's digest of today."""
        if not self._may_be_told(person):
            return []
        return [task for task in self._own(person) if self._is_near(task, person)]

    def unanswered(self, person: Person) -> list[Task]:
        """Late tasks of which a director was reminded before today, for the coordinators."""
        if person not in self.held.people("coordinator"):
            return []
        return [task for task in self.tasks if self._is_unanswered(task)]

    def by_hand(self, person: Person) -> int:
        """How many messages wait for somebody, as a coordinator, to pass them on."""
        if person not in self.held.people("coordinator"):
            return 0
        roles = self.held.roles_of(person.id)
        return to_pass_on(self.session, self.challenge, self.format, self._words, roles)

    def in_doubt(self, person: Person) -> int:
        """How many messages wait for somebody who coordinates to say whether they arrived."""
        roles = self.held.roles_of(person.id)
        if not roles & COORDINATION:
            return 0
        return len(in_doubt(self.session, self.challenge, self.format, self._words, roles))

    def _waits_on(self, person: Person) -> bool:
        """Whether a message waits for what only a person can do."""
        return bool(self.by_hand(person) or self.in_doubt(person))

    def is_director(self, person: Person) -> bool:
        """Whether somebody is spared being reminded twice."""
        return bool(self.held.roles_of(person.id) & _DIRECTORS)

    def _may_be_told(self, person: Person) -> bool:
        """Whoever can be reached; before *Ready to contact*, only the programme's own people."""
        if person.id in self._deaf:
            return False
        mine = self.held.roles_of(person.id)
        return self.challenge.ready_at is not None or bool(mine & self.format.side("programme"))

    def _morning_from(self, moment: datetime, clock: time) -> date:
        return _morning_from(moment, clock, self.challenge.zone)

    def _mentions(self, person: Person) -> Iterator[Mention]:
        for task in self._own(person):
            yield self._mention(task, person)
        if person in self.held.people("coordinator"):
            yield from (self._told_on(task) for task in self.tasks if self._is_reminded(task))

    def _own(self, person: Person) -> list[Task]:
        return [task for task in self.tasks if person in self._told[task.number]]

    def _whose_digest(self, task: Task) -> list[Person]:
        """Whose digest a task is in: its owners'; the coordinators', where none of them can be reached."""
        found = [person for person in owners(task, self.held) if person.id not in self._deaf]
        return found or self.held.people("coordinator")

    def _mention(self, task: Task, person: Person) -> Mention:
        return Mention(
            due=task.due_on,
            ahead=self.format.digest.ahead,
            new_on=self._new_on(task, person),
            snoozed_until=task.snoozed_until,
            once=self.is_director(person),
            reminded=task.chased_at is not None,
        )

    def _new_on(self, task: Task, person: Person) -> date | None:
        """The first morning after somebody else gave a task, of which the owner has not heard yet."""
        if task.added_by in {None, person.id} or task.told_at is not None:
            return None
        given = self._morning_from(task.added_at, digest_clock(person, self.format))
        return next_working_day(given, calendar_for(person, self.challenge), person.working_days)

    def _told_on(self, task: Task) -> Mention:
        """A director's late task is mentioned to the coordinators on the working day after the reminder."""
        reminded = local_day(task.chased_at or self.now, self.challenge.zone)
        return Mention(due=None, ahead=0, new_on=self.calendar.next(reminded))

    def _is_near(self, task: Task, person: Person) -> bool:
        return is_near(self._mention(task, person), self.today, self.calendar)

    def _is_reminded(self, task: Task) -> bool:
        return task.chased_at is not None and is_late(task, self.today)

    def _is_unanswered(self, task: Task) -> bool:
        reminded = local_day(task.chased_at or self.now, self.challenge.zone)
        return self._is_reminded(task) and reminded < self.today


def digest_clock(person: Person, format: Format) -> time:
    """At what time somebody reads their digest: as they chose, else as the format says."""
    chosen = person.digest_time
    return time.fromisoformat(chosen) if chosen and chosen != NEVER else format.digest.at


def next_digest(person: Person, challenge: Challenge, format: Format, now: datetime) -> datetime | None:
    """When the next digest could tell somebody of what is so now; None where they want none."""
    if person.digest_time == NEVER:
        return None
    clock = digest_clock(person, format)
    first = _morning_from(now, clock, challenge.zone)
    day = next_working_day(first, calendar_for(person, challenge), person.working_days)
    return at(day, clock, challenge.zone)


def _morning_from(moment: datetime, clock: time, zone: str) -> date:
    """The first day whose digest can still tell of something that was so at a moment."""
    day = local_day(moment, zone)
    return day if moment < at(day, clock, zone) else day + timedelta(days=1)
