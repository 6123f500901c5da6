from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.room import moments, view
from bot.room.mistakes import Mistake

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 7, 6, 9, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("hour", datetime(2026, 7, 6, 10, 30, tzinfo=LONDON)),
        ("morning", datetime(2026, 7, 7, 9, 0, tzinfo=LONDON)),
        ("next", datetime(2026, 7, 8, 16, 45, tzinfo=LONDON)),
        ("2026-11-02 09:00", datetime(2026, 11, 2, 9, 0, tzinfo=UTC)),
        ("2026-07-06T12:00:00+00:00", datetime(2026, 7, 6, 13, 0, tzinfo=LONDON)),
    ],
)
def test_wanted_moment_is_in_the_programmes_zone(to, expected):
    following = datetime(2026, 7, 8, 16, 45, tzinfo=LONDON)
    assert moments.wanted(to, NOW, LONDON, following) == expected


def test_hour_over_the_october_change_is_one_real_hour():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moments.wanted("hour", before, LONDON, None) - before == timedelta(hours=1)


def test_morning_before_nine_is_the_same_day():
    early = datetime(2026, 7, 6, 5, 0, tzinfo=UTC)
    assert moments.next_morning(early, LONDON) == datetime(2026, 7, 6, 9, 0, tzinfo=LONDON)


def test_next_that_is_overdue_is_now():
    assert moments.wanted("next", NOW, LONDON, NOW - timedelta(days=1)) == NOW


@pytest.mark.parametrize("to", ["", "yesterday", "2026-07-06 09:00", "2036-01-01 09:00", "2026-02-30 09:00"])
def test_wanted_backwards_too_far_or_unreadable_is_a_mistake(to):
    with pytest.raises(Mistake):
        moments.wanted(to, NOW, LONDON, None)


def test_wanted_next_when_nothing_is_due_is_a_mistake():
    with pytest.raises(Mistake):
        moments.wanted("next", NOW, LONDON, None)


def test_moment_in_words_is_how_people_say_it():
    assert view.moment_in_words(NOW, LONDON) == "Monday 6 July 2026, 9.30am"
    assert view.moment_in_words(datetime(2026, 11, 2, 12, 0, tzinfo=UTC), LONDON) == (
        "Monday 2 November 2026, 12pm"
    )
    assert view.moment_in_words(datetime(2026, 11, 2, 0, 5, tzinfo=UTC), LONDON) == (
        "Monday 2 November 2026, 12.05am"
    )
