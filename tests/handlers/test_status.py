from tests.conftest import talk
from tests.handlers.tasks_begun import WORKING
from tests.handlers.team_begun import BEGUN, PEOPLE


async def test_status_tells_each_what_they_may_know(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Helen: status
Helen sees "Exampleshire, you as sponsor"
Helen sees "Now: scoping; on site 10 to 13 November 2026"
Helen sees "Agree the scoping proposal"
Helen sees "sponsor Helen Marsh"
Helen never sees "Evidence"
Helen never sees "Not reached yet"
Dana: status
Dana sees "Evidence: no notes yet"
Jo: status
Jo sees "Team: 2 peers missing"
Jo never sees "Evidence"
""",
    )


async def test_status_on_site_tells_the_team_where_the_message_stands_and_the_sponsor_nothing(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: kloe add Front door: are thresholds consistent?
at 2026-11-10 10:00
Dana: note kloe 1 strength Staff explain thresholds in the same way
Dana: status
Dana sees "on site, day 1 of 4"
Dana sees "Evidence: Front door 1"
Dana sees "Message to the sponsor: not drafted; Martin Reed and Ruth Ellis agree it"
Helen: status
Helen sees "on site, day 1 of 4"
Helen never sees "Staff explain"
Helen never sees "not drafted"
Sam: status
Sam never sees "Front door 1"
""",
    )


async def test_status_without_dates_says_so(room):
    _, client = room
    await talk(
        client,
        PEOPLE
        + """
at 2026-07-06 09:30
Jo: claim rehearsal
Jo: status
Jo sees "No challenge is open. Open one with its council and format"
Jo: new exampleshire lga_full
Jo: status
Jo sees "the on-site dates are not agreed yet"
""",
    )


async def test_help_gives_three_examples_for_the_role_or_the_commands_of_a_word(room):
    _, client = room
    await talk(
        client,
        WORKING
        + """
Jo: help
Jo sees "task sam"
Helen: help
Helen sees "Three things you could say here"
Helen never sees "issue final"
Jo: help kloe
Jo sees "kloe edit 2"
Dana: help ready
Dana sees "I know nothing that you can say with “ready”"
Dana: help wibble
Dana sees "`help` alone gives three examples"
""".replace("`help`", "help")
        + """
person "Zed Nobody", email="zed@nobody.example"
Zed: help
Zed sees "You have no part in a challenge yet"
""",
    )


async def test_reach_says_who_can_be_reached_and_what_to_do_about_the_others(room):
    _, client = room
    await talk(
        client,
        BEGUN
        + """
Jo: confirm lena as organiser
Jo fills "Appoint": email=lena@exampleshire.example; name=Lena Day
Jo: reach
Jo sees "Nobody outside the programme is contacted before Ready to contact"
Jo sees "Lena Day, organiser, Exampleshire"
Jo sees "not here under lena@exampleshire.example: invite them to this chat with that address"
""",
    )


async def test_status_tells_only_those_who_scope_how_the_proposal_stands_before_it_is_agreed(room):
    _, client = room
    before = await talk(
        client,
        WORKING
        + """
Jo: kloe add Is early help soon enough?
Priya: proposal send
Helen: status
Helen sees "the proposal waits for the sponsor"
Priya: status
Priya sees "the proposal waits for the sponsor"
Sam: status
Sam never sees "waits for the sponsor"
Dana: status
Dana never sees "waits for the sponsor"
Helen: proposal changes Please add schools
Helen: status
Helen sees "the sponsor asked for changes to the proposal"
Sam: status
Dana: status
Ruth: status
Jo: status
""",
    )
    told = [line for line in before if "**Scope:**" in line or "Scope:" in line]
    assert {line.split(":")[0].split()[-1] for line in told} == {"Helen", "Priya"}
    await talk(
        client,
        """
Priya: kloe add Do schools know whom to call?
Priya: proposal send
Helen: proposal agree
Sam: status
Sam sees "agreed, 2 key lines of enquiry"
Dana: status
Dana sees "agreed, 2 key lines of enquiry"
""",
    )
