from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.counting import WorkingDays
from handlers.rules.rounds import is_open, opens_on, questions_now, reminder_days, who_is_asked

ENGLAND = WorkingDays("ENG")
LAST_DAY = date(2026, 11, 13)


@dataclass(frozen=True)
class Q:
    name: str
    asked_when: str = "always"


def test_opens_on_without_an_anchor_is_not_known():
    assert opens_on(None, working_days=None, months=1, calendar=ENGLAND) is None
    assert not is_open(None, date(2099, 1, 1))


def test_opens_on_without_an_offset_is_the_anchor_even_on_a_sunday():
    sunday = date(2026, 12, 13)
    assert opens_on(sunday, working_days=None, months=None, calendar=ENGLAND) == sunday
    assert opens_on(sunday, working_days=0, months=None, calendar=ENGLAND) == sunday


def test_opens_on_a_month_later_moves_from_a_sunday_to_the_monday():
    assert opens_on(LAST_DAY, working_days=None, months=1, calendar=ENGLAND) == date(2026, 12, 14)


def test_opens_on_working_days_passes_over_weekends():
    assert opens_on(LAST_DAY, working_days=5, months=None, calendar=ENGLAND) == date(2026, 11, 20)


def test_is_open_on_its_first_day_and_not_the_eve():
    assert [is_open(LAST_DAY, day) for day in (date(2026, 11, 12), LAST_DAY, date(2026, 11, 14))] == [
        False,
        True,
        True,
    ]


def test_who_is_asked_with_two_roles_is_asked_once_by_the_first():
    holders = [("lead_peer", ["Martin"]), ("peer", ["Dana", "Martin"]), ("lead_member_peer", [])]
    assert who_is_asked(holders, only_first=False) == [("Martin", "lead_peer"), ("Dana", "peer")]


def test_who_is_asked_first_role_only_leaves_the_sponsor_alone_where_there_is_a_director():
    both = [("director", ["Dev"]), ("sponsor", ["Helen"])]
    assert who_is_asked(both, only_first=True) == [("Dev", "director")]


def test_who_is_asked_first_role_vacant_takes_the_next():
    assert who_is_asked([("director", []), ("sponsor", ["Helen"])], only_first=True) == [("Helen", "sponsor")]


def test_who_is_asked_nobody_there_is_nobody():
    assert who_is_asked([("director", [])], only_first=True) == []


def test_reminder_days_are_working_days_after_the_asking():
    assert reminder_days(date(2026, 12, 18), (10, 5), ENGLAND) == [date(2026, 12, 29), date(2027, 1, 6)]


def test_reminder_days_same_day_twice_is_one():
    assert reminder_days(LAST_DAY, (5, 5), ENGLAND) == [date(2026, 11, 20)]


def test_questions_now_before_the_final_leaves_out_the_report():
    questions = [Q("focus"), Q("report", "final_issued")]
    assert questions_now(questions, final_issued=False) == [Q("focus")]
    assert questions_now(questions, final_issued=True) == questions


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, 5))), max_size=4), st.booleans())
def test_who_is_asked_never_twice_and_never_a_stranger(holders, only_first):
    asked = who_is_asked(holders, only_first=only_first)
    assert len({person for person, _ in asked}) == len(asked)
    for person, role in asked:
        assert any(person in people for name, people in holders if name == role)


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.lists(st.integers(0, 30), max_size=4))
def test_reminder_days_are_worked_in_order_and_never_before(asked_on, offsets):
    days = reminder_days(asked_on, offsets, ENGLAND)
    assert days == sorted(set(days))
    assert all(day >= asked_on and ENGLAND.is_working(day) for day in days)
