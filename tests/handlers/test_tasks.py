from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN, PEOPLE


async def test_opening_makes_a_task_of_each_milestone_and_each_blank(room):
    _, client = room
    await talk(
        client,
        PEOPLE
        + """
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full
Jo sees "with 42 tasks"
Jo: next
Jo sees "37. Agree the on-site dates"
Jo sees "38. Name the sponsor"
Jo sees "Monday 20 July: 10 working days after Monday 6 July, when the challenge opened"
Jo: done on-site dates
Jo sees "settles itself when the dates are set"
Jo: done name the sponsor
Jo sees "settles itself when somebody is named"
""",
    )


async def test_blank_settles_itself_when_it_is_known_and_opens_when_it_is_blank_again(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: done name the sponsor
Jo sees "“Name the sponsor” was already done"
Jo: stand down helen
Jo: next
Jo sees "37. Name the sponsor"
Jo: confirm @Helen as sponsor
Jo: done name the sponsor
Jo sees "was already done"
""",
    )


async def test_blank_dates_settle_when_the_dates_are_set_and_date_everything(room):
    _, client = room
    await talk(
        client,
        PEOPLE
        + """
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: new exampleshire regional_two_day
Jo: next all
Jo sees "No date yet: the day comes with the on-site dates"
Jo: dates set 10-11 nov
Jo sees "Exampleshire is on site 10 to 11 November 2026"
Jo: done agree the on-site dates
Jo sees "was already done"
Jo: next all
Jo sees "60 working days before Tuesday 10 November, the first day on site"
""",
    )


async def test_challenge_opened_late_has_no_task_due_before_it_was_opened(room):
    _, client = room
    await talk(
        client,
        PEOPLE
        + """
at 2026-10-26 09:30
Jo: claim rehearsal
Jo: new exampleshire lga_full 10-13 nov
Jo: next all
Jo sees "Tuesday 27 October: its usual day, Monday 20 July, was before the challenge opened"
Jo sees "(80 working days before Tuesday 10 November)"
Jo never sees "This was due"
""",
    )


async def test_council_is_never_told_that_the_others_are_late(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
at 2026-08-03 09:00
Helen: next all
Helen: status
Helen: done hold the scoping meeting
Helen sees "I can find no task"
Helen never sees "Hold the scoping meeting"
Helen never sees "Send the scoping proposal"
Jo: next all
Jo sees "Hold the scoping meeting (Priya Shah)"
Jo sees "This was due on Monday 20 July. New date, or help?"
Helen: dates
Helen sees "1. Hold the scoping meeting"
Helen never sees "This was due"
""",
    )
