import re

from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN

UNREACHED = (
    BEGUN
    + """
Jo: confirm lena as organiser
Jo fills "Appoint": email=lena@exampleshire.example; name=Lena Day
Jo: ready
"""
)


def number_of(transcript):
    """The number of the message that is to be passed on by hand."""
    return re.search(r"To be passed on by hand \((\d+)\)", "\n".join(transcript))[1]


async def test_message_to_somebody_without_an_account_is_passed_on_by_hand_and_recorded(room):
    _, client = room
    transcript = await talk(
        client,
        UNREACHED
        + """
Jo: delivery
Jo sees "appointment to Lena Day, lena@exampleshire.example"
Jo sees "Exampleshire, you as council organiser."
Jo sees "appointment to Helen Marsh"
""",
    )
    number = number_of(transcript)
    await talk(
        client,
        f"""
Jo presses "Passed on: {number}"
Jo sees "appointment to Lena Day is recorded as passed on by hand"
Jo presses "Passed on: {number}"
Jo sees "appointment to Lena Day was already passed on, by Jo Baker on Monday 6 July"
Jo: delivery
Jo sees "appointment to Lena Day, Monday 6 July 9.30am, by hand"
Jo: delivery done 99999
Jo sees "no message with the number 99999 waits to be passed on by you"
Jo: delivery done x
Jo sees "whole number"
""",
    )


async def test_coordinator_is_told_in_the_morning_of_what_waits_to_be_passed_on(room):
    _, client = room
    transcript = await talk(client, UNREACHED + "\nat 2026-07-07 09:00")
    mornings = [line for line in transcript if "Jo: Good morning. Tuesday 7 July" in line]
    assert "1 message waits to be passed on by hand" in mornings[0]


async def test_task_of_somebody_who_cannot_be_reached_is_in_the_coordinators_digest(room):
    _, client = room
    transcript = await talk(client, UNREACHED + "\nat 2026-09-08 09:00")
    told = [line for line in transcript if "Jo: Good morning. Tuesday 8 September" in line]
    assert "(Lena Day, who cannot be reached here)" in told[0]
    assert not any("Lena: Good morning" in line for line in transcript)


async def test_message_of_another_challenge_cannot_be_passed_on_here(room):
    _, client = room
    transcript = await talk(client, UNREACHED + "\nJo: delivery")
    await talk(
        client,
        f"""
Jo: new northmere lga_full
Jo: delivery done {number_of(transcript)} in northmere
Jo sees "no message with the number"
Jo: delivery in northmere
Jo sees "Nothing was sent yet"
""",
    )


async def test_delivery_never_tells_the_coordinator_of_the_teams_messages(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
at 2026-11-10 18:30
Jo: delivery
Jo never sees "notes prompt"
Jo never sees "summary"
Ruth: delivery
""",
    )


async def test_delivery_and_reach_are_for_the_coordination(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Sam: delivery
Sam sees "I can't do delivery for you"
Sam: delivery done 1
Sam sees "I can't do delivery done for you"
Dana: reach
Dana sees "I can't do reach for you"
""",
    )
