from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN


async def test_programme_has_one_living_card_of_each_challenge(room):
    _, client = room
    transcript = await talk(
        client,
        BEGUN
        + """
Jo: new northmere lga_full
Jo: ready in exampleshire
""",
    )
    cards = [line for line in transcript if "for the programme only" in line]
    assert {line.split(": for the")[0].rsplit(" ", 1)[-1] for line in cards} == {"Exampleshire", "Northmere"}
    assert "Reach: 3 of 3 people can be reached" in cards[-1]
    assert "Now: scoping" in cards[-1]


async def test_team_card_says_what_the_council_never_reads(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: kloe add Front door: are thresholds consistent?
at 2026-11-10 08:00
Dana sees "Exampleshire: peer team room. The council is not here"
Dana sees "Now: on site, day 1 of 4"
Dana sees "Today: 4.45pm notes · 5pm team debrief · 5.45pm Martin Reed and Ruth Ellis meet Helen Marsh"
Dana sees "Evidence: Front door 0"
Dana sees "Message to Helen Marsh: not drafted; Martin Reed and Ruth Ellis agree it"
Dana sees "Next: preview of the presentation Thursday 12 November 5.30pm; presentation Friday 13 November"
Dana: note kloe 1 strength Staff explain thresholds in the same way
Dana sees "Evidence: Front door 1"
Helen never sees "Evidence"
Helen never sees "Message to"
Sam never sees "debrief"
Jo never sees "Evidence"
""",
    )


async def test_card_that_says_the_same_is_not_sent_again(room):
    _, client = room
    transcript = await talk(
        client, WORKING + "\nDana: status\nJo: kloe add Is early help soon enough?\nJo: next"
    )
    after = transcript[transcript.index("Dana: status") :]
    assert not any("for the programme only" in line for line in after)


async def test_late_task_of_the_team_vanishes_from_the_councils_card(room):
    _, client = room
    transcript = await talk(
        client,
        WORKING
        + """
Jo: kloe add Is early help soon enough?
Priya: proposal send
Helen: proposal agree
Helen sees "the council's room. The peers are not here"
at 2026-10-22 07:00
""",
    )
    councils = [line for line in transcript if "the council's room. The peers are not here" in line]
    assert councils
    assert "Start the case review" not in councils[-1]
