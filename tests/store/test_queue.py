"""Whose turn it is, where thousands of messages wait: the same as where a few do."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.programme import found_programme
from store import queue
from store.outbox import Outgoing
from store.person import Person
from store.queue import next_of_each
from store.session import Store
from tests.fakes import database

NOW = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
PEOPLE = 12


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with a dozen people, where four rows are already many."""
    monkeypatch.setattr(queue, "_FIRST", 4)
    store = Store(database.fresh(tmp_path))
    store.work(_begin)
    yield store
    store.close()


def _begin(session):
    found_programme(session, "code")
    session.flush()
    session.add_all(Person(programme_id=1, name=f"P {one}", working_days="12345") for one in range(PEOPLE))


def _owe(store, *rows):
    """Queue rows, each for a person: (person, what is different about it)."""

    def unit(session):
        for number, (person, known) in enumerate(rows):
            usual = {"op": "post", "state": "ready"}
            session.add(
                Outgoing(
                    programme_id=1, key=f"k{number}", person_id=person, template="digest", facts={},
                    hidden={}, late="skip", queued_at=NOW, not_before=NOW, **{**usual, **known},
                )
            )  # fmt: skip
            session.flush()

    store.work(unit)


def _turns(store, limit):
    def unit(session):
        rows = next_of_each(session, NOW, NOW, frozenset({"room"}), frozenset(), limit)
        return [row.key for row in rows]

    return store.work(unit)


def test_oldest_come_first_however_many_wait(store):
    _owe(store, *((one, {}) for one in range(1, PEOPLE + 1)))
    assert _turns(store, 3) == ["k0", "k1", "k2"]
    assert _turns(store, 6) == [f"k{one}" for one in range(6)]


def test_what_is_further_back_comes_where_all_before_it_waits(store):
    later = {"retry_at": NOW + timedelta(minutes=1)}
    _owe(store, *((one, later) for one in range(1, 7)), (7, {}), (1, {}), (8, {}))
    assert _turns(store, 2) == ["k6", "k8"]


def test_message_further_back_goes_before_a_home(store):
    _owe(store, *((one, {"op": "home"}) for one in range(1, 6)), (6, {}), (7, {}))
    assert _turns(store, 3) == ["k5", "k6", "k0"]


def test_row_behind_another_to_the_same_person_waits_for_it(store):
    _owe(store, (1, {}), (1, {}), (2, {}), (2, {}), (3, {}), (1, {}))
    assert _turns(store, 2) == ["k0", "k2"]
    assert _turns(store, 5) == ["k0", "k2", "k4"]
