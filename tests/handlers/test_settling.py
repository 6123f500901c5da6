from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING


async def test_done_by_number_by_words_and_twice(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: done 5
Sam sees "5. Say whether the team should sign a confidentiality agreement: done."
Sam: done confidentiality
Sam sees "was already done on Monday 6 July at 9.30am, by Sam Field. Nothing has changed."
Sam: done #9.
Sam sees "9. Share with staff"
Sam: done staff share
Sam sees "was already done"
""",
    )


async def test_done_that_fits_several_or_none_lists_them_or_says_so(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: done timetable
Sam sees "More than one task has “timetable” in it"
Sam sees "21. Settle the on-site timetable"
Sam: done 999
Sam sees "I can find no task “999” in Exampleshire"
Sam: done 🙂
Sam sees "I can find no task"
Sam: done <!channel> {{ 7*7 }}
Sam sees "I can find no task “<!channel> {{ 7*7 }}”"
""",
    )


async def test_done_with_somebody_elses_task_is_refused_and_says_whose_it_is(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Dana: done documents
Dana sees "for Sam Field to settle. The project coordinator can do it too"
Dana: done travel
Dana sees "for Jo Baker to settle"
Sam: done team video call
Sam sees "I can find no task"
Jo: done documents
Jo sees "12. Put the advance documents in the shared folder: done."
Helen: done position statement
Helen sees "13. Write a short position statement on each key line: done."
""",
    )


async def test_not_needed_asks_for_the_reason_at_its_field(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: done 5 not needed
Sam sees "There are a few things to fill in"
Sam fills "Not needed": reason=
Sam sees "Please fill in"
Sam fills "Not needed": reason="We signed one for the **last** visit"
Sam sees "not needed: We signed one for the **last** visit"
Sam: done 5
Sam sees "was already marked as not needed"
Sam: done observations not needed because staff are too few
Sam sees "I can find no task"
Sam: done 18 not needed because staff are too few
Sam sees "not needed: staff are too few"
Sam: not needed 8
Sam fills "Not needed": reason=Agreed by telephone
Sam sees "8. Plan what is said about the challenge, inside the council and out: not needed:"
""",
    )


async def test_reason_longer_than_its_field_is_refused_at_the_field(room):
    _, client = room
    await talk(
        client,
        WORKING
        + f"""
Sam: done 5 not needed because {"x" * 5000}
Sam sees "300"
Sam: next
Sam sees "5. Say whether"
""",
    )


async def test_task_that_settles_itself_is_not_done_by_saying_so(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Helen: done agree the scoping proposal
Helen sees "settles itself when the sponsor agrees the proposal"
Jo: done 33
Jo sees "when the programme manager says issue final"
Jo: done 34
Jo sees "when the coordinator says questionnaire send"
Jo: done 31
Jo sees "when the interview is written down"
Priya: done 2
Priya sees "when the programme manager says proposal send"
Jo: done 31 not needed because the director has left
Jo sees "not needed: the director has left"
""",
    )


async def test_take_up_opens_a_settled_task_again(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: done 5
Sam presses "Take it up again"
Sam sees "5. Say whether the team should sign a confidentiality agreement is open again"
Sam: take up 5
Sam sees "is still open. Nothing has changed"
Dana: take up 12
Dana sees "for Sam Field to settle"
""",
    )


async def test_snooze_keeps_the_date_and_refuses_a_past_day_at_its_field(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: snooze 5 fri
Sam sees "I'll leave it out until Friday 10 July. It is still due on Tuesday 8 September."
Sam: snooze 5 20 oct
Sam sees "It is still due on Tuesday 8 September, before that"
Sam: snooze 5 sun
Sam sees "I'll leave it out until Monday 13 July, as you don't work on Sunday 12 July. It is still due on"
Sam: snooze 5 8 sep
Sam sees "you will see it again only on the day it is due, Tuesday 8 September."
Sam: snooze 5 yesterday
Sam sees "That day has passed already"
Sam fills "Snooze": until=Friday
Sam sees "until Friday 10 July"
Sam: snooze
Sam sees "Snooze"
Dana: snooze 5 fri
Dana sees "for Sam Field to settle"
Sam: done 5
Sam: snooze 5 fri
Sam sees "was already done"
""",
    )


async def test_stuck_tells_the_coordinator_and_nobody_else(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: stuck 5
Sam sees "I'll tell Jo Baker that you would like help with: Say whether the team"
Jo sees "Sam Field would like help with 5. Say whether"
Helen never sees "would like help"
Dana: stuck 5
Dana sees "for Sam Field to settle"
""",
    )


async def test_stale_button_is_answered_plainly_and_changes_nothing(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: next
Sam presses "Done: 5"
Sam sees "5. Say whether the team should sign a confidentiality agreement: done."
Sam presses "Done: 5"
Sam sees "was already done"
""",
    )
