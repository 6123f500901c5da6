"""Ticks: only what is due is loaded, in small batches, and one mistake holds up nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text

from bot.app import desk
from bot.settings import Settings
from handlers import digest, jobs
from handlers.agenda import Due
from handlers.claiming import claim
from handlers.programme import found_programme
from store.challenge import Challenge
from store.digest import DigestDay
from store.outbox import Outgoing
from store.person import Person, PersonAccount
from store.role import Role
from store.session import Store
from store.task import Task
from tests.fakes import database

NOW = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
"""Nine o'clock in the morning, in summer time."""


@pytest.fixture(scope="module")
def our_desk():
    return desk(Settings(), frozenset())


@pytest.fixture
def store(tmp_path):
    store = Store(database.fresh(tmp_path))
    store.work(begin)
    yield store
    store.close()


def begin(session):
    found_programme(session, "code").claimed_at = NOW


def opened(number, **known):
    return Challenge(
        programme_id=1,
        slug=f"c{number}",
        name=f"Council {number}",
        format="lga_full",
        zone="Europe/London",
        nation="ENG",
        opened_at=NOW - timedelta(days=90),
        ready_at=NOW - timedelta(days=80),
        agenda_done_at=NOW - timedelta(days=1),
        **known,
    )


def add_idle(store, count, first=0):
    def unit(session):
        session.add_all(
            opened(number, next_due_at=NOW + timedelta(days=7)) for number in range(first, first + count)
        )

    store.work(unit)


def statements_of_a_tick(store, desk):
    """What a tick asks of the database."""
    return statements_of(store, lambda session: jobs.tick(session, desk, NOW))


def statements_of(store, unit):
    said = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        store.work(unit)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return said


def test_tick_over_many_idle_challenges_asks_as_little_as_over_few(store, our_desk):
    add_idle(store, 100)
    few = statements_of_a_tick(store, our_desk)
    add_idle(store, 9_900, first=100)
    assert statements_of_a_tick(store, our_desk) == few
    assert len(few) < 12


@pytest.mark.parametrize(
    ("table", "column"),
    [("challenge", "next_due_at"), ("person", "next_digest_at"), ("outgoing", "not_before")],
)
def test_what_is_due_is_found_by_an_index(store, table, column):
    state = "state = 'ready' AND " if table == "outgoing" else ""
    asked = f"SELECT id FROM {table} WHERE {state}{column} <= '2026-10-20'"  # noqa: S608
    plan = store.work(lambda session: _plan(session, asked))
    assert "index" in plan.casefold()
    assert column in plan


def _plan(session, asked):
    """How a database goes about it: by an index, where there is one, however few rows there are."""
    if session.get_bind().dialect.name == "sqlite":
        return str(session.execute(text(f"EXPLAIN QUERY PLAN {asked}")).all())
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return str(session.execute(text(f"EXPLAIN {asked}")).all())


def test_many_messages_are_queued_in_many_small_batches(store, our_desk, monkeypatch):
    count = 300

    def say(session, challenge):
        session.add(
            Outgoing(
                programme_id=1,
                challenge_id=challenge.id,
                key=f"one:{challenge.id}",
                op="post",
                person_id=1,
                template="digest",
                facts={},
                hidden={},
                state="ready",
                late="skip",
                queued_at=NOW,
                not_before=NOW,
            )
        )

    def source(_session, _challenge, _format):
        yield Due(at=NOW - timedelta(minutes=1), run=say)

    monkeypatch.setattr(jobs, "SOURCES", (source,))

    def unit(session):
        session.add(Person(programme_id=1, name="Jo", working_days="12345"))
        session.add_all(opened(number, next_due_at=NOW - timedelta(minutes=1)) for number in range(count))

    store.work(unit)
    queued = []
    more = True
    while more:
        more = store.work(lambda session: jobs.tick(session, our_desk, NOW))
        queued.append(store.work(lambda session: session.scalar(select(func.count()).select_from(Outgoing))))
    assert queued[-1] == count
    steps = [after - before for before, after in zip([0, *queued], queued, strict=False)]
    assert max(steps) == jobs.BATCH
    assert len(queued) >= count / jobs.BATCH


