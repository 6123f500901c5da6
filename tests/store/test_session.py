"""A unit of work commits whole or not at all, and two at once lose nothing."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from store.person import Person, PersonAccount
from store.programme import Council, Programme
from store.session import Store

WRITERS, EACH = 4, 30
NOON = datetime(2026, 7, 6, 12, tzinfo=UTC)


def _count_up(session):
    programme = session.get_one(Programme, 1)
    programme.name = str(int(programme.name) + 1)


def _names(session):
    return list(session.scalars(select(Programme.name).order_by(Programme.id)))


def test_concurrent_writers_lose_no_update(store, url):
    store.work(lambda session: session.add(Programme(id=1, name="0")))

    def writer(_number):
        own = Store(url)
        for _ in range(EACH):
            own.work(_count_up)
        own.close()

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(writer, range(WRITERS)))

    assert store.work(_names) == [str(WRITERS * EACH)]


def test_reader_and_writer_do_not_wait_for_one_another(in_file):
    store = in_file
    store.work(lambda session: session.add(Programme(id=1, name="0")))
    reader = sqlite3.connect(store.engine.url.database, isolation_level=None)
    reader.execute("BEGIN")
    seen = reader.execute("SELECT name FROM programme").fetchall()
    store.work(_count_up)
    seen += reader.execute("SELECT name FROM programme").fetchall()
    reader.close()

    assert seen == [("0",), ("0",)]
    assert store.work(_names) == ["1"]


def test_unit_that_fails_leaves_nothing(store):
    def unit(session):
        session.add(Programme(name="half"))
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        store.work(unit)

    assert store.work(_names) == []


AGAIN = [
    StaleDataError("another was quicker"),
    OperationalError("UPDATE", {}, Exception("database is locked")),
    IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")),
]


@pytest.mark.parametrize("hitch", AGAIN, ids=lambda hitch: type(hitch).__name__)
def test_hitch_is_tried_again_on_a_clean_sheet(store, hitch):
    tries = []

    def unit(session):
        tries.append(_names(session))
        session.add(Programme(name="once"))
        session.flush()
        if len(tries) < 3:
            raise hitch
        return "done"

    assert store.work(unit) == "done"
    assert tries == [[], [], []]
    assert store.work(_names) == ["once"]


@pytest.mark.parametrize("hitch", AGAIN, ids=lambda hitch: type(hitch).__name__)
def test_hitch_that_stays_is_raised_after_three_tries(store, hitch):
    tries = []

    def unit(_session):
        tries.append(1)
        raise hitch

    with pytest.raises(type(hitch)):
        store.work(unit)

    assert len(tries) == 3


def test_any_other_failure_is_not_tried_again(store):
    tries = []

    def unit(_session):
        tries.append(1)
        raise LookupError

    with pytest.raises(LookupError):
        store.work(unit)

    assert len(tries) == 1


def test_child_without_its_parent_is_refused(store):
    with pytest.raises(IntegrityError):
        store.work(lambda session: session.add(Council(programme_id=99, name="Northmere")))


def test_parent_takes_its_children_along(store):
    def unit(session):
        session.add(Programme(id=1, name="programme"))
        session.flush()
        session.add(Person(id=1, programme_id=1, name="Helen Marsh"))
        session.flush()
        session.execute(
            PersonAccount.__table__.insert(),
            {
                "platform": "room", "tenant": "room", "account": "helen", "person_id": 1, "name": "Helen",
                "guest": False, "seen_at": NOON,
            },
        )  # fmt: skip
        session.execute(text("DELETE FROM person"))
        return session.scalars(select(PersonAccount.account)).all()

    assert store.work(unit) == []


def test_failed_statement_does_not_tell_what_was_in_it(store):
    with pytest.raises(IntegrityError) as failed:
        store.work(lambda session: session.add(Council(programme_id=99, name="a private word")))

    assert "a private word" not in str(failed.value)
    assert "a private word" not in repr(failed.value.__cause__)
