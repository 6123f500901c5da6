"""A query is asked once in a unit of work, and again as soon as a row of its tables has changed."""

import pytest
from sqlalchemy import event, select, update

from store.programme import Council, Programme
from store.query import Query, given

NAMES = Query(select(Council.name).where(Council.programme_id == given("programme")).order_by(Council.id))
COUNCILS = Query(select(Council).where(Council.programme_id == given("programme")).order_by(Council.id))


@pytest.fixture
def session(store):
    session = store._sessions()
    session.add(Programme(id=1, name="one"))
    session.flush()
    session.add(Council(programme_id=1, name="Northmere"))
    session.flush()
    yield session
    session.rollback()
    session.close()


@pytest.fixture
def asked(store):
    """Every select that reaches the database."""
    found = []

    def note(_connection, _cursor, statement, *_rest):
        found.extend([statement] if statement.startswith("SELECT") else [])

    event.listen(store.engine, "before_cursor_execute", note)
    return found


def test_query_asked_again_reads_nothing_more(session, asked):
    assert [NAMES.all(session, programme=1) for _ in range(3)] == [["Northmere"]] * 3
    assert len(asked) == 1


def test_query_asked_with_other_values_is_another_one(session):
    assert (NAMES.all(session, programme=1), NAMES.all(session, programme=2)) == (["Northmere"], [])


def test_query_that_found_nothing_finds_what_was_added_since(session):
    assert NAMES.first(session, programme=2) is None
    session.add(Programme(id=2, name="two"))
    session.flush()
    session.add(Council(programme_id=2, name="Saltmarsh"))
    assert NAMES.first(session, programme=2) == "Saltmarsh"


def test_query_sees_what_was_changed_and_deleted_since(session):
    [council] = COUNCILS.all(session, programme=1)
    council.name = "Northmere Vale"
    assert NAMES.all(session, programme=1) == ["Northmere Vale"]
    session.delete(council)
    assert NAMES.all(session, programme=1) == []


def test_query_is_not_asked_again_for_a_change_elsewhere(session, asked):
    programme = session.get_one(Programme, 1)
    NAMES.all(session, programme=1)
    programme.name = "another"
    before = len(asked)
    assert NAMES.all(session, programme=1) == ["Northmere"]
    assert len(asked) == before


def test_query_after_a_bulk_update_is_asked_again(session):
    NAMES.all(session, programme=1)
    session.execute(update(Council).values(name="Westvale"))
    assert NAMES.all(session, programme=1) == ["Westvale"]


def test_query_forgets_what_a_savepoint_took_back(session):
    savepoint = session.begin_nested()
    session.add(Council(programme_id=1, name="Saltmarsh"))
    assert NAMES.all(session, programme=1) == ["Northmere", "Saltmarsh"]
    savepoint.rollback()
    assert NAMES.all(session, programme=1) == ["Northmere"]


def test_what_a_query_found_may_be_changed_by_whoever_asked(session):
    NAMES.all(session, programme=1).clear()
    assert NAMES.all(session, programme=1) == ["Northmere"]


def test_what_was_found_is_kept_for_one_unit_of_work_only(store, asked):
    for _ in range(2):
        store.work(lambda session: NAMES.all(session, programme=1))
    assert len(asked) == 2