# Digests


def with_readers(store, count):
    """So many people, each with a task that is due today."""

    def unit(session):
        session.add(opened(0, next_due_at=None))
        session.flush()
        for number in range(1, count + 1):
            session.add(
                Person(programme_id=1, name=f"Person {number}", working_days="12345", next_digest_at=NOW)
            )
            session.flush()
            session.add(Role(programme_id=1, challenge_id=1, person_id=number, role="peer"))
            session.add(DigestDay(challenge_id=1, person_id=number, at=NOW - timedelta(minutes=30)))
            session.add(
                Task(
                    challenge_id=1,
                    number=number,
                    kind="task",
                    title=f"Task {number}",
                    audience="team",
                    owner_id=number,
                    due_on=NOW.date(),
                    state="open",
                    added_at=NOW,
                )
            )

    store.work(unit)


def test_digests_are_queued_in_batches_and_each_once(store, our_desk, monkeypatch):
    monkeypatch.setattr(jobs, "DIGESTS", 4)
    with_readers(store, 12)
    batches = 0
    while store.work(lambda session: jobs.tick(session, our_desk, NOW)):
        batches += 1
    assert batches == 12 // jobs.DIGESTS
    keys = store.work(lambda session: session.scalars(select(Outgoing.key).order_by(Outgoing.id)).all())
    assert sorted(keys) == sorted(f"digest:{number}:2026-10-20" for number in range(1, 13))
    store.work(lambda session: jobs.tick(session, our_desk, NOW + timedelta(hours=1)))
    assert len(store.work(lambda session: session.scalars(select(Outgoing.key)).all())) == 12


@pytest.mark.parametrize("count", [2, 19])
def test_many_messages_ask_no_more_of_the_database_than_a_few(store, our_desk, count):
    with_readers(store, count)
    store.work(lambda session: session.add_all(
        PersonAccount(
            platform="room", tenant="t", account=f"p{one}", person_id=one, name=f"P {one}", guest=False,
            seen_at=NOW,
        )
        for one in range(1, count + 1)
    ))  # fmt: skip

    def take(session):
        calls = claim(session, our_desk, NOW, NOW, {"room": count})
        assert sorted(call.account for call in calls) == sorted(f"p{one}" for one in range(1, count + 1))

    asked = [one for one in statements_of_a_tick(store, our_desk) if not one.startswith("INSERT INTO")]
    assert len(asked) < 24
    assert len(statements_of(store, take)) < 11


def with_a_director(store, roles):
    """A late task of a director's, and a digest that is due for whoever holds these roles, in their order."""

    def unit(session):
        session.add_all(opened(number, next_due_at=None) for number in (0, 1))
        people = [Person(programme_id=1, name=role, working_days="12345") for role in roles]
        session.add_all(people)
        session.flush()
        for person, role in zip(people, roles, strict=True):
            person.next_digest_at = NOW
            for one in (1, 2):
                session.add(Role(programme_id=1, challenge_id=one, person_id=person.id, role=role))
            session.add(DigestDay(challenge_id=1, person_id=person.id, at=NOW - timedelta(minutes=30)))
            session.add(DigestDay(challenge_id=2, person_id=person.id, at=NOW + timedelta(days=2)))
        session.add(
            Task(
                challenge_id=1,
                number=1,
                kind="task",
                title="Agree the proposal",
                audience="everybody",
                owner_role="sponsor",
                due_on=NOW.date() - timedelta(days=1),
                state="open",
                added_at=NOW - timedelta(days=9),
            )
        )

    store.work(unit)


def told(session):
    """Everything that a morning writes."""
    return (
        session.execute(select(DigestDay.challenge_id, DigestDay.person_id, DigestDay.at)).all(),
        session.execute(select(Person.name, Person.next_digest_at)).all(),
        session.execute(select(Outgoing.key, Outgoing.facts, Outgoing.hidden, Outgoing.until)).all(),
        session.execute(select(Task.number, Task.chased_at)).all(),
    )


