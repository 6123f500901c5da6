"""Whatever a challenge's format, nation and dates, and whatever people do to it: its dates hold.

An auditor goes through everything that is dated and everything that was said after each act.
"""

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta

import holidays
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.agenda import upcoming
from handlers.due import SOURCES
from handlers.jobs import next_moment
from handlers.rules.local import local_day, local_text
from store.challenge import Challenge
from store.digest import DigestDay
from store.finding import Finding
from store.outbox import Outgoing
from store.person import Person
from store.programme import Programme
from store.task import Task
from tests.fakes import database
from tests.fakes.house import House
from tests.handlers.agendas import acts, plans
from tests.handlers.time_passing import ZONE, Passing

LONGER = os.environ.get("CRITICAL_FRIEND_AGENDAS")
"""How many random challenges are gone through; without it, few, and the same ones each time."""

THOROUGH = settings(
    max_examples=int(LONGER or 15), derandomize=not LONGER, database=None, deadline=None,
    phases=[Phase.explicit, Phase.generate],  # making what fails smaller would take minutes
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Calendar:
    """The auditor's own: weekends, and bank holidays as the library has them."""

    def __init__(self, nation):
        self.holidays = holidays.country_holidays("GB", subdiv=nation)

    def is_working(self, day):
        return day.isoweekday() <= 5 and day not in self.holidays


class Audited:
    """A challenge that is looked through after everything that is done to it."""

    def __init__(self, house, plan):
        self.house, self.plan, self.passing = house, plan, Passing(house)
        self.calendar, self.was_down, self.closures = Calendar(plan.nation), False, set()
        house.clock.told = plan.opened
        house.change(self._nation)
        when = self._days(*plan.visit) if plan.visit else ""
        house.says("Jo", f"new Northmere {plan.format.key} {when}".strip())
        for name, role in (("Helen", "sponsor"), ("Martin", "lead_peer"), ("Ruth", "challenge_manager")):
            house.appoint(name, role, challenge="Northmere")
        house.says("Jo", "ready in northmere")
        self.passing.rest()

    def _nation(self, session):
        session.scalars(select(Programme)).one().nation = self.plan.nation
        session.scalars(select(Challenge)).one().closed_at = self.house.clock.now()
        session.scalars(select(Challenge)).one().next_due_at = self.house.clock.now()

    @staticmethod
    def _days(first, length):
        return f"{first} to {first + timedelta(days=length - 1)}"

    @property
    def now(self):
        return self.house.clock.now()

    @property
    def today(self):
        return local_day(self.now, ZONE)

    @property
    def challenge(self):
        return self.house.one(Challenge, name="Northmere")

    def tasks(self):
        return self.house.ask(select(Task).where(Task.challenge_id == self.challenge.id))

    # What people do

    def do(self, act, *of):
        getattr(self, act.replace(" ", "_"))(*of)

    def says(self, text, **of):
        return self.house.says("Jo", f"{text} in northmere", **of)

    def move(self, ahead, length):
        first = self.today + timedelta(days=ahead)
        known = self.challenge.first_day is not None
        answer = self.says(f"dates move {'to ' if known else ''}{self._days(first, length)}")
        if known and answer.card and "Nothing has changed yet" in answer.card.plain:
            self.house.says("Jo", "dates confirm", hidden=answer.card.buttons[0].hidden)

    def there_and_back(self, ahead, length):
        self.passing.rest()
        before, as_it_was = self.challenge, self.state()
        if before.first_day is None or before.last_day < self.today:
            return
        self.move(ahead, length)
        self.move((before.first_day - self.today).days, (before.last_day - before.first_day).days + 1)
        if (self.challenge.first_day, self.challenge.last_day) == (before.first_day, before.last_day):
            assert self.state() == as_it_was

    def closed(self, ahead, length):
        days = [self.today + timedelta(days=ahead + n) for n in range(length)]
        self._note("closed", days)
        self.closures |= set(days)

    def closed_and_open(self, ahead, length):
        self.passing.rest()
        as_it_was = self.state()
        days = [self.today + timedelta(days=ahead + n) for n in range(length)]
        if not self.closures & set(days):
            self._note("closed", days)
            self._note("open", days)
            assert self.state() == as_it_was

    def _note(self, change, days):
        answer = self.says(f"council {change} {days[0]} to {days[-1]}")
        if "Nothing has changed yet" in answer.card.plain:
            self.says(f"council {change} confirm", hidden=answer.card.buttons[0].hidden)

    def pin(self, number, ahead):
        self.says(f"pin {number} {self.today + timedelta(days=ahead)}")

    def unpin(self, number):
        self.says(f"unpin {number}")

    def done(self, number):
        self.says(f"done {number}")

    def take_up(self, number):
        self.says(f"take up {number}")

    def snooze(self, number, ahead):
        self.says(f"snooze {number} {self.today + timedelta(days=ahead)}")

    def task(self, whom, ahead):
        self.says(f'task {whom} "book rooms" by {self.today + timedelta(days=ahead)}')

    def deputy(self, ahead, length):
        starts = self.today + timedelta(days=ahead)
        ends = starts + timedelta(days=length)
        self.house.appoint("Tom", "organiser", challenge="Northmere", starts=starts, ends=ends)
        self._look_again()

    def days(self, count):
        self.hours(24 * count)

    def hours(self, count):
        self._to(self.now + timedelta(hours=count))

    def _to(self, moment):
        day, clock = local_text(moment, ZONE).split("T")
        self.passing.to(day, clock)

    def down(self, hours):
        self.was_down = True
        self.house.clock.told += timedelta(hours=hours)
        self.passing.rest()

    def look(self):
        """A look at a challenge in which nothing is due says and changes nothing.

        Before six in the morning it may bring a card to the new day.
        """
        self.passing.rest()
        before = self.state(), self._said()
        self._look_again()
        self.house.settle()
        assert (self.state(), self._said()) == before

    def _said(self):
        early = local_text(self.now, ZONE)[11:] < "06:00"
        return [row.key for row in self.house.ask(select(Outgoing)) if not (early and row.slot)]

    def _look_again(self):
        def unit(session):
            session.get_one(Challenge, self.challenge.id).next_due_at = self.now

        self.house.change(unit)

    def to_the_visit(self):
        first = self.challenge.first_day
        if first and self.today < first <= self.today + timedelta(days=100):
            self.passing.to(first, "09:00")

    def final(self):
        self.house.change(
            lambda session: setattr(
                session.get_one(Challenge, self.challenge.id), "final_issued_at", self.now
            )
        )
        self._look_again()
        self.passing.rest()

    def close(self):
        self.house.change(
            lambda session: setattr(session.get_one(Challenge, self.challenge.id), "closed_at", self.now)
        )
        self._look_again()
        self.passing.rest()

    # What must hold

    def state(self):
        """Everything that is dated: tasks, what waits to be said, digests, the next moment."""
        tasks = [
            (one.number, one.due_on, one.state, one.pinned_by, one.snoozed_until, one.chased_at)
            for one in self.tasks()
        ]
        rows = self.house.ask(select(Outgoing).where(Outgoing.state == "ready"))
        waiting = sorted(
            (row.template, row.person_id, row.not_before, str(row.facts)) for row in rows if not row.slot
        )
        digests = sorted((row.person_id, row.at) for row in self.house.ask(select(DigestDay)))
        return tasks, waiting, digests, self.challenge.next_due_at

    def audit(self):
        self.look()
        self._dates_are_worked()
        self._next_moment_is_not_late()
        self._nothing_failed()
        self._nothing_was_said_at_the_wrong_time()
        self._nothing_was_said_twice()

    def _dates_are_worked(self):
        for task in self.tasks():
            if task.kind not in {"milestone", "blank"} or task.pinned_by or task.due_on is None:
                continue
            assert self.calendar.is_working(task.due_on), task.title
            moves = task.kind == "milestone" and task.state == "open"
            assert not (moves and task.due_on in self.closures), task.title

    def _next_moment_is_not_late(self):
        def unit(session):
            challenge = session.get_one(Challenge, self.challenge.id)
            dues = upcoming(SOURCES, session, challenge, self.plan.format)
            wanted = (Outgoing.state == "ready", Outgoing.not_before > self.now)
            rows = session.scalars(select(Outgoing).where(*wanted))
            moments = [*(max(due.at, self.now) for due in dues[:1]), *(row.not_before for row in rows)]
            found = next_moment(session, self.now)
            assert not dues or challenge.next_due_at <= max(dues[0].at, self.now)
            assert not moments or (found is not None and found <= min(moments))

        self.house.change(unit)

    def _nothing_failed(self):
        found = {row.kind for row in self.house.ask(select(Finding))}
        assert found <= ({"step_missed"} if self.was_down else set())

    def _nothing_was_said_at_the_wrong_time(self):
        people = {person.id: person for person in self.house.ask(select(Person))}
        for row in self.house.ask(select(Outgoing).where(Outgoing.state == "sent")):
            if row.late == "wait" or row.template == "digest":
                self._is_in_hours(row, people[row.person_id])

    def _is_in_hours(self, row, person):
        moment = local_text(row.sent_at, ZONE)
        day, clock = date.fromisoformat(moment[:10]), time.fromisoformat(moment[11:])
        on_site = self.plan.format.quiet.exempt_on_site and row.template != "digest"
        if on_site and person.name in {"Martin", "Ruth"}:
            return
        quiet = self.plan.format.quiet
        assert self.calendar.is_working(day), (row.template, moment)
        assert str(day.isoweekday()) in person.working_days
        assert quiet.ends <= clock < quiet.starts, (row.template, moment)

    def _nothing_was_said_twice(self):
        rows = self.house.ask(select(Outgoing).where(Outgoing.op == "post", Outgoing.slot.is_(None)))
        of_a_day = Counter(
            (row.person_id, row.template, row.facts.get("day") or row.facts.get("today"))
            for row in rows
            if row.facts.get("day") or row.facts.get("today")
        )
        assert [what for what, times in of_a_day.items() if times > 1] == []


@pytest.fixture(scope="module")
def audited(desk, furnished, tmp_path_factory):
    folder = tmp_path_factory.mktemp("agendas")

    @contextmanager
    def begin(plan):
        house = House(database.copied(furnished, folder), replace(desk, shapes=plan.shapes))
        try:
            yield Audited(house, plan)
        finally:
            house.close()

    return begin


@THOROUGH
@given(plan=plans(), done=st.lists(acts, min_size=5, max_size=12), closed=st.booleans())
def test_agenda_of_any_challenge_holds_whatever_is_done(audited, plan, done, closed):
    with audited(plan) as challenge:
        challenge.audit()
        for act in done:
            challenge.do(*act)
            challenge.audit()
        if closed:
            challenge.close()
            assert challenge.challenge.next_due_at is None
