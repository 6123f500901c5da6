import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from handlers.apart import apart
from store.programme import Programme


def _named(session, name):
    session.flush()
    return session.scalar(select(func.count()).select_from(Programme).where(Programme.name == name))


def test_what_goes_wrong_apart_is_taken_back_and_logged_and_goes_no_further(house):
    def unit(session):
        session.add(Programme(name="before"))
        with apart(session, "broke", challenge=7) as tried:
            session.add(Programme(name="within"))
            session.flush()
            raise ZeroDivisionError
        return _named(session, "before"), _named(session, "within"), type(tried.failure)

    with capture_logs() as logs:
        came = house.store.work(unit)

    assert came == (1, 0, ZeroDivisionError)
    assert [(line["event"], line["challenge"]) for line in logs] == [("broke", 7)]


def test_what_goes_well_apart_stays(house):
    def unit(session):
        with apart(session, "broke") as tried:
            session.add(Programme(name="within"))
        return _named(session, "within"), tried.failure

    assert house.store.work(unit) == (1, None)


def test_what_the_database_held_up_is_raised(house):
    def unit(session):
        with apart(session, "broke") as tried:
            raise OperationalError("SELECT 1", {}, Exception("no such thing"))
        return tried.failure

    with pytest.raises(OperationalError):
        house.store.work(unit)