@pytest.mark.parametrize("roles", [("sponsor", "coordinator"), ("coordinator", "sponsor")])
def test_digests_made_together_are_those_made_one_after_the_other(tmp_path, our_desk, monkeypatch, roles):
    found = []
    for at_once in (1, 20):
        monkeypatch.setattr(jobs, "DIGESTS", at_once)
        (folder := tmp_path / str(at_once)).mkdir()
        store = Store(database.fresh(folder))
        store.work(begin)
        with_a_director(store, roles)
        while store.work(lambda session: jobs.tick(session, our_desk, NOW)):
            pass
        found.append([list(map(tuple, sorted(rows, key=str))) for rows in store.work(told)])
        store.close()
    assert found[0] == found[1]
    days, people, queued, tasks = found[1]
    tomorrow = datetime(2026, 10, 21, 7, 30, tzinfo=UTC)
    coordinator = roles.index("coordinator") + 1
    assert (1, coordinator, tomorrow) in days
    assert dict(people) == {"coordinator": tomorrow, "sponsor": NOW + timedelta(days=2)}
    assert [key for key, *_ in queued] == [f"digest:{roles.index('sponsor') + 1}:2026-10-20"]
    assert tasks == [(1, NOW)]


def test_somebody_without_anything_due_is_not_asked_about_for_ever(store, our_desk):
    store.work(lambda session: session.add(
        Person(programme_id=1, name="Jo", working_days="12345", next_digest_at=NOW)
    ))  # fmt: skip
    store.work(lambda session: jobs.tick(session, our_desk, NOW))
    assert store.work(lambda session: session.get_one(Person, 1).next_digest_at) is None


def test_digest_that_cannot_be_made_holds_up_no_other(store, our_desk, monkeypatch):
    with_readers(store, 3)
    right = digest._part

    def wrong(morning, person, post):
        if person.id == 2:
            raise ValueError("x")
        return right(morning, person, post)

    monkeypatch.setattr(digest, "_part", wrong)
    store.work(lambda session: jobs.tick(session, our_desk, NOW))
    keys = store.work(lambda session: session.scalars(select(Outgoing.key)).all())
    assert sorted(keys) == ["digest:1:2026-10-20", "digest:3:2026-10-20"]
    again = store.work(lambda session: session.get_one(Person, 2).next_digest_at)
    assert again == NOW + timedelta(minutes=5)


def test_next_moment_knows_the_next_digest_only_while_there_is_something_to_say(store, our_desk):
    with_readers(store, 1)
    while store.work(lambda session: jobs.tick(session, our_desk, NOW)):
        pass

    def tomorrow(session):
        return jobs.next_moment(session, NOW)

    assert store.work(tomorrow) == datetime(2026, 10, 21, 7, 30, tzinfo=UTC)

    def settle(session):
        session.scalars(select(Task)).one().state = "done"
        session.scalars(select(Challenge)).one().next_due_at = NOW

    store.work(settle)
    store.work(lambda session: jobs.tick(session, our_desk, NOW))

    def nothing(session):
        return session.get_one(Person, 1).next_digest_at

    assert store.work(nothing) is None


def test_digest_that_comes_after_its_hours_is_skipped_and_waits_for_the_next_morning(store, our_desk):
    with_readers(store, 1)
    evening = NOW.replace(hour=18)
    store.work(lambda session: jobs.tick(session, our_desk, evening))
    assert store.work(lambda session: session.scalars(select(Outgoing)).all()) == []
    assert store.work(lambda session: session.get_one(Person, 1).next_digest_at) == datetime(
        2026, 10, 21, 7, 30, tzinfo=UTC
    )


def test_digest_due_but_not_sent_stays_due_when_the_challenge_is_looked_at(store, our_desk):
    with_readers(store, 2)

    def look(session):
        session.scalars(select(Challenge)).one().next_due_at = NOW

    store.work(look)
    while store.work(lambda session: jobs.tick(session, our_desk, NOW)):
        pass
    keys = store.work(lambda session: session.scalars(select(Outgoing.key)).all())
    assert {"digest:1:2026-10-20", "digest:2:2026-10-20"} <= set(keys)
