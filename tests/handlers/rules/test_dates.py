import contextlib
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.rules.dates import Days, NotADate, at, read_day, read_days, read_moment

WEDNESDAY = date(2026, 11, 11)
LONDON = "Europe/London"
MORNING = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


def days(first: str, last: str) -> Days:
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


# One day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("thu", "2026-11-12"),
        ("Weds", "2026-11-18"),
        ("this friday", "2026-11-13"),
        ("next Friday.", "2026-11-20"),
        ("today", "2026-11-11"),
        ("tomorrow", "2026-11-12"),
        ("11 nov", "2026-11-11"),
        ("20 oct", "2027-10-20"),
        ("by 20th of October", "2027-10-20"),
        ("the 20th of October, please", "2027-10-20"),
        ("please on the 13th nov", "2026-11-13"),
        ("Fri, 13 Nov 2026", "2026-11-13"),
        ("November 13", "2026-11-13"),
        ("1 sept 27", "2027-09-01"),
        ("13/11", "2026-11-13"),
        ("13/11/26", "2026-11-13"),
        ("13.11.2026", "2026-11-13"),
        ("2026-11-13", "2026-11-13"),
        ("29 feb", "2028-02-29"),
    ],
)
def test_read_day_as_typed_is_the_next_such_day(text: str, day: str) -> None:
    assert read_day(text, WEDNESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "not_a_date"),
        ("soon", "not_a_date"),
        ("31 nov", "not_a_date"),
        ("31", "not_a_date"),
        ("10/11/2206", "not_a_date"),
        ("{{ 7*7 }}", "not_a_date"),
        ("yesterday", "past"),
        ("10/11/2026", "past"),
        ("tue 10 nov", "past"),
        ("tue 11 nov", "wrong_weekday"),
        ("mon 2026-11-13", "wrong_weekday"),
    ],
)
def test_read_day_that_cannot_be_used_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(NotADate) as wrong:
        read_day(text, WEDNESDAY)
    assert (wrong.value.what, wrong.value.text) == (what, text)


@given(
    day=st.dates(date(2026, 11, 11), date(2035, 12, 31)),
    shape=st.sampled_from(
        ["{d.day} {d:%B} {d.year}", "{d:%a} {d.day} {d:%b} {d.year}", "{d:%d/%m/%Y}", "{d}"]
    ),
)
def test_read_day_of_any_written_day_is_that_day(day: date, shape: str) -> None:
    assert read_day(shape.format(d=day), WEDNESDAY) == day


@given(text=st.text(max_size=40))
@example("0 jan")
@example("10-")
@example("1 to 2 to 3 nov")
def test_read_any_text_reads_or_is_not_a_date(text: str) -> None:
    with contextlib.suppress(NotADate):
        read_day(text, WEDNESDAY)
    with contextlib.suppress(NotADate):
        read_days(text, WEDNESDAY)
    with contextlib.suppress(NotADate):
        read_moment(text, MORNING, LONDON)


