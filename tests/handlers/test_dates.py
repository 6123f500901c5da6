from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING


async def test_dates_explains_every_milestone_to_whoever_may_know_it(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: dates
Sam sees "Monday 20 July: 1. Hold the scoping meeting: 80 working days before Tuesday 10 November"
Sam sees "the first day on site; Monday 31 August (Late Summer Bank Holiday) not counted"
Ruth: dates
Ruth sees "Ask peers whether they are free"
Sam never sees "Ask peers whether they are free"
""",
    )


async def test_pin_and_unpin_a_date(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: pin documents 19 oct
Sam sees "Monday 19 October. It stays there when the visit moves"
Jo: dates
Jo sees "Monday 19 October: 12. Put the advance documents in the shared folder: pinned by Sam Field"
Jo sees "; counted, it would be Tuesday 20 October, 15 working days before Tuesday 10 November"
Sam: pin documents 20 oct
Jo: next sam
Jo sees "Tuesday 20 October: 15 working days before Tuesday 10 November"
Jo sees "the first day on site; pinned by Sam Field"
Sam: unpin documents
Sam sees "Tuesday 20 October, counted from the visit again"
Sam: unpin documents
Sam sees "has no date set by hand. Nothing has changed"
Sam: pin documents 1 may 2020
Sam sees "That day has passed already"
Sam: pin
Sam fills "New date": item=12. Put the advance documents in the shared folder; day=
Sam sees "Please fill in"
Dana: pin documents 19 oct
Dana sees "for Sam Field to settle"
Sam: done documents
Sam: pin documents 19 oct
Sam sees "was already done"
Jo: task sam "book rooms" by 20 oct
Sam: pin book rooms 22 oct
Sam sees "42. book rooms: Thursday 22 October."
Jo: plan
Jo sees "Thursday 22 October: 42. book rooms: set by Sam Field"
Sam: pin book rooms 26 dec
Sam sees "Saturday 26 December. That is a weekend."
Sam: pin book rooms 28 dec
Sam sees "Monday 28 December. That is a bank holiday (Boxing Day, substitute day)."
Sam: pin book rooms 2 jul
Sam sees "Friday 2 July 2027."
""",
    )


async def test_pin_to_the_wrong_side_of_the_visit_says_so_and_so_does_a_move_past_it(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: pin present to the council 20 oct
Jo sees "Tuesday 20 October. That is before the visit; counted from it, it would be Friday 13 November."
Jo: pin documents 11 nov
Jo sees "Wednesday 11 November. That is during the visit; counted from it, it would be Tuesday 20 October."
Jo: pin documents 19 oct
Jo never sees "Monday 19 October. That is"
Jo: dates move to 13 oct
Jo sees "Present to the council, Tuesday 20 October. That would be after the visit: counted from it, it would"
Jo sees "be Friday 16 October; unpin 26 lets it move"
Jo sees "12. Put the advance documents in the shared folder, Monday 19 October. That would be after the visit"
""",
    )


def test_days_not_counted_are_a_list_with_one_and(house):
    days = (("2026-12-25", "Christmas Day"), ("2026-12-28", "Boxing Day, substitute day"), ("2027-01-01", ""))
    why = {
        "how": "counted", "kind": "milestone", "given_by": "", "pinned_by": "", "elsewhere": False,
        "this_year": 2026, "anchor_name": "last_day", "day": "2027-01-11", "anchor": "2026-11-13",
        "count": 39, "unit": "working_days", "side": "after", "moved_from": "",
        "left_out": [{"day": day, "name": name} for day, name in days],
    }  # fmt: skip
    assert house.answer("why_due", why).plain.endswith(
        "; Friday 25 December (Christmas Day), Monday 28 December (Boxing Day, substitute day) "
        "and Friday 1 January 2027 (council closed) not counted"
    )


async def test_what_is_done_is_named_by_itself_to_whoever_may_know_and_not_to_the_council_of_others(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: done documents
Jo: done 4
Jo: dates
Jo sees "Done: 4. Ask peers whether they are free; 12. Put the advance documents in the shared folder"
Jo: done agree the team
Sam: dates
Sam sees "Done: 12. Put the advance documents in the shared folder"
""",
    )
