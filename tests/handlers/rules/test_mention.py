from datetime import date

import pytest

from handlers.rules.counting import WorkingDays
from handlers.rules.mention import Mention, first_mention, is_near

ENGLAND = WorkingDays("ENG")
TUESDAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("first", "mentioned"),
    [
        (date(2026, 10, 1), date(2026, 10, 13)),  # five working days before
        (date(2026, 10, 14), date(2026, 10, 19)),  # the working day before
        (date(2026, 10, 20), date(2026, 10, 20)),  # the day itself
        (date(2026, 10, 21), date(2026, 10, 21)),  # late: the next working day
        (date(2026, 10, 22), date(2026, 10, 26)),  # and then when a week begins
        (date(2026, 12, 25), date(2026, 12, 29)),  # the first working day of it
    ],
)
def test_task_with_a_date_is_mentioned_when_near_and_every_week_once_late(first, mentioned):
    assert first_mention(Mention(due=TUESDAY, ahead=5), first, ENGLAND) == mentioned


def test_task_without_a_date_is_mentioned_only_when_new():
    new = Mention(due=None, ahead=5, new_on=date(2026, 10, 2))
    assert first_mention(new, date(2026, 10, 1), ENGLAND) == date(2026, 10, 2)
    assert first_mention(new, date(2026, 10, 3), ENGLAND) is None
    assert first_mention(Mention(due=None, ahead=5), date(2026, 10, 1), ENGLAND) is None


def test_snoozed_task_is_mentioned_on_the_day_it_was_put_off_to():
    snoozed = Mention(due=TUESDAY, ahead=5, snoozed_until=date(2026, 10, 22))
    assert first_mention(snoozed, date(2026, 10, 1), ENGLAND) == date(2026, 10, 22)
    assert [is_near(snoozed, date(2026, 10, day), ENGLAND) for day in (20, 21, 22)] == [False, False, True]


def test_director_is_told_when_a_task_comes_near_and_reminded_once():
    sponsor = Mention(due=TUESDAY, ahead=5, once=True)
    reminded = Mention(due=TUESDAY, ahead=5, once=True, reminded=True)
    assert first_mention(sponsor, date(2026, 10, 1), ENGLAND) == date(2026, 10, 13)
    assert first_mention(sponsor, date(2026, 10, 14), ENGLAND) == date(2026, 10, 21)
    assert first_mention(reminded, date(2026, 10, 22), ENGLAND) is None


def test_late_day_of_a_task_due_before_a_bank_holiday_is_the_next_that_is_worked():
    sponsor = Mention(due=date(2026, 8, 28), ahead=0, once=True)  # Friday; Monday is a bank holiday
    assert first_mention(sponsor, date(2026, 8, 29), ENGLAND) == date(2026, 9, 1)


@pytest.mark.parametrize(("day", "near"), [(12, False), (13, True), (20, True), (21, True)])
def test_task_is_near_from_so_many_working_days_before_and_stays_so(day, near):
    assert is_near(Mention(due=TUESDAY, ahead=5), date(2026, 10, day), ENGLAND) is near
