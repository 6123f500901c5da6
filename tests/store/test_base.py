"""Moments are aware and in UTC, also in the night when the clocks go back; texts are kept as typed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from store.programme import Programme

LONDON = ZoneInfo("Europe/London")
BEFORE = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0)
AFTER = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)


@pytest.fixture
def october(store):
    """Two programmes claimed at half past one: once before the clocks went back, once after."""

    def unit(session):
        session.add(Programme(id=1, name="before", claimed_at=BEFORE))
        session.add(Programme(id=2, name="after", claimed_at=AFTER))

    store.work(unit)
    return store


def test_moments_come_back_aware_and_an_hour_apart(october):
    moments = october.work(lambda session: list(session.scalars(select(Programme.claimed_at))))

    assert moments == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    ]  # fmt: skip
    assert {moment.tzinfo for moment in moments} == {UTC}


@pytest.mark.parametrize(
    ("moment", "claimed"), [(BEFORE, ["before"]), (AFTER, ["before", "after"])], ids=["before", "after"]
)
def test_moments_compare_rightly_across_the_clock_change(october, moment, claimed):
    wanted = select(Programme.name).where(Programme.claimed_at <= moment).order_by(Programme.claimed_at)

    assert october.work(lambda session: list(session.scalars(wanted))) == claimed


def test_moments_in_winter_and_summer_sort_by_time_not_by_wall_clock(store):
    summer, winter = datetime(2026, 7, 6, 9, tzinfo=LONDON), datetime(2026, 7, 6, 8, 30, tzinfo=UTC)
    store.work(
        lambda session: session.add_all(
            [
                Programme(name="at nine in London", claimed_at=summer),
                Programme(name="later", claimed_at=winter),
            ]
        )
    )
    wanted = select(Programme.name).order_by(Programme.claimed_at)

    assert store.work(lambda session: list(session.scalars(wanted))) == ["at nine in London", "later"]


def test_naive_moment_is_refused(store):
    naive = datetime(2026, 7, 6, 9)  # noqa: DTZ001 - what is refused

    with pytest.raises(StatementError, match="a moment needs a time zone"):
        store.work(lambda session: session.add(Programme(name="naive", claimed_at=naive)))


def test_naive_moment_is_refused_in_a_comparison(store):
    naive = datetime(2026, 7, 6, 9)  # noqa: DTZ001 - what is refused

    with pytest.raises(StatementError, match="a moment needs a time zone"):
        store.work(
            lambda session: list(session.scalars(select(Programme).where(Programme.claimed_at < naive)))
        )


def test_letters_that_a_database_cannot_keep_leave_a_sign_and_are_found_again(store):
    store.work(lambda session: session.add(Programme(name="a\x00b\x07 🏴\u202e")))
    found = select(Programme.name).where(Programme.name == "a\x00b\x07 🏴\u202e")

    assert store.work(lambda session: session.scalars(found).all()) == ["a\ufffdb\x07 🏴\u202e"]