# Days on end


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("10-13 nov", "2026-11-10", "2026-11-13"),
        ("10\u201313 Nov.", "2026-11-10", "2026-11-13"),
        ("10 to 13 november 2026", "2026-11-10", "2026-11-13"),
        ("10th - 13th of November", "2026-11-10", "2026-11-13"),
        ("tue 10 nov to fri 13 nov", "2026-11-10", "2026-11-13"),
        ("nov 10-13", "2026-11-10", "2026-11-13"),
        ("10-13/11/2026", "2026-11-10", "2026-11-13"),
        ("10/11/2026-13/11/2026", "2026-11-10", "2026-11-13"),
        ("2026-11-10..2026-11-13", "2026-11-10", "2026-11-13"),
        ("10 nov - 2 dec", "2026-11-10", "2026-12-02"),
        ("30 nov - 2 dec 2026", "2026-11-30", "2026-12-02"),
        ("28 dec - 4 jan", "2026-12-28", "2027-01-04"),
        ("28 dec 2026 to 4 jan", "2026-12-28", "2027-01-04"),
        ("2026-12-01 to 2027-06-30", "2026-12-01", "2027-06-30"),
        ("9-10 nov", "2027-11-09", "2027-11-10"),
        ("thu to fri", "2026-11-12", "2026-11-13"),
        ("tomorrow - 13 nov", "2026-11-12", "2026-11-13"),
        ("next mon to wed", "2026-11-16", "2026-11-18"),
        ("fri", "2026-11-13", "2026-11-13"),
    ],
)
def test_read_days_as_typed_are_the_next_not_yet_over(text: str, first: str, last: str) -> None:
    assert read_days(text, WEDNESDAY) == days(first, last)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("13-10 nov", "reversed"),
        ("2 dec - 10 nov", "reversed"),
        ("2026-11-13..2026-11-12", "reversed"),
        ("9-10 nov 2026", "past"),
        ("wed 10-13 nov", "wrong_weekday"),
        ("10-13", "not_a_date"),
        ("31 nov - 2 dec", "not_a_date"),
        ("10-11-12-13", "not_a_date"),
        ("some time in november", "not_a_date"),
    ],
)
def test_read_days_that_cannot_be_used_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(NotADate) as wrong:
        read_days(text, WEDNESDAY)
    assert (wrong.value.what, wrong.value.text) == (what, text)


def test_days_over_a_month_end_are_each_of_them() -> None:
    assert list(days("2026-11-30", "2026-12-01")) == [date(2026, 11, 30), date(2026, 12, 1)]


# Moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("thu noon", "2026-11-12T12:00"),
        ("by Thu noon.", "2026-11-12T12:00"),
        ("noon on Thursday", "2026-11-12T12:00"),
        ("fri 5pm", "2026-11-13T17:00"),
        ("fri at 5 p.m.", "2026-11-13T17:00"),
        ("5.30pm", "2026-11-11T17:30"),
        ("thu 5:30", "2026-11-12T17:30"),
        ("thu 05:30", "2026-11-12T05:30"),
        ("wed noon", "2026-11-11T12:00"),
        ("wed 8am", "2026-11-18T08:00"),
        ("8am", "2026-11-12T08:00"),
        ("wed", "2026-11-18T17:00"),
        ("12 nov", "2026-11-12T17:00"),
        ("tomorrow 12am", "2026-11-12T00:00"),
        ("thu end of day", "2026-11-12T17:00"),
        ("2026-11-12T16:45", "2026-11-12T16:45"),
        ("20 jul 17:30", "2027-07-20T16:30"),
    ],
)
def test_read_moment_as_typed_is_the_soonest_ahead(text: str, moment: str) -> None:
    assert read_moment(text, MORNING, LONDON) == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("today 8am", "past"),
        ("11/11/2026 08:00", "past"),
        ("25:00", "not_a_date"),
        ("13pm", "not_a_date"),
        ("thu 5", "not_a_date"),
        ("", "not_a_date"),
        ("whenever", "not_a_date"),
    ],
)
def test_read_moment_that_cannot_be_used_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(NotADate) as wrong:
        read_moment(text, MORNING, LONDON)
    assert (wrong.value.what, wrong.value.text) == (what, text)


def test_read_moment_late_at_night_counts_from_the_local_day() -> None:
    after_midnight = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)
    assert read_moment("today noon", after_midnight, LONDON) == datetime(2026, 7, 7, 11, 0, tzinfo=UTC)


# Local time


def test_at_over_the_october_change_keeps_the_wall_clock() -> None:
    assert [at(date(2026, 10, day), time(9), LONDON) for day in (24, 26)] == [
        datetime(2026, 10, 24, 8, tzinfo=UTC),
        datetime(2026, 10, 26, 9, tzinfo=UTC),
    ]


def test_at_a_time_that_comes_twice_is_the_first() -> None:
    assert at(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_at_a_time_that_is_skipped_moves_forward() -> None:
    moment = at(date(2026, 3, 29), time(1, 30), ZoneInfo(LONDON))
    assert moment.astimezone(ZoneInfo(LONDON)).time() == time(2, 30)
