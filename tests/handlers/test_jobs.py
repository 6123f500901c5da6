"""What is due is carried out once, in order and in small batches; one failure is nobody else's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from handlers import jobs, keeping
from handlers.agenda import Due
from store.challenge import Challenge
from store.outbox import Outgoing
from store.person import Person
from tests.fakes.house import BEGINS, FORMAT

HOUR = timedelta(hours=1)


@pytest.fixture
def house(house):
    """A house in which nothing is due, and nobody gets a digest."""
    house.change(
        lambda session: session.execute(update(Person).values(next_digest_at=None, digest_time="never"))
    )
    return house


class Agenda:
    """A source of moments that tests fill, and what was carried out."""

    def __init__(self):
        self.moments = []
        self.done = []

    def source(self, session, challenge, format):
        yield from (replace(due, facts={**due.facts, "name": challenge.name}) for due in self.moments)

    def add(self, at, what, **of):
        self.moments.append(Due(at=at, run=self.run, facts={"what": what}, **of))

    def run(self, challenge, what, name, now):
        if what == "wrong":
            raise LookupError("a private word")
        self.done.append((name, what, now))


@pytest.fixture
def agenda(house, monkeypatch):
    agenda = Agenda()
    for module in (jobs, keeping):
        monkeypatch.setattr(module, "SOURCES", (agenda.source,))
    return agenda


def _due(house, at=BEGINS):
    house.change(lambda session: session.execute(update(Challenge).values(next_due_at=at)))


def _tick(house, later=timedelta()):
    house.clock.told = BEGINS + later
    return house.change(lambda session: jobs.tick(session, house.desk, house.clock.now()))


def _next(house):
    return house.one(Challenge, name="Exampleshire").next_due_at


def test_due_moments_are_carried_out_in_their_order_and_once(house, agenda):
    agenda.add(BEGINS + 2 * HOUR, "second")
    agenda.add(BEGINS + HOUR, "first")
    agenda.add(BEGINS + 9 * HOUR, "later")
    _due(house)
    for _ in range(2):
        _tick(house, 3 * HOUR)

    assert agenda.done == [("Exampleshire", what, BEGINS + 3 * HOUR) for what in ("first", "second")]
    assert _next(house) == BEGINS + 9 * HOUR


def test_moment_that_is_made_up_for_a_time_that_was_ticked_over_is_past(house, agenda):
    agenda.add(BEGINS + HOUR, "due")
    _due(house)
    _tick(house, 3 * HOUR)
    agenda.add(BEGINS + 2 * HOUR, "made up")
    _due(house)
    _tick(house, 4 * HOUR)

    assert [what for _, what, _ in agenda.done] == ["due"]


def test_looking_at_a_challenge_that_changed_lets_nothing_be_past(house, agenda):
    house.says("Jo", 'task me "book the hall" by 20 jul in exampleshire')
    agenda.add(BEGINS + HOUR, "due")
    house.clock.told = BEGINS + 2 * HOUR
    house.says("Jo", "done 1 in exampleshire")

    assert [what for _, what, _ in agenda.done] == ["due"]


def test_challenge_with_nothing_due_is_not_looked_at(house, agenda):
    agenda.add(BEGINS - HOUR, "past")
    agenda.add(BEGINS + HOUR, "now")
    _due(house, BEGINS + 5 * HOUR)
    _tick(house, 4 * HOUR)

    assert agenda.done == []


def test_moment_of_before_the_challenge_was_opened_is_past(house, agenda):
    agenda.add(BEGINS - HOUR, "past")
    _due(house)
    _tick(house, HOUR)

    assert (agenda.done, _next(house)) == ([], None)


def test_moment_whose_time_is_over_is_passed_by(house, agenda):
    agenda.add(BEGINS + HOUR, "too late", until=BEGINS + 2 * HOUR)
    agenda.add(BEGINS + HOUR, "just in time", until=BEGINS + 3 * HOUR)
    _due(house)
    _tick(house, 3 * HOUR)

    assert [what for _, what, _ in agenda.done] == ["just in time"]


def test_closed_challenge_has_nothing_due(house, agenda):
    agenda.add(BEGINS + HOUR, "never")
    house.change(lambda session: session.execute(update(Challenge).values(closed_at=BEGINS)))
    _due(house)
    _tick(house, 2 * HOUR)

    assert (agenda.done, _next(house)) == ([], None)


def test_moment_that_fails_holds_up_nothing_else_and_its_words_are_not_logged(house, agenda, logged):
    agenda.add(BEGINS + HOUR, "wrong")
    agenda.add(BEGINS + HOUR, "right")
    _due(house)
    _tick(house, 2 * HOUR)

    assert [what for _, what, _ in agenda.done] == ["right"]
    assert "due_failed" in logged.getvalue()
    assert "a private word" not in logged.getvalue()


def test_challenge_that_fails_is_tried_again_in_five_minutes_and_the_others_go_on(house, agenda, monkeypatch):
    house.says("Jo", f"new Northmere {FORMAT} 16-19 nov")
    agenda.add(BEGINS + HOUR, "something")
    _due(house)
    right = keeping.keep_up

    def keep_up(session, challenge, format, post, now, today):
        if challenge.name == "Exampleshire":
            raise LookupError
        right(session, challenge, format, post, now, today)

    monkeypatch.setattr(keeping, "keep_up", keep_up)
    _tick(house, 2 * HOUR)

    assert _next(house) == BEGINS + 2 * HOUR + timedelta(minutes=5)
    assert house.one(Challenge, name="Northmere").next_due_at is None
    assert ("Northmere", "something", BEGINS + 2 * HOUR) in agenda.done


def _many(house, how_many):
    def unit(session):
        [one] = session.scalars(select(Challenge))
        for number in range(how_many - 1):
            session.add(
                Challenge(
                    programme_id=1,
                    slug=f"c{number}",
                    name=f"C{number}",
                    format=FORMAT,
                    zone=one.zone,
                    nation="ENG",
                    first_day=date(2026, 11, 9),
                    last_day=date(2026, 11, 12),
                    opened_at=BEGINS,
                    agenda_done_at=BEGINS,
                )
            )

    house.change(unit)
    _due(house)


def test_many_due_challenges_are_many_small_units_of_work(house, agenda):
    agenda.add(BEGINS + HOUR, "something")
    _many(house, 2 * jobs.BATCH + 1)
    done = []
    while _tick(house, 2 * HOUR):
        done.append(len(agenda.done))
    done.append(len(agenda.done))

    assert done == [jobs.BATCH, 2 * jobs.BATCH, 2 * jobs.BATCH + 1]
    assert len(set(agenda.done)) == 2 * jobs.BATCH + 1
    assert jobs.BATCH <= 20


@pytest.mark.parametrize(
    ("agenda_at", "message_at", "found"),
    [
        (None, None, None),
        (BEGINS + HOUR, None, BEGINS + HOUR),
        (None, BEGINS + HOUR, BEGINS + HOUR),
        (BEGINS + 2 * HOUR, BEGINS + HOUR, BEGINS + HOUR),
        (None, BEGINS, None),
    ],
)
def test_next_moment_is_the_soonest_thing_to_come(house, agenda_at, message_at, found):
    def unit(session):
        session.execute(update(Challenge).values(next_due_at=agenda_at))
        session.execute(update(Outgoing).values(state="sent"))
        if message_at:
            session.execute(update(Outgoing).values(state="ready", not_before=message_at))
        return jobs.next_moment(session, BEGINS)

    assert house.change(unit) == found
