from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN


def digests(transcript, name, day=""):
    """Those lines of a transcript that begin a digest of this person (on this day)."""
    return [line for line in transcript if line.startswith(f"  → {name}: Good morning. {day}")]


async def test_digest_is_one_message_on_a_working_day_with_something_in_it(room):
    _, client = room
    transcript = await talk(client, WORKING + "\nat 2026-09-15 09:00")
    # Near from five working days before; then the day before, the day itself, the day after, then weekly.
    assert [line.split("Good morning. ")[1].split("\n")[0] for line in digests(transcript, "Sam")] == [
        "Tuesday 1 September",
        "Monday 7 September",
        "Tuesday 8 September",
        "Wednesday 9 September",
        "Monday 14 September",
    ]


async def test_digest_says_what_is_late_and_offers_a_new_date_or_help(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
at 2026-09-09 09:00
Sam sees "Exampleshire, you as council organiser."
Sam sees "This was due yesterday. New date, or help?"
Sam presses "New date"
Sam fills "New date": day=1 oct
Sam sees "5. Say whether the team should sign a confidentiality agreement: Thursday 1 October"
Sam presses "Ask for help"
Sam fills "Help with a task":
Jo sees "would like help"
""",
    )


async def test_digest_comes_never_on_a_bank_holiday_or_a_weekend(room):
    _, client = room
    transcript = await talk(
        client,
        WORKING
        + """
Jo: task sam "before the holiday" by 28 aug
at 2026-09-01 09:00
""",
    )
    days = [line.split("Good morning. ")[1].split("\n")[0] for line in digests(transcript, "Sam")]
    assert days == ["Friday 21 August", "Thursday 27 August", "Friday 28 August", "Tuesday 1 September"]


async def test_snoozed_task_is_left_out_until_its_day(room):
    _, client = room
    transcript = await talk(client, WORKING + "\nSam: snooze 5 9 sep\nat 2026-09-09 09:00")
    assert [line.split("Good morning. ")[1].split("\n")[0] for line in digests(transcript, "Sam")] == [
        "Wednesday 9 September"
    ]


async def test_digest_comes_when_its_reader_wants_it_or_never(room):
    _, client = room
    transcript = await talk(
        client,
        WORKING
        + """
Sam: digest
Sam sees "Your morning digest comes at 8.30am"
Sam: digest 11am
Sam sees "Your morning digest now comes at 11am"
Ruth: digest never
Ruth sees "You now get no morning digest"
Sam: digest 3am
Sam sees "I can't send a digest at “3am”"
Sam: digest at noonish
Sam sees "I can't send a digest"
at 2026-09-01 10:59
Sam: next
at 2026-09-01 11:00
Sam sees "Good morning. Tuesday 1 September"
at 2026-10-15 12:00
""",
    )
    assert len(digests(transcript, "Sam")) > 1
    assert digests(transcript, "Ruth") == []


async def test_director_is_reminded_once_and_then_the_coordinator_is_told(room):
    _, client = room
    transcript = await talk(client, WORKING + "\nat 2026-08-20 09:00")
    helens = [line for line in digests(transcript, "Helen") if "Agree the scoping proposal" in line]
    assert [line.split("Good morning. ")[1].split("\n")[0] for line in helens] == [
        "Monday 27 July",
        "Tuesday 4 August",
    ]
    assert "This was due yesterday. New date, or help?" in helens[1]
    told = [line for line in digests(transcript, "Jo") if "Reminded once, and still open" in line]
    assert told[0].split("Good morning. ")[1].split("\n")[0] == "Wednesday 5 August"
    assert "3. Agree the scoping proposal, Helen Marsh. It was due on Monday 3 August." in told[0]


async def test_nobody_but_the_programme_gets_a_digest_before_ready(room):
    _, client = room
    transcript = await talk(client, BEGUN + "\nat 2026-08-05 12:00")
    assert digests(transcript, "Helen") == digests(transcript, "Ruth") == []
    assert digests(transcript, "Jo") != []


async def test_digest_of_several_challenges_is_one_message(room):
    _, client = room
    transcript = await talk(
        client,
        WORKING
        + """
Jo: new northmere lga_full 10-13 nov
Jo: task me "think of the hotel" by 20 july in exampleshire
at 2026-07-13 09:00
Jo presses "Done: 2 (Exampleshire)"
Jo: next
""".replace('Jo presses "Done: 2 (Exampleshire)"\n', ""),
    )
    [jos] = digests(transcript, "Jo", "Monday 13 July")
    assert "Exampleshire, you as project coordinator." in jos
    assert "Northmere, you as project coordinator." in jos


async def test_task_of_a_role_that_nobody_holds_is_in_the_coordinators_digest(room):
    _, client = room
    transcript = await talk(client, BEGUN + "\nJo: ready\nat 2026-07-13 09:00")
    [jos] = digests(transcript, "Jo", "Monday 13 July")
    assert "1. Hold the scoping meeting (nobody yet: programme manager)" in jos
