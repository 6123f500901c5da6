import pytest

from store.person import Person
from tests.handlers.time_passing import Passing


@pytest.mark.parametrize(
    "line", ["working days mon tue thu fri", "I don't work wednesdays", "i work not wed"]
)
def test_working_days_are_kept_as_said(house, line):
    answer = house.says("Helen", line).card
    assert house.one(Person, name="Helen").working_days == "1245"
    assert "You now work on Monday, Tuesday, Thursday and Friday." in answer.plain
    assert "I leave you in peace, and every night from 6pm to 8am, unless you are on site." in answer.plain
    assert answer.buttons[2].label == "Wednesday: on"
    house.says("Helen", answer.buttons[2].phrase)
    assert house.one(Person, name="Helen").working_days == "12345"


def test_working_days_that_name_none_change_nothing(house):
    house.says("Helen", "working days whenever I can")
    assert house.outcome()[1]["template"] == "not_work_days"
    assert house.one(Person, name="Helen").working_days == "12345"


def test_nobody_is_nudged_or_told_the_morning_on_a_day_they_do_not_work(house):
    house.says("Jo", "ready")
    passing = Passing(house)
    passing.to("2026-10-20", "12:00")
    house.says("Helen", "working days not wed, thu")
    house.says("Jo", 'task helen "book rooms" by 21 oct')
    house.clock.told = house.clock.told.replace(hour=18)
    passing.to("2026-10-23", "12:00")
    days = {when[:10] for when, to, _ in passing.said if to == "Helen" and when > "2026-10-20T13"}
    assert days == {"2026-10-23"}
