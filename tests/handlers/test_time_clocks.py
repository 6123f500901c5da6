"""Clock changes, Christmas, a challenge over both: what is said comes at its local time, on days worked."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from handlers.rules.counting import WorkingDays
from store.challenge import Challenge
from store.task import Task
from tests.handlers.time_passing import Passing


@pytest.fixture
def opened(house):
    """Open Northmere at a moment and for some days, with everybody in their part."""

    def open_northmere(moment, days):
        house.change(lambda session: session.query(Challenge).update({"closed_at": house.clock.now()}))
        house.clock.told = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        house.says("Jo", f"new Northmere lga_full {days}")
        for name, role in (
            ("Helen", "sponsor"), ("Ruth", "challenge_manager"), ("Martin", "lead_peer"),
            ("Priya", "programme_manager"),
        ):  # fmt: skip
            house.appoint(name, role, challenge="Northmere")
        house.make_room("team", challenge="Northmere")
        house.says("Jo", "ready in northmere")
        return Passing(house)

    return open_northmere


def times_of(passing, template, who=None):
    return [when for when, to, what in passing.said if what == template and who in {None, to}]


def at_in_utc(passing, template):
    """At which times of day, by Greenwich, the messages of a template were sent."""
    return {f"{row.sent_at:%H:%M}" for row in passing.rows(template=template) if row.sent_at}


# The clocks change


def test_visit_over_the_october_change_keeps_its_local_times(opened):
    passing = opened("2026-10-22T08:00", "23-26 oct 2026")
    passing.to("2026-10-26", "20:00")
    days = ("2026-10-23", "2026-10-24", "2026-10-25")
    assert times_of(passing, "notes_prompt") == [f"{day}T16:45" for day in days]
    assert at_in_utc(passing, "notes_prompt") == {"15:45", "16:45"}
    assert times_of(passing, "summary_step_late", "Priya") == [f"{day}T18:45" for day in days[:2]]
    assert times_of(passing, "preview_prompt", "Ruth") == ["2026-10-25T08:30"]


def test_visit_over_the_march_change_keeps_its_local_times(opened):
    passing = opened("2028-03-23T08:00", "24-27 mar 2028")
    passing.to("2028-03-27", "20:00")
    days = ("2028-03-24", "2028-03-25", "2028-03-26")
    assert times_of(passing, "notes_prompt") == [f"{day}T16:45" for day in days]
    assert at_in_utc(passing, "notes_prompt") == {"15:45", "16:45"}
    assert times_of(passing, "preview_silent", "Ruth") == ["2028-03-26T18:15"]


@pytest.mark.parametrize(
    ("moment", "morning"),
    [("2026-10-23T18:30", "2026-10-26T08:00"), ("2027-03-24T19:00", "2027-03-25T08:00")],
)
def test_nudge_over_a_change_waits_for_eight_by_the_clock_on_the_wall(opened, moment, morning):
    passing = opened("2026-10-05T08:00", "8-11 jun 2027")
    passing.down_until(*moment.split("T"))
    passing.house.says("Jo", 'task helen "book rooms" by 1 apr 2027 in northmere')
    passing.to(morning[:10], "08:30")
    assert times_of(passing, "task_for_you") == [morning]


# Christmas


def test_dates_over_christmas_are_counted_and_explained_by_nation(house, opened):
    opened("2026-07-20T08:00", "10-13 nov 2026")
    [draft] = house.ask(select(Task).where(Task.key == "accuracy", Task.challenge_id == 2))
    assert draft.due_on == date(2026, 12, 29)
    found = house.says("Jo", "dates in northmere").card.plain
    why = "30 working days after Friday 13 November, the last day on site"
    holidays = "Friday 25 December (Christmas Day) and Monday 28 December (Boxing Day, substitute day)"
    assert f"Tuesday 29 December: {draft.number}. {draft.title}: {why}; {holidays} not counted" in " ".join(
        found.split()
    )


def test_challenge_over_both_changes_has_digests_at_half_past_eight_on_days_worked_only(opened):
    passing = opened("2026-09-28T08:00", "10-13 nov 2026")
    for first, last in (
        ("2026-10-21", "2026-10-28"), ("2026-12-22", "2027-01-05"), ("2027-03-23", "2027-03-31"),
    ):  # fmt: skip
        passing.down_until(first, "07:00")
        passing.to(last, "12:00")
    mornings = times_of(passing, "digest")
    calendar = WorkingDays("ENG")
    assert {moment[11:] for moment in mornings} == {"08:30"}
    assert [moment for moment in mornings if not calendar.is_working(date.fromisoformat(moment[:10]))] == []
    assert at_in_utc(passing, "digest") == {"07:30", "08:30"}
    of_each = [(when, to) for when, to, what in passing.said if what == "digest"]
    assert len(of_each) == len(set(of_each)) > 20
    said_at_christmas = [one for one in passing.said if "2026-12-25" <= one[0] < "2026-12-29"]
    assert [one for one in said_at_christmas if one[1] in {"Jo", "Helen", "Ruth", "Martin", "Priya"}] == []


def test_interview_a_month_on_is_prompted_on_the_monday_after_the_weekend(opened):
    passing = opened("2026-11-09T08:00", "10-13 nov 2026")
    passing.down_until("2026-12-11", "12:00")
    passing.to("2026-12-15", "12:00")
    assert times_of(passing, "interview_prompt", "Priya") == ["2026-12-14T08:30"]
