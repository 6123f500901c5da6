from tests.handlers.on_site_begun import (
    BEGUN,
    DRAFTED,
    ORGANISER,
    PEOPLE,
    READY,
    RELEASED,
    SPONSOR,
    TEAM,
    played,
)

RELEASE = "Martin: summary agree\nRuth: summary agree\n"


async def test_reader_named_by_the_sponsor_gets_what_is_released_from_then_on(visit):
    script = """
Helen: summary also to @Tom
Helen sees "Tom Hale gets the released messages from the next one on"
Ruth sees "The sponsor agrees that Tom Hale gets the released messages too"
Helen: summary also to @Tom
Helen sees "Tom Hale gets the released messages already"
"""
    after = """
Tom sees "Sent to you as well, Tom Hale, because Helen agreed to it"
Helen sees "Also sent to Tom Hale, as you agreed"
Tom: summary thanks
Tom sees "I can't do"
Tom: notes
Tom sees "I can't do"
Tom never sees "Draft"
"""
    await played(visit, DRAFTED + script + RELEASE + after)


async def test_reader_named_by_the_manager_needs_the_sponsors_say(visit):
    script = """
Ruth: summary also to @Tom
Ruth sees "I am asking Helen Marsh"
Helen sees "Ruth Ellis suggests that Tom Hale gets the daily messages"
Ruth: summary also to @Tom
Ruth sees "The sponsor has been asked about Tom Hale already"
"""
    answers = """
Tom never sees "thresholds"
Helen presses "No"
Helen sees "Tom Hale does not get them"
Ruth sees "Tom Hale does not get the released messages"
Helen presses "Yes"
Helen sees "That question is settled already"
"""
    await played(visit, DRAFTED + script + RELEASE + answers)


async def test_reader_taken_off_gets_nothing_more(visit):
    script = """
Helen: summary also to @Tom
Helen: summary not to Tom
Helen sees "Tom Hale gets no more messages"
Helen: summary not to Tom
Helen sees "Tom Hale is not among those who get the released messages"
"""
    await played(visit, DRAFTED + script + RELEASE + 'Tom never sees "thresholds"\n')


async def test_reader_named_by_others_is_refused(visit):
    script = "".join(
        f'{name}: summary also to @Tom\n{name} sees "I can\'t do"\n'
        for name in ("Sam", "Jo", "Martin", "Dana")
    )

    await played(visit, BEGUN + script)


async def test_reader_of_the_team_is_refused(visit):
    await played(visit, BEGUN + 'Helen: summary also to Dana\nHelen never sees "Dana Reed gets the released"')


async def test_reader_without_a_sponsor_is_refused(visit):
    script = 'Ruth: summary also to @Tom\nRuth sees "There is no sponsor yet who could agree to that"'

    await played(visit, PEOPLE + ORGANISER + TEAM + READY + script)


async def test_reader_named_later_gets_no_correction_of_an_older_message(visit):
    script = """
Helen: summary also to @Tom
Martin: summary correct
Martin fills "Correct the message": kloe_1_strength=Most staff explain thresholds alike
at 2026-11-11 09:00
Martin: summary agree
Ruth: summary agree
Helen sees "Most staff explain thresholds alike"
Tom never sees "thresholds"
Tom never sees "corrected"
"""
    await played(visit, RELEASED + script)


async def test_reader_before_ready_to_contact_is_refused(visit):
    script = """
Ruth: summary also to @Tom
Ruth sees "Nobody may be contacted about Exampleshire yet"
at 2026-11-10 09:00
Helen never sees "daily messages"
"""
    await played(visit, PEOPLE + SPONSOR + ORGANISER + TEAM + script)
