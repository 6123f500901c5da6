from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN


async def test_task_is_told_at_once_and_a_second_one_waits_for_the_digest(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: task sam "book rooms" by 20 oct
Jo sees "for Sam Field: book rooms, by Tuesday 20 October"
Jo sees "Sam Field hears of it now"
Jo sees "The council, the peer team and the programme can read it"
Sam sees "Exampleshire, you as council organiser."
Sam sees "Jo Baker has a task for you: 42. book rooms, by Tuesday 20 October"
Jo: task sam order lunches by 21 oct
Jo sees "Sam Field finds it in the next morning digest"
at 2026-07-07 09:00
Sam sees "43. order lunches"
""",
    )


async def test_task_by_form_with_dates_in_the_past_reversed_or_none(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: task
Jo fills "Task": owner=Sam Field (organiser); text=
Jo sees "Please fill in"
Jo fills "Task": owner=Sam Field (organiser); text=Book rooms; by=1 March 2020
Jo sees "That day has passed already"
Jo fills "Task": owner=Sam Field (organiser); text=Book rooms; by=soon
Jo sees "I cannot read this as a date"
Jo fills "Task": owner=Sam Field (organiser); text=Book rooms; by=
Jo sees "for Sam Field: Book rooms"
Jo: task zoe "book rooms"
Jo sees "I know nobody called zoe"
""",
    )


async def test_task_for_another_side_is_for_the_coordination_to_give(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Helen: task dana "send us your slides"
Helen sees "I can't give Dana O'Neil a task for you"
Dana: task sam "a bigger room"
Dana sees "I can't give Sam Field a task for you"
Dana sees "ask host"
Helen: task sam "book the hall" by 1 oct
Helen sees "The council, the peer challenge manager and the coordinator can read it"
Dana: next all
Jo: next sam
Jo sees "book the hall"
Dana never sees "book the hall"
""",
    )


async def test_task_within_the_team_is_never_read_by_the_council(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Ruth: task dana "read the audits again" by 20 oct
Ruth sees "Only the peer team can read it"
Martin: task me "think about thresholds"
Martin sees "It is in your own list"
Jo: task dana "choose a train" by 20 oct
Jo sees "The peer team and the programme can read it, the council cannot"
Helen: next all
Sam: next dana
Sam: dates
Sam: done 42
Sam sees "I can find no task"
Dana: next
Dana sees "read the audits again"
Jo: next dana
Helen never sees "audits"
Sam never sees "audits"
Sam never sees "train"
Helen never sees "thresholds"
Jo never sees "read the audits again"
""",
    )


async def test_task_before_ready_tells_nobody(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: task helen "think about dates" by 10 july
Jo sees "Helen Marsh is told once Ready to contact has been pressed"
at 2026-07-09 12:00
Helen never sees "think about dates"
""",
    )


async def test_task_says_when_its_owner_hears_of_it_and_when_that_is_too_late(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
at 2026-10-16 22:30
Jo: task sam "book rooms" by 20 oct
Jo sees "Sam Field hears of it on Monday 19 October at 8am."
at 2026-10-17 10:00
Jo: task sam "print the plan" by 18 oct
Jo sees "That is at a weekend."
Jo sees "Sam Field hears of it on Monday 19 October at 8am, when that day is over. I write to nobody in quiet"
Jo presses "Another date"
Jo fills "New date": day=19 oct
at 2026-10-19 08:05
Sam sees "43. print the plan, by Monday 19 October"
""",
    )


async def test_further_task_that_is_due_before_the_next_digest_is_told_at_once(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
at 2026-10-15 10:00
Jo: task sam "book rooms" by 20 oct
Jo: task sam "print the plan" by 16 oct
Jo sees "Sam Field finds it in the next morning digest, on Friday 16 October."
Jo: task sam "open the gate" by 15 oct
Jo sees "Sam Field hears of it now."
Sam sees "Jo Baker has a task for you: 44. open the gate, by Thursday 15 October"
""",
    )


async def test_further_task_for_somebody_without_digests_is_told_at_once(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: digest never
Jo: task sam "book rooms" by 20 oct
Jo: task sam "print the plan"
Sam sees "Jo Baker has a task for you: 43. print the plan"
""",
    )
