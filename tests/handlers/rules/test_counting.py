from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.counting import WorkingDays, explain, explain_months, months_after, offset_day
from handlers.rules.dates import Days

nations = st.sampled_from(["ENG", "WLS", "SCT", "NIR"])
some_days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
closures = st.lists(some_days, max_size=5).map(tuple)


@given(nation=nations, day=some_days, count=st.integers(-120, 120), closed=closures)
def test_add_any_number_lands_on_a_working_day(
    nation: str, day: date, count: int, closed: tuple[date, ...]
) -> None:
    landed = WorkingDays(nation, closed).add(day, count)
    assert WorkingDays(nation).is_working(landed)
    assert landed.weekday() < 5
    assert landed not in closed


@given(nation=nations, day=some_days, count=st.integers(0, 120), closed=closures)
def test_before_and_after_are_inverse(nation: str, day: date, count: int, closed: tuple[date, ...]) -> None:
    calendar = WorkingDays(nation, closed)
    worked = calendar.after(day, 0)
    assert calendar.before(calendar.after(worked, count), count) == worked
    assert calendar.add(calendar.add(worked, -count), count) == worked


@given(nation=nations, day=some_days, count=st.integers(1, 60))
def test_after_counts_every_working_day_once(nation: str, day: date, count: int) -> None:
    calendar = WorkingDays(nation)
    passed = Days(first=day + timedelta(days=1), last=calendar.after(day, count))
    assert sum(calendar.is_working(one) for one in passed) == count


@pytest.mark.parametrize(
    ("nation", "day", "next_day"),
    [
        ("ENG", "2026-12-24", "2026-12-29"),
        ("ENG", "2026-12-31", "2027-01-04"),
        ("SCT", "2026-12-31", "2027-01-05"),
        ("ENG", "2027-12-24", "2027-12-29"),
        ("ENG", "2026-04-02", "2026-04-07"),
        ("SCT", "2026-04-02", "2026-04-06"),
        ("SCT", "2026-11-27", "2026-12-01"),
        ("NIR", "2026-03-16", "2026-03-18"),
        ("WLS", "2026-05-01", "2026-05-05"),
    ],
)
def test_next_over_bank_holidays_is_the_first_that_is_worked(nation: str, day: str, next_day: str) -> None:
    assert WorkingDays(nation).next(date.fromisoformat(day)) == date.fromisoformat(next_day)


@pytest.mark.parametrize(
    ("anchor", "working_days", "day"),
    [
        ("2026-11-10", -15, "2026-10-20"),
        ("2026-11-13", 10, "2026-11-27"),
        ("2026-11-13", 20, "2026-12-11"),
        ("2026-12-11", 10, "2026-12-29"),
        ("2026-11-13", 40, "2027-01-13"),
        ("2026-11-14", 0, "2026-11-16"),
    ],
)
def test_offset_day_in_england_is_the_planned_day(anchor: str, working_days: int, day: str) -> None:
    found = offset_day(date.fromisoformat(anchor), working_days, WorkingDays("ENG"))
    assert found == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-11-13", 1, "2026-12-13"), ("2027-01-31", 1, "2027-02-28"), ("2027-12-31", 2, "2028-02-29")],
)
def test_months_after_is_the_same_day_or_the_months_last(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_explain_before_an_anchor_says_how_it_was_counted() -> None:
    assert explain(date(2026, 11, 10), -15, WorkingDays("ENG")) == {
        "day": "2026-10-20",
        "anchor": "2026-11-10",
        "count": 15,
        "unit": "working_days",
        "side": "before",
        "left_out": [],
        "moved_from": None,
    }


def test_explain_over_christmas_names_what_was_left_out() -> None:
    calendar = WorkingDays("ENG", (date(2026, 12, 24),))
    assert explain(date(2026, 12, 23), 1, calendar) == {
        "day": "2026-12-29",
        "anchor": "2026-12-23",
        "count": 1,
        "unit": "working_days",
        "side": "after",
        "left_out": [
            {"day": "2026-12-24", "name": ""},
            {"day": "2026-12-25", "name": "Christmas Day"},
            {"day": "2026-12-28", "name": "Boxing Day, substitute day"},
        ],
        "moved_from": None,
    }


def test_explain_from_a_day_that_is_not_worked_leaves_out_the_days_beside_it_only() -> None:
    calendar = WorkingDays("ENG", (date(2026, 11, 9), date(2026, 11, 10)))
    found = explain(date(2026, 11, 10), -15, calendar)

    assert (found["day"], found["left_out"]) == ("2026-10-19", [{"day": "2026-11-09", "name": ""}])


def test_explain_months_on_a_sunday_says_where_it_moved_from() -> None:
    assert explain_months(date(2026, 11, 13), 1, WorkingDays("ENG")) == {
        "day": "2026-12-14",
        "anchor": "2026-11-13",
        "count": 1,
        "unit": "months",
        "side": "after",
        "left_out": [],
        "moved_from": "2026-12-13",
    }
